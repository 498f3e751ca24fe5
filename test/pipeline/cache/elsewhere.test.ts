import { describe, expect, test } from 'vitest';
import type { CachedCaching } from '../../../lib/pipeline/cache/caching.ts';
import { elsewhere } from '../../../lib/pipeline/cache/elsewhere.ts';
import { toText } from '../../../lib/pipeline/cache/kept-text.ts';
import type { Answers } from '../../../lib/recall.ts';
import { failureOf } from '../../support/bytes.ts';
import { cacheableOf, passing, settling } from '../../support/cacheables.ts';
import { cachedOf, cachingConfig } from '../../support/cachings.ts';
import { answered } from '../../support/recalled.ts';
import { type FakeWorld, fakeWorld } from '../../support/world.ts';

const signal = new AbortController().signal;
const waiting = (waitSeconds: number) => cachedOf({}, cachingConfig({ mode: 'exact', waitSeconds }));
const completion = { id: 'c', object: 'chat.completion' as const, created: 1, model: 'm', choices: [] };

/** Another environment takes the lead of a question. */
const led = (world: FakeWorld, { question }: CachedCaching, owner = 'another') =>
  world.answers.lead(question, { owner, forMs: 5_000, sawAt: world.now() }, signal);
/** It keeps its answer, and gives the lead up. */
async function landed(world: FakeWorld, { question }: CachedCaching, owner = 'another') {
  const text = toText({ completion, dropped: [] });
  await world.answers.keep(question, answered({ text, source: owner, askedAt: world.now() }));
  await world.answers.release(question, owner);
}

/** A call that asks, having seen this of the others. */
function asking(world: FakeWorld, caching: CachedCaching, lead: 'held' | 'lapsed' | 'none' | 'unknown', more = {}) {
  const cacheable = cacheableOf(world, caching, more);
  const outcome: { became?: Awaited<ReturnType<typeof elsewhere>>; failed?: unknown } = {};
  const done = elsewhere(caching, { lead, at: world.now(), cleared: 0 }, cacheable).then(
    (became) => void Object.assign(outcome, { became }),
    (failed: unknown) => void Object.assign(outcome, { failed }),
  );
  return { cacheable, outcome, done, source: () => outcome.became?.remembered?.given.source };
}
const leadOf = async (world: FakeWorld, { question }: CachedCaching) =>
  (await world.answers.find(question, signal)).lead;

describe('a question that nobody else asks', () => {
  test('is ours for as long as we live, and then nobody’s', async () => {
    const [world, caching] = [fakeWorld(), waiting(10)];
    const { outcome, done } = asking(world, caching, 'none');
    await done;
    for (let second = 0; second < 30; second++) {
      await passing(world, 1_000);
      expect(await led(world, caching)).toBe('held');
    }
    expect(world.timers()).toBe(2); // its renewal, and its caller's patience
    if (outcome.became?.remembered === undefined) await outcome.became?.giveUp();
    await passing(world, 5_000);
    expect(await leadOf(world, caching)).toBe('none');
  });

  test('was answered since we looked: we look again, and do not wait', async () => {
    const [world, caching] = [fakeWorld(), waiting(10)];
    await led(world, caching);
    const before = world.now();
    await landed(world, caching);
    const became = await elsewhere(caching, { lead: 'none', at: before, cleared: 0 }, cacheableOf(world, caching));
    expect(became.remembered?.given.source).toBe('another');
  });

  test('was asked since we looked and came to nothing: it is ours, and the next does not wait in vain', async () => {
    const [world, caching] = [fakeWorld(), waiting(10)];
    await led(world, caching);
    await world.answers.release(caching.question, 'another');
    const { done, outcome } = asking(world, caching, 'none');
    await done;
    expect(outcome.became).toMatchObject({ giveUp: expect.any(Function) });
    expect(await leadOf(world, caching)).toBe('none');
  });
});

describe('a question that another environment asks', () => {
  test('is waited for, and answered by what that keeps; the wait is none of our own time', async () => {
    const [world, caching] = [fakeWorld(), waiting(10)];
    await led(world, caching);
    const { outcome, done, source, cacheable } = asking(world, caching, 'held');
    await passing(world, 1_000);
    expect(outcome).toEqual({});
    await landed(world, caching);
    await passing(world, 200);
    await done;
    expect(source()).toBe('another');
    expect(cacheable.tally.ownMs()).toBeLessThan(200);
  });

  test('of which that died is taken over by one of those who wait, and by no other', async () => {
    const [world, caching] = [fakeWorld(), waiting(30)];
    await led(world, caching, 'dead');
    const calls = Array.from({ length: 5 }, (_, at) => asking(world, caching, 'held', { id: `req_${at}` }));
    await passing(world, 4_900);
    expect(calls.filter(({ outcome }) => 'became' in outcome)).toEqual([]);
    await passing(world, 5_000);
    const [heir, ...others] = calls.filter(({ outcome }) => 'became' in outcome);
    expect([heir?.source(), others]).toEqual([undefined, []]);
    await landed(world, caching, heir?.cacheable.tally.visit.id);
    await passing(world, 400);
    expect(calls.map(({ source }) => source()).filter(Boolean).length).toBe(4);
  });

  test('is waited for no longer than its operator allows', async () => {
    const [world, caching] = [fakeWorld(), waiting(1)];
    await led(world, caching);
    const { outcome, done } = asking(world, caching, 'held');
    await passing(world, 800);
    expect(outcome).toEqual({});
    await passing(world, 200);
    await done;
    expect(outcome.became).toMatchObject({ giveUp: expect.any(Function) });
    expect(await led(world, caching, 'a third')).toBe('held'); // it is still that one's
  });

  test.each([
    ['held', 0],
    ['none', 0],
    ['unknown', 10],
  ] as const)('or may: where it is %s and may be waited for %d s, we just ask', async (lead, waitSeconds) => {
    const never = () => Promise.reject(new Error('Nobody should be asked.'));
    const answers: Answers = { find: never, keep: never, lead: never, renew: never, release: never };
    const [world, caching] = [fakeWorld({ answers }), waiting(waitSeconds)];
    const became = await elsewhere(caching, { lead, at: world.now(), cleared: 0 }, cacheableOf(world, caching));
    if (became.remembered === undefined) await became.giveUp();
    expect([world.written.counted, world.timers()]).toEqual([[], 1]);
  });

  test('is waited for no longer than half of our caller’s patience: the rest is for asking ourselves', async () => {
    const [world, caching] = [fakeWorld(), waiting(10)];
    await led(world, caching);
    const { outcome, done } = asking(world, caching, 'held', { patienceMs: 1_400 });
    await passing(world, 700);
    await done;
    expect(outcome.became).toMatchObject({ giveUp: expect.any(Function) });
  });
});

describe('a cache that is away', () => {
  const away = () => Promise.reject(new Error('away'));

  test('when the lead is taken leaves us to ask, and the lead is given up, should it be ours', async () => {
    const released: string[] = [];
    const { answers } = fakeWorld();
    const slow: Answers['lead'] = (_question, _leader, leaving) =>
      new Promise((_, reject) => leaving.addEventListener('abort', () => reject(leaving.reason)));
    for (const lead of [away, slow]) {
      const release: Answers['release'] = async (_, owner) => void released.push(owner);
      const [world, caching] = [fakeWorld({ answers: { ...answers, lead, release } }), waiting(10)];
      const { outcome, done, cacheable } = asking(world, caching, 'none', { id: 'req_ours' });
      await passing(world, 80);
      await done;
      if (outcome.became?.remembered === undefined) await outcome.became?.giveUp();
      expect(world.written.counted).toEqual(['CacheUnavailable']);
      expect(cacheable.tally.cache.record(false)).toMatchObject({ cache: 'miss', cacheReason: 'unavailable' });
    }
    expect(released).toEqual(['req_ours', 'req_ours']);
  });

  test('while we wait leaves us to ask', async () => {
    const { answers } = fakeWorld();
    const [world, caching] = [fakeWorld({ answers: { ...answers, find: away } }), waiting(10)];
    const { outcome, done } = asking(world, caching, 'held');
    await passing(world, 150);
    await done;
    expect(outcome.became).toMatchObject({ giveUp: expect.any(Function) });
    expect(world.written.counted).toEqual(['CacheUnavailable']);
  });

  test('while our caller’s patience ends is not what is told', async () => {
    const { answers } = fakeWorld();
    const find: Answers['find'] = (_, leaving) =>
      new Promise((_, reject) => leaving.addEventListener('abort', () => reject(new Error('aborted'))));
    const [world, caching] = [fakeWorld({ answers: { ...answers, find } }), waiting(10)];
    const cacheable = cacheableOf(world, caching, { patienceMs: 400 });
    const failing = failureOf(elsewhere(caching, { lead: 'held', at: world.now(), cleared: 0 }, cacheable));
    await settling();
    await passing(world, 400);
    expect(await failing).toMatchObject({ code: 'timeout' });
  });
});
