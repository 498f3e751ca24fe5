import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startCounting } from '../support/counting.ts';
import { type House, openHouse } from '../support/door.ts';
import { beginStream, ending, event, type Script, wholeAnswer } from '../support/upstream.ts';

let house: House;
let line: Awaited<ReturnType<typeof startCounting>>;
/** When the provider was asked last. */
let askedAt = 0;
const answering =
  (script: Script): Script =>
  (asked, response) => {
    askedAt = performance.now();
    return script(asked, response);
  };

beforeAll(async () => {
  house = await openHouse({
    endpoint: async (tables) => {
      line = await startCounting(tables.endpoint);
      return line.endpoint;
    },
  });
});
afterAll(async () => {
  await house?.close();
  await line?.close();
});

const limits = { budgets: { minute: 1, day: 5, month: 100 }, rates: { rpm: 1_000, tpm: 1_000_000, concurrent: 100 } };
const everywhere = { ...limits, userDefaults: limits, features: { search: limits } };
const headers = { 'x-sluice-user': 'ann', 'x-sluice-feature': 'search' };
/** What was asked for a call; what rests is asked once in five seconds, whatever the number of calls. */
const passed = () => line.passed.filter(({ operation, table }) => `${operation} ${table}` !== 'Query Cache');
const operations = () =>
  passed()
    .map(({ operation, table }) => `${operation} ${table}`)
    .sort();
const ended = async (tenant: string, calls: number) =>
  expect.poll(async () => (await house.tables.spent(`tenant#${tenant}`)).calls).toBe(calls);

describe('a governed call', () => {
  test('asks the database once before the provider, all scopes side by side, and once more after the client has its answer', async () => {
    house.upstream.answerWith(answering(wholeAnswer('Hi')));
    const { key, tenant } = await house.keyOf(everywhere, limits);
    await (await house.ask(key, {}, headers)).text(); // the key is read, and remembered
    await ended(tenant, 1);
    for (let call = 2; call < 5; call++) {
      line.passed.length = 0;
      await (await house.ask(key, {}, headers)).text();
      await ended(tenant, call);
      await expect.poll(operations).toHaveLength(9);
      const before = passed().filter(({ at }) => at < askedAt);
      expect(before.map(({ operation, table }) => `${operation} ${table}`)).toEqual(
        Array(4).fill('UpdateItem Counters'),
      );
      expect(operations()).toEqual(['PutItem Calls', ...Array(8).fill('UpdateItem Counters')]);
    }
  });

  test('that is refused asks only the scope that is known to refuse, once', async () => {
    const free = await house.keyOf({ budgets: 'none' });
    let calls = 0;
    /** What was asked until another call, which has no limits, came and went. */
    const afterAnother = async () => {
      await (await house.ask(free.key)).text();
      await ended(free.tenant, ++calls);
      await expect.poll(async () => (await house.tables.spent(`key#${free.id}`)).calls).toBe(calls);
      const asked = operations();
      line.passed.length = 0;
      return asked;
    };
    const { key } = await house.keyOf({ budgets: { day: 0.00001 } }, { budgets: { day: 5 } });
    expect((await house.ask(key, { max_tokens: 3 })).status).toBe(429);
    await afterAnother();
    expect((await house.ask(key, { max_tokens: 3 })).status).toBe(429);
    expect(await afterAnother()).toEqual(['PutItem Calls', ...Array(3).fill('UpdateItem Counters')]);
  });

  test('without limits asks nothing before the provider', async () => {
    const { key, tenant } = await house.keyOf({ budgets: 'none' });
    await (await house.ask(key)).text();
    await ended(tenant, 1);
    line.passed.length = 0;
    await (await house.ask(key)).text();
    await ended(tenant, 2);
    await expect.poll(operations).toEqual(['PutItem Calls', 'UpdateItem Counters', 'UpdateItem Counters']);
    expect(passed().every(({ at }) => at > askedAt)).toBe(true);
  });
});

describe('a database that is away', () => {
  test.each(['silent', 'throttling'] as const)(
    'and is %s: calls are refused in time, nothing under way is lost, and all is well when it is back',
    async (mood) => {
      const { key, tenant } = await house.keyOf(everywhere, limits);
      let finish = () => {};
      const finished = new Promise<void>((resolve) => {
        finish = resolve;
      });
      house.upstream.answerWith(async (_, response) => {
        beginStream(response);
        response.write(event({ content: 'Hi' }));
        await finished;
        response.end(ending);
      });
      const under = await house.ask(key, { stream: true, stream_options: { include_usage: true } }, headers);
      const reader = under.body?.getReader();
      await reader?.read();

      line.passed.length = 0;
      line.be(mood);
      const asked = house.upstream.asked.length;
      const startedAt = performance.now();
      const refused = await Promise.all(Array.from({ length: 5 }, () => house.ask(key, {}, headers)));
      expect(performance.now() - startedAt).toBeLessThan(2_500); // two seconds, and what the machine is slow
      expect(refused.map(({ status }) => status)).toEqual(Array(5).fill(503));
      expect(await refused[0]?.json()).toMatchObject({ error: { code: 'gateway_unavailable', source: 'gateway' } });
      expect(house.upstream.asked.length).toBe(asked);

      finish(); // the call under way ends while there is nobody to write it down
      while (!(await reader?.read())?.done);
      await expect.poll(operations).toContain('PutItem Calls'); // it was tried, in vain
      line.be('open');
      await ended(tenant, 1);
      await expect.poll(async () => (await house.tables.spent(`tenant#${tenant}`)).item.live).toBe(0);
      const { item, total } = await house.tables.spent(`tenant#${tenant}`);
      expect([total, Object.keys(item).filter((name) => name.startsWith('r#'))]).toEqual([16_000, []]);
      await expect
        .poll(() => house.tables.calls(tenant))
        .toMatchObject([{ status: 'ok', bill: { nanoDollars: 16_000 } }]);

      house.upstream.answerWith(answering(wholeAnswer('Hi')));
      expect((await house.ask(key, {}, headers)).status).toBe(200);
    },
  );
});
