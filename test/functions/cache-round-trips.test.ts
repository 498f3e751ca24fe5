import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { bundle } from '../../esbuild.config.ts';
import { usualCache } from '../../lib/config/written-cache.ts';
import { type Counting, type Passed, startCounting } from '../support/counting.ts';
import { type House, openHouse } from '../support/door.ts';
import { fromUrl } from '../support/events.ts';
import { answer } from '../support/flaky.ts';
import { scratch } from '../support/gateway.ts';
import { lambdaGateway } from '../support/lambda-gateway.ts';
import { type Runtime, startRuntime } from '../support/ric/start-runtime.ts';

const { folder, remove } = scratch();
let house: House;
let line: Counting;
let lambda: Runtime;

beforeAll(async () => {
  house = await openHouse({
    config: { cache: { ...usualCache, mode: 'exact' } },
    endpoint: async ({ endpoint }) => {
      line = await startCounting(endpoint);
      return line.endpoint;
    },
  });
  await bundle('gateway');
  lambda = await startRuntime(lambdaGateway(folder, line, house.upstream, { cache: { mode: 'exact' } }));
});
afterAll(async () => {
  await lambda?.stop();
  await house?.close();
  await line?.close();
  remove();
});

/** What the database was asked for calls: what rests, who is who and what is configured is asked once in a few seconds, whatever the number of calls. */
const asked = () =>
  line.passed.filter(({ operation, table }) => table !== 'Access' && `${operation} ${table}` !== 'Query Cache');

/** Notes what is asked until a call has its answer: nothing that comes after its record is, for that is kept waiting. */
async function untilAnswered<Answer>(call: () => Promise<Answer>) {
  const { promise: answered, resolve } = Promise.withResolvers<void>();
  line.passed.length = 0;
  line.answerWith(async ({ operation, table }) => {
    if (`${operation} ${table}` === 'PutItem Calls') await answered;
    return false;
  });
  const answer = await call();
  const before = asked().filter(({ table }) => table !== 'Calls');
  resolve();
  return { answer, before, names: before.map(({ operation, table }) => `${operation} ${table}`).sort() };
}

/** Each was asked before any was answered: together they are one round trip. */
function expectTogether(requests: readonly Passed[]): void {
  const answered = Math.min(...requests.map(({ at, ms }) => at + ms));
  for (const { at } of requests) expect(at).toBeLessThan(answered);
}

// A machine that stands still for 80 ms has its cache called away.
describe('an answer from the cache waits for one round trip to the database', { retry: 2 }, () => {
  const booked = async ({ tenant, id }: { readonly tenant: string; readonly id: string }, calls: number) => {
    await expect.poll(async () => (await house.tables.spent(`tenant#${tenant}`)).calls).toBe(calls);
    await expect.poll(async () => (await house.tables.spent(`key#${id}`)).calls).toBe(calls);
  };

  test.each([
    ['which is all that is asked for a tenant without limits', 'none', []],
    ['beside the admission of a tenant with a budget', { day: 1 }, ['UpdateItem Counters']],
  ])('at the HTTP door, streamed or not: %s', async (_, budgets, admission) => {
    house.upstream.answerWith(answer('Good day.'));
    const caller = await house.keyOf({ budgets });
    await (await house.ask(caller.key)).text();
    await booked(caller, 1);
    await expect.poll(() => house.tables.calls(caller.tenant)).toHaveLength(1);
    for (const [turn, stream] of [false, true, false].entries()) {
      const { answer, before, names } = await untilAnswered(async () => {
        const response = await house.ask(caller.key, { stream });
        return { cache: response.headers.get('x-sluice-cache'), text: await response.text() };
      });
      expect(answer).toMatchObject({ cache: 'hit', text: expect.stringContaining('Good day.') });
      expect(names).toEqual(['BatchGetItem Cache', ...admission]);
      expectTogether(before);
      await booked(caller, 2 + turn);
    }
  });

  test('in Lambda, under the real runtime client', async () => {
    house.upstream.answerWith(answer('Good day.'));
    const event = fromUrl({ model: 'openai/m', messages: [{ role: 'user', content: 'Hello' }] });
    const first = await lambda.invoke(event);
    expect(first.headers['x-sluice-cache']).toBe('miss');
    await first.nextPoll; // it is kept
    for (let call = 0; call < 3; call++) {
      const { answer, before, names } = await untilAnswered(async () => {
        const reply = await lambda.invoke(event);
        return { cache: reply.headers['x-sluice-cache'], text: await reply.text(), nextPoll: reply.nextPoll };
      });
      expect(answer).toMatchObject({ cache: 'hit', text: expect.stringContaining('Good day.') });
      expect(names).toEqual(['BatchGetItem Cache']); // nobody limits tenant demo
      expectTogether(before);
      await answer.nextPoll;
    }
  });
});
