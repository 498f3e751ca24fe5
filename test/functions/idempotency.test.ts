import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { dynamodb } from '../../lib/aws/dynamodb.ts';
import { dynamoRepeats } from '../../lib/aws/repeats.ts';
import { localTableNames } from '../../lib/aws/tables.ts';
import { toClaim } from '../../lib/pipeline/claim.ts';
import { LEASE_MS } from '../../lib/pipeline/idempotent.ts';
import { type House, openHouse } from '../support/door.ts';
import { timer } from '../support/timer.ts';
import { beginStream, ending, event, refusal, type Script, wholeAnswer } from '../support/upstream.ts';
import { visitOf } from '../support/world.ts';

let house: House;
beforeAll(async () => {
  house = await openHouse();
});
afterAll(() => house?.close());
beforeEach(() => {
  house.upstream.answerWith(wholeAnswer('Hi')); // 10 tokens in and 3 out: 16,000 nano-dollars
  (house.upstream.asked as unknown[]).length = 0;
});

const USUAL = 16_000;
const streaming = { stream: true, stream_options: { include_usage: true } };
const named = (name: string = randomUUID(), more = {}) => ({ 'idempotency-key': name, ...more });
const budgeted = { budgets: { day: 1 } };
const errorOf = async (response: Response) => JSON.parse(await response.text()).error;

/** A stream that says "one", waits to be told to go on, and then says "two" and its end. */
function halting() {
  const more = Promise.withResolvers<void>();
  const script: Script = async (_, response) => {
    beginStream(response);
    response.write(event({ content: 'one' }));
    await more.promise;
    response.end(event({ content: 'two' }) + ending);
  };
  return { script, goOn: more.resolve };
}

/** Waits until a tenant has been charged for so many calls and all are written down; gives its records. */
async function booked(tenant: string, calls: number) {
  await expect.poll(async () => (await house.tables.spent(`tenant#${tenant}`)).calls).toBe(calls);
  const { item } = await house.tables.spent(`tenant#${tenant}`);
  expect([item.live, Object.keys(item).filter((name) => name.startsWith('r#'))]).toEqual([0, []]);
  return house.tables.calls(tenant);
}

/** Waits until a key's calls, of which there was one, have left their answers or their claims. */
const kept = (tenant: string, id: string, name: string, state: string | undefined) =>
  expect.poll(async () => (await house.tables.item('cache', placeOf(tenant, id, name), 'head'))?.state).toBe(state);

const claimOf = (tenant: string, keyId: string, name: string, body: object = {}) =>
  toClaim(name, visitOf({ model: 'lab/m', messages: [{ role: 'user', content: 'Hello' }], ...body }), {
    tenant,
    keyId,
    allowed: [],
    featureModels: {},
    requires: [],
    featureRedactions: {},
    featureGuards: {},
    revoked: false,
    limits: { tenant: { rates: {} }, key: { rates: {} }, user: { rates: {} }, features: {} },
    priority: 'standard',
    timezone: 'UTC',
  });
const placeOf = (tenant: string, id: string, name: string) => `idem#${tenant}#${id}#${claimOf(tenant, id, name).name}`;

describe('a call that is asked for twice with one idempotency-key', () => {
  test.each([
    ['whole', {}],
    ['streamed', streaming],
  ])(
    'is made once, charged once and written down once, and its %s answer is the same to the byte',
    async (_, fields) => {
      if ('stream' in fields) {
        const { script, goOn } = halting();
        goOn();
        house.upstream.answerWith(script);
      }
      const { key, tenant, id } = await house.keyOf(budgeted);
      const headers = named();
      const first = await house.ask(key, fields, headers);
      const text = await first.text();
      expect([first.status, first.headers.has('idempotent-replayed')]).toEqual([200, false]);
      await kept(tenant, id, headers['idempotency-key'], 'done');
      for (let again = 0; again < 2; again++) {
        const answer = await house.ask(key, fields, headers);
        expect([answer.status, await answer.text()]).toEqual([200, text]);
        expect(answer.headers.get('idempotent-replayed')).toBe('true');
        for (const name of ['content-type', 'x-sluice-model', 'x-sluice-attempts', 'x-sluice-cost-usd'])
          expect([name, answer.headers.get(name)]).toEqual([name, first.headers.get(name)]);
        expect(answer.headers.get('x-request-id')).not.toBe(first.headers.get('x-request-id'));
        expect([...answer.headers.keys()].filter((name) => name.startsWith('x-ratelimit'))).toEqual([]);
      }
      expect(house.upstream.asked).toHaveLength(1);
      const records = await booked(tenant, 1);
      expect(records).toMatchObject([{ status: 'ok', bill: { nanoDollars: USUAL, estimated: false } }]);
      expect(records[0]?.id).toBe(first.headers.get('x-request-id'));
      expect((await house.tables.spent(`tenant#${tenant}`)).total).toBe(USUAL);
    },
  );

  test('at the same time is made once: each twin waits for the answer and gets the same', async () => {
    const { script, goOn } = halting();
    house.upstream.answerWith(script);
    const { key, tenant } = await house.keyOf(budgeted);
    const headers = named();
    const twins = Array.from({ length: 8 }, () => house.ask(key, streaming, headers).then((each) => each.text()));
    await expect.poll(() => house.upstream.asked.length).toBe(1);
    goOn();
    const texts = new Set(await Promise.all(twins));
    expect(texts.size).toBe(1);
    expect([...texts][0]).toMatch(/"one"[\s\S]*"two"[\s\S]*\[DONE\]\n\n$/);
    expect(house.upstream.asked).toHaveLength(1);
    expect(await booked(tenant, 1)).toHaveLength(1);
  });

  test('is refused to a twin whose patience ends first, and told when to come again', async () => {
    const { script, goOn } = halting();
    house.upstream.answerWith(script);
    const { key, tenant } = await house.keyOf(budgeted);
    const headers = named();
    const first = await house.ask(key, streaming, headers);
    const twin = await house.ask(key, streaming, { ...headers, 'x-sluice-timeout-ms': '300' });
    expect([twin.status, twin.headers.get('retry-after'), twin.headers.has('x-should-retry')]).toEqual([
      409,
      '2',
      false,
    ]);
    expect(await errorOf(twin)).toMatchObject({ code: 'idempotency_in_progress', param: 'idempotency-key' });
    goOn();
    await first.text();
    await booked(tenant, 1);
  });

  test('and another body is refused, whether the first is under way or done', async () => {
    const { script, goOn } = halting();
    house.upstream.answerWith(script);
    const { key, tenant, id } = await house.keyOf(budgeted);
    const headers = named();
    const other = async () => {
      const refused = await house.ask(key, { ...streaming, max_tokens: 7 }, headers);
      expect([refused.status, refused.headers.get('x-should-retry')]).toEqual([409, 'false']);
      expect(await errorOf(refused)).toMatchObject({ code: 'idempotency_conflict', param: 'idempotency-key' });
    };
    const first = await house.ask(key, streaming, headers);
    await other();
    goOn();
    await first.text();
    await kept(tenant, id, headers['idempotency-key'], 'done');
    await other();
    expect(house.upstream.asked).toHaveLength(1);
    expect(await booked(tenant, 1)).toHaveLength(1);
  });

  test('asks for vectors once, too', async () => {
    const { key, tenant } = await house.keyOf(budgeted);
    house.upstream.answerWith((_, response) => {
      const data = [{ object: 'embedding', index: 0, embedding: [0.25, 0.5] }];
      const usage = { prompt_tokens: 10, total_tokens: 10 };
      response.writeHead(200, { 'content-type': 'application/json' });
      response.end(JSON.stringify({ object: 'list', data, model: 'm', usage }));
    });
    const headers = named();
    const ask = () =>
      fetch(`${house.url}/embeddings`, {
        method: 'POST',
        headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json', ...headers },
        body: JSON.stringify({ model: 'lab/m', input: 'Hello' }),
      }).then(async (answer) => [answer.status, await answer.text()]);
    const [first, second] = [await ask(), await ask()];
    expect(first[0]).toBe(200);
    expect(second).toEqual(first);
    expect(house.upstream.asked).toHaveLength(1);
    expect(await booked(tenant, 1)).toHaveLength(1);
  });
});

describe('an idempotency-key', () => {
  test('is its caller’s own: another tenant, and another key of the same, make calls of their own', async () => {
    const one = await house.keyOf(budgeted);
    const other = await house.keyOf(budgeted);
    const sibling = await house.tables.admin.createKey({ tenant: one.tenant });
    const headers = named('the-same');
    for (const key of [one.key, other.key, sibling.key]) {
      const answer = await house.ask(key, {}, headers);
      expect([answer.status, answer.headers.has('idempotent-replayed')]).toEqual([200, false]);
      await answer.text();
    }
    expect(house.upstream.asked).toHaveLength(3);
    expect(await booked(one.tenant, 2)).toHaveLength(2);
    expect(await booked(other.tenant, 1)).toHaveLength(1);
  });

  test('is not looked at before its caller is known', async () => {
    expect((await house.ask('sk-wrong', {}, named(''))).status).toBe(401);
  });

  test.each(['', 'x'.repeat(256), 'schlüssel', 'a\tb'])('of %j is refused by name', async (name) => {
    const { key } = await house.keyOf(budgeted);
    const refused = await house.ask(key, {}, named(name));
    expect(refused.status).toBe(400);
    expect(await errorOf(refused)).toMatchObject({ param: 'idempotency-key' });
    expect(house.upstream.asked).toHaveLength(0);
  });
});

describe('a call that failed', () => {
  const cut: Script = (_, response) => {
    beginStream(response);
    response.write(event({ content: 'half' }), () => response.destroy());
  };
  test.each([
    ['before it began', refusal(400, { message: 'no' }), {}, 400],
    ['in the middle of its stream', cut, streaming, 200],
  ])('%s is made again when it is asked for again', async (_, script, fields, status) => {
    const { key, tenant, id } = await house.keyOf(budgeted);
    const headers = named();
    house.upstream.answerWith(script);
    const failed = await house.ask(key, fields, headers);
    expect(failed.status).toBe(status);
    expect(await failed.text()).toContain('"error"');
    await kept(tenant, id, headers['idempotency-key'], undefined);

    const { script: well, goOn } = halting();
    goOn();
    house.upstream.answerWith('stream' in fields ? well : wholeAnswer('Hi'));
    const answer = await house.ask(key, fields, headers);
    expect([answer.status, answer.headers.has('idempotent-replayed')]).toEqual([200, false]);
    expect(await answer.text()).not.toContain('"error"');
    expect(house.upstream.asked).toHaveLength(2);
    expect((await booked(tenant, 2)).map((call) => call.status)).toEqual(['failed', 'ok']);
  });

  test('because its budget is empty is made once there is money', async () => {
    const { key, tenant } = await house.keyOf({ budgets: { day: 0.00001 } });
    const headers = named();
    expect((await house.ask(key, { max_tokens: 3 }, headers)).status).toBe(429);
    await house.tables.put('access', { pk: `tenant#${tenant}`, sk: 'tenant', budgets: { day: 1 } });
    await expect
      .poll(async () => (await house.ask(key, { max_tokens: 3 }, headers)).status, { timeout: 8_000 })
      .toBe(200);
    expect(house.upstream.asked).toHaveLength(1);
  });
});

describe('a client that hangs up', () => {
  /** Asks, and leaves once the provider was asked and the first of its words, if it says any, was heard. */
  async function leave(key: string, fields: object, headers: Readonly<Record<string, string>>, heard: boolean) {
    const gone = new AbortController();
    const before = house.upstream.asked.length;
    const asking = fetch(`${house.url}/chat/completions`, {
      method: 'POST',
      signal: gone.signal,
      headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json', ...headers },
      body: JSON.stringify({ model: 'lab/m', messages: [{ role: 'user', content: 'Hello' }], ...fields }),
    });
    asking.catch(() => {});
    await expect.poll(() => house.upstream.asked.length).toBe(before + 1);
    if (heard) await (await asking).body?.getReader().read();
    gone.abort();
    await asking.catch(() => {});
  }

  test.each([
    ['in the middle of its stream', streaming, true],
    ['before its stream begins', streaming, false],
    ['before its whole answer is there', {}, false],
  ])(
    '%s leaves the call to end, is charged what it came to, and gets it when it asks again',
    async (_, fields, heard) => {
      const begin = Promise.withResolvers<void>();
      const { script, goOn } = halting();
      house.upstream.answerWith(async (asked, response) => {
        await (heard || begin.promise);
        return 'stream' in fields ? script(asked, response) : wholeAnswer('Hi')(asked, response);
      });
      const { key, tenant } = await house.keyOf(budgeted);
      const headers = named();
      await leave(key, fields, headers, heard);
      let broken = false;
      house.upstream.aborted().then(() => {
        broken = true;
      });
      const again = house.ask(key, fields, headers);
      // Another who leaves, without a key: once its call has been broken off, ours would have been, too.
      house.upstream.answerWith(halting().script);
      await leave((await house.keyOf(budgeted)).key, streaming, {}, true);
      await house.upstream.aborted();
      begin.resolve();
      goOn();
      const answer = await again;
      const text = await answer.text();
      expect(text).toMatch('stream' in fields ? /"one"[\s\S]*"two"[\s\S]*"usage"[\s\S]*\[DONE\]\n\n$/ : /"Hi"/);
      expect([answer.headers.get('idempotent-replayed'), broken]).toEqual(['true', false]);
      expect(house.upstream.asked).toHaveLength(2); // ours, and the other's
      expect(await booked(tenant, 1)).toMatchObject([{ status: 'ok', bill: { nanoDollars: USUAL, estimated: false } }]);
      expect((await house.tables.spent(`tenant#${tenant}`)).total).toBe(USUAL);
    },
  );

  test('without an idempotency-key ends its call, as before', async () => {
    const { script } = halting();
    house.upstream.answerWith(script);
    const { key, tenant } = await house.keyOf(budgeted);
    await leave(key, streaming, {}, true);
    await house.upstream.aborted();
    expect(await booked(tenant, 1)).toMatchObject([{ status: 'failed', errorCode: 'client_closed' }]);
  });
});

test('a process that died with a claim keeps the next from it for no longer than its lease', async () => {
  const { key, tenant, id } = await house.keyOf(budgeted);
  const client = dynamodb({ endpoint: house.tables.endpoint, tryMs: 2_000, tries: 3 });
  const LEFT_MS = 700;
  const dead = dynamoRepeats({
    brisk: client,
    patient: client,
    timeoutMs: 2_000,
    persistence: { timer, now: () => Date.now() - LEASE_MS + LEFT_MS, forMs: 2_000 },
    table: localTableNames.cache,
  });
  const claim = { ...claimOf(tenant, id, 'mine'), owner: 'req_dead' };
  expect(await dead.claim(claim, LEASE_MS)).toEqual({ state: 'mine' });
  const startedAt = performance.now();
  const answer = await house.ask(key, {}, named('mine'));
  expect([answer.status, answer.headers.has('idempotent-replayed')]).toEqual([200, false]);
  expect(performance.now() - startedAt).toBeGreaterThanOrEqual(LEFT_MS - 100);
  const text = await answer.text();
  await kept(tenant, id, 'mine', 'done');
  await dead.keep(claim, { status: 200, headers: {}, body: 'too late' }); // it was only frozen, and wakes up
  expect(await (await house.ask(key, {}, named('mine'))).text()).toBe(text);
  expect(await booked(tenant, 1)).toHaveLength(1);
  client.destroy();
});

test('while claims cannot be asked for no call with a key is made, and one without is', async () => {
  const { key } = await house.keyOf({ budgets: 'none' });
  expect((await house.ask(key)).status).toBe(200); // the key is known from here on
  const release = house.tables.hold();
  const startedAt = performance.now();
  const refused = await house.ask(key, {}, named());
  expect(performance.now() - startedAt).toBeLessThan(4_000);
  release();
  expect(refused.status).toBe(503);
  expect(await errorOf(refused)).toMatchObject({ code: 'gateway_unavailable' });
  expect(house.upstream.asked).toHaveLength(1);
});

test('a door that closes ends a call whose client has hung up before', async () => {
  const closing = await openHouse();
  try {
    const { script } = halting();
    closing.upstream.answerWith(script);
    const { key, tenant } = await closing.keyOf(budgeted);
    const answer = await closing.ask(key, streaming, named());
    await answer.body?.cancel();
    await closing.door.close(100);
    await closing.upstream.aborted();
    expect(await closing.tables.calls(tenant)).toMatchObject([{ status: 'failed', errorCode: 'gateway_unavailable' }]);
  } finally {
    await closing.close();
  }
});
