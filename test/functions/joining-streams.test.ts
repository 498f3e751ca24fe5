import { once } from 'node:events';
import type { ServerResponse } from 'node:http';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { unhurried } from '../support/cachings.ts';
import { startEnvironment } from '../support/environment.ts';
import { answer } from '../support/flaky.ts';
import { type Joining, openJoining } from '../support/joining.ts';
import { labs } from '../support/labs.ts';
import { beginStream, ending, event } from '../support/upstream.ts';

let house: Joining;
beforeAll(async () => {
  house = await openJoining();
});
afterAll(() => house?.close());

const about = (topic: string) => ({ stream: true, messages: [{ role: 'user', content: topic }] });

const PIECE = 'y'.repeat(60_000);
/** More than lies between a gateway and a client that does not read. */
const MANY = 300;

async function writeMany(response: ServerResponse): Promise<void> {
  for (let piece = 0; piece < MANY; piece++)
    if (!response.write(event({ content: PIECE }))) await once(response, 'drain');
}

/** One client has a stream and reads nothing of it; another has joined it. */
async function joinedUnread(topic: string, end: (response: ServerResponse) => void) {
  const { promise: going, resolve: go } = Promise.withResolvers<void>();
  let calls = 0;
  house.upstream.answerWith(async (request, response) => {
    if (++calls > 1) return answer('Anew.')(request, response);
    beginStream(response);
    response.write(event({ content: 'At first. ' }));
    await going; // until nobody may forget its beginning any more
    await writeMany(response);
    end(response);
  });
  const { key, tenant } = await house.keyOf({ budgets: { day: 100 } });
  const asked = house.counting();
  const hangUp = house.askUnread(key, about(topic));
  await expect.poll(asked).toBe(1);
  const joined = await house.ask(key, about(topic));
  expect(joined.headers.get('x-sluice-cache')).toBe('hit');
  go();
  const text = await joined.text();
  await expect.poll(() => house.live(tenant)).toBe(1); // the one that reads nothing
  return { key, tenant, asked, text, hangUp };
}

describe('a stream that has ended while its own client reads nothing', () => {
  test('is given to who comes, for as long as it is young enough for them', async () => {
    const { key, tenant, asked, text, hangUp } = await joinedUnread('age', (response) => response.end(ending));
    expect(text).toContain('[DONE]');
    house.clock.pass(5_000);
    const any = await house.ask(key, about('age'));
    expect(any.headers.get('x-sluice-cache')).toBe('hit');
    expect(Number(any.headers.get('age'))).toBeGreaterThanOrEqual(5);
    expect((await any.text()).length).toBe(text.length);
    const young = await house.ask(key, about('age'), { 'cache-control': 'max-age=4' });
    expect(young.headers.get('x-sluice-cache')).toBe('miss');
    expect(await young.text()).toContain('Anew.');
    expect(asked()).toBe(2);
    hangUp();
    await expect.poll(() => house.live(tenant)).toBe(0);
  });

  test('is given to nobody once it has failed: who comes then asks anew', async () => {
    const { key, asked, text, hangUp } = await joinedUnread('luck', (response) => response.destroy());
    expect(text).toContain('"error"');
    const next = await house.ask(key, about('luck'));
    expect(next.headers.get('x-sluice-cache')).toBe('miss');
    expect(await next.text()).toContain('Anew.');
    expect(asked()).toBe(2);
    hangUp();
  });
});

test('a stream that fails saves nothing for those who joined it', async () => {
  const { promise: going, resolve: go } = Promise.withResolvers<void>();
  house.upstream.answerWith(async (_, response) => {
    beginStream(response);
    response.write(event({ content: 'Well, ' }));
    await going;
    response.destroy();
  });
  const { key, tenant } = await house.keyOf({ budgets: { day: 100 } });
  const calls = [await house.ask(key, about('thrift')), await house.ask(key, about('thrift'))];
  expect(calls.map(({ headers }) => headers.get('x-sluice-cache'))).toEqual(['miss', 'hit']);
  go();
  for (const call of calls) expect(await call.text()).toContain('"error"');
  await expect
    .poll(() => house.tables.calls(tenant))
    .toMatchObject([
      { status: 'failed', cache: 'miss' },
      { status: 'failed', cache: 'hit' },
    ]);
  for (const call of await house.tables.calls(tenant)) expect(call).not.toHaveProperty('savedNanoUsd');
});

// In a process of its own: one that freezes takes nobody with it who could tell.
test('a stream too long to be remembered is joined by nobody, and its process lives on', async () => {
  const end = Promise.withResolvers<void>();
  let calls = 0;
  house.upstream.answerWith(async (request, response) => {
    if (++calls > 1) return answer('On its own.')(request, response);
    beginStream(response);
    await writeMany(response);
    await end.promise;
    response.end(event({ content: 'The end.' }) + ending);
  });
  const { key } = await house.keyOf({ budgets: { day: 100 } });
  const cache = { ...unhurried, mode: 'exact' as const, scope: 'tenant' as const, waitSeconds: 0 };
  const config = { ...labs({ lab: house.upstream.baseUrl }), cache };
  const environment = await startEnvironment({ endpoint: house.tables.endpoint, config });
  try {
    const ask = () =>
      fetch(`${environment.url}/chat/completions`, {
        method: 'POST',
        headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json' },
        body: JSON.stringify({ model: 'lab/m', ...about('length') }),
        signal: AbortSignal.timeout(30_000),
      });
    const reader = (await ask()).body?.getReader();
    for (let read = 0; read < MANY * PIECE.length; ) read += (await reader?.read())?.value?.length ?? 0;
    const second = await ask();
    expect(second.headers.get('x-sluice-cache')).toBe('miss');
    expect(await second.text()).toContain('On its own.');
    end.resolve();
    let last = '';
    for (let step = await reader?.read(); step?.value; step = await reader?.read()) last += Buffer.from(step.value);
    expect(last).toContain('The end.');
    expect(calls).toBe(2);
  } finally {
    await environment.kill();
  }
});
