import { describe, expect, test } from 'vitest';
import { answered as body } from '../../support/answering.ts';
import { passing, settling } from '../../support/cacheables.ts';
import { cachingConfig } from '../../support/cachings.ts';
import { type Calling, calling, gatedSend } from '../../support/calling.ts';
import { ending, event } from '../../support/upstream.ts';
import { fakeWorld } from '../../support/world.ts';

const whole = JSON.stringify(body);
const stream = event({ role: 'assistant', content: '' }) + event({ content: 'Hi' }) + ending;
const refusal = JSON.stringify({ error: { message: 'no' } });

/** A world with a cache, and a provider that answers when it is told to. */
function house(waitSeconds = 5) {
  const { send, asked } = gatedSend();
  const models = { once: { use: 'lab/m', tries: 1 } };
  return { asked, world: fakeWorld({ send, config: cachingConfig({ mode: 'exact', waitSeconds }, models) }) };
}

/** How many of these calls have their answer by now, and how many failed. */
async function states(calls: readonly Calling[]) {
  await settling();
  const pending = Promise.resolve('pending' as const);
  const all = await Promise.all(calls.map(({ answered }) => Promise.race([answered, pending])));
  return {
    answered: all.filter((each) => each !== 'pending' && 'answer' in each).length,
    failed: all.flatMap((each) => (each !== 'pending' && 'failure' in each ? [each.failure] : [])),
    pending: all.filter((each) => each === 'pending').length,
  };
}

describe('identical calls in one process', () => {
  test('are one upstream call, whose answer is given again later', async () => {
    const { world, asked } = house();
    const calls = Array.from({ length: 5 }, () => calling(world));
    await settling();
    expect([asked.length, await states(calls)]).toEqual([1, { answered: 0, failed: [], pending: 5 }]);
    asked[0]?.answer(whole);
    expect(await states(calls)).toMatchObject({ answered: 5 });
    expect(await Promise.all(calls.map(({ cache }) => cache()))).toEqual(['miss', 'hit', 'hit', 'hit', 'hit']);
    for (const call of calls) expect(await call.text()).toContain('Hi');
    for (const call of calls) await call.afterwards();
    const again = calling(world);
    expect([await again.cache(), asked.length]).toEqual(['hit', 1]);
    expect(world.written.settled.filter(({ bill }) => bill.nanoDollars > 0).length).toBe(1);
  });

  test.each([
    [5, 'once that has given up its lead'],
    [0, 'at once where no other environment is waited for'],
  ])('of which the first runs out of patience: exactly one takes its place (%d s: %s)', async (waitSeconds) => {
    const { world, asked } = house(waitSeconds);
    const headers = { 'x-sluice-timeout-ms': '5000' };
    const first = calling(world, { headers });
    await settling();
    await passing(world, 3_000);
    const others = Array.from({ length: 4 }, () => calling(world, { headers }));
    await passing(world, 2_000);
    expect(await states([first])).toMatchObject({ failed: [{ code: 'timeout' }] });
    if (waitSeconds > 0) {
      expect(asked.length).toBe(1);
      await first.afterwards();
      await passing(world, 300);
    }
    expect([asked.length, await states(others)]).toEqual([2, { answered: 0, failed: [], pending: 4 }]);
    asked[1]?.answer(whole);
    expect(await states(others)).toMatchObject({ answered: 4 });
    const outcomes = await Promise.all(others.map(({ cache }) => cache()));
    expect(outcomes.toSorted()).toEqual(['hit', 'hit', 'hit', 'miss']);
  });

  test('are all refused what the provider refuses one of them', async () => {
    const { world, asked } = house();
    const calls = Array.from({ length: 4 }, () => calling(world, { fields: { model: 'once' } }));
    await settling();
    asked[0]?.answer(refusal, 400);
    const { failed } = await states(calls);
    expect([asked.length, failed.length]).toEqual([1, 4]);
    for (const failure of failed) expect(failure).toMatchObject({ source: 'provider' });
  });

  test('go on when the first hangs up, and end when all have', async () => {
    const { world, asked } = house();
    const [first, second] = [calling(world), calling(world)];
    await settling();
    first.hangUp();
    await settling();
    expect(asked[0]?.signal.aborted).toBe(false);
    second.hangUp();
    await settling();
    expect([asked.length, asked[0]?.signal.aborted]).toEqual([1, true]);
  });

  test('that want a fresh answer each ask for it', async () => {
    const { world, asked } = house();
    const calls = [calling(world), calling(world, { headers: { 'cache-control': 'no-cache' } })];
    await settling();
    expect(asked.length).toBe(2);
    for (const each of asked) each.answer(whole);
    expect(await Promise.all(calls.map(({ cache }) => cache()))).toEqual(['miss', 'miss; reason=no-cache']);
  });
});

describe('a stream', () => {
  const streaming = { fields: { stream: true } };

  test('that its caller has read is kept', async () => {
    const { world, asked } = house();
    const first = calling(world, streaming);
    await settling();
    asked[0]?.answer(stream);
    expect(await first.text()).toContain('Hi');
    await first.afterwards();
    const again = calling(world);
    expect([await again.cache(), asked.length]).toEqual(['hit', 1]);
  });

  test('that nobody began to read is not kept, and the next asks anew', async () => {
    const { world, asked } = house();
    const first = calling(world, streaming);
    await settling();
    asked[0]?.answer(stream);
    expect(await states([first])).toMatchObject({ answered: 1 });
    await first.afterwards();
    const again = calling(world, streaming);
    await settling();
    expect(asked.length).toBe(2);
    asked[1]?.answer(stream);
    expect(await again.cache()).toBe('miss');
  });

  test('that its own caller did not read is read by those who joined', async () => {
    const { world, asked } = house();
    const [first, second] = [calling(world, streaming), calling(world, streaming)];
    await settling();
    asked[0]?.answer(stream);
    await first.answered;
    await first.afterwards();
    const text = await second.text();
    expect(text).toContain('Hi');
    expect(text).toContain('[DONE]');
    expect(asked.length).toBe(1);
  });
});

describe('a stream that others joined', () => {
  const streaming = { fields: { stream: true } };

  test('is broken off when its own caller hangs up and they have gone without a look at it', async () => {
    const { world, asked } = house();
    const [first, second] = [calling(world, streaming), calling(world, streaming)];
    await settling();
    asked[0]?.begin(event({ content: 'Hi' }));
    expect(await states([first, second])).toMatchObject({ answered: 2 });
    first.hangUp();
    await settling();
    expect(asked[0]?.signal.aborted).toBe(false);
    second.hangUp();
    await second.afterwards();
    expect(asked[0]?.signal.aborted).toBe(true);
  });
});

describe('a stream too long to be remembered from its beginning', () => {
  test('is joined by nobody: whoever comes then asks for itself', async () => {
    const { world, asked } = house(0);
    const first = calling(world, { fields: { stream: true } });
    await settling();
    asked[0]?.begin(...Array.from({ length: 20_100 }, (_, at) => event({ content: `${at} ` })));
    const outcome = await first.answered;
    if (!('answer' in outcome)) throw outcome.failure;
    for await (const piece of outcome.answer.body) if (piece.includes('"20050 "')) break;
    const late = calling(world, { fields: { stream: true } });
    await settling();
    expect(asked.length).toBe(2);
    asked[1]?.answer(stream);
    expect(await late.text()).toContain('Hi');
  });
});

describe('a cache that is away', () => {
  test('keeps nobody waiting longer than a tenth of a second, and says so', async () => {
    const never = () => new Promise<never>(() => {});
    const { send, asked } = gatedSend();
    const { answers } = fakeWorld();
    const world = fakeWorld({ send, config: cachingConfig({ mode: 'exact' }), answers: { ...answers, find: never } });
    const call = calling(world);
    await passing(world, 100);
    expect(asked.length).toBe(1);
    asked[0]?.answer(whole);
    expect(await call.cache()).toBe('miss; reason=unavailable');
    expect(world.written.counted).toEqual(['CacheUnavailable']);
  });
});
