import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { answer } from '../support/flaky.ts';
import { gated } from '../support/gated.ts';
import { type Joining, openJoining } from '../support/joining.ts';
import { beginStream, ending, event, type Script, usage } from '../support/upstream.ts';

let house: Joining;
beforeAll(async () => {
  house = await openJoining();
});
afterAll(() => house?.close());

/** A question nobody has asked yet. */
const about = (topic: string, more: object = {}) => ({ messages: [{ role: 'user', content: topic }], ...more });

/** Answers as briefly as it must. */
const asLongAsItMay: Script = ({ body }, response) => {
  const short = Number(body.max_tokens ?? body.max_completion_tokens ?? Number.POSITIVE_INFINITY) < 1_000;
  const message = { role: 'assistant', content: short ? 'The whole' : 'The whole long answer.' };
  const choices = [{ index: 0, message, finish_reason: short ? 'length' : 'stop' }];
  response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify({ choices, usage }));
};

describe('a call whose budget shortens its answer', () => {
  /** A key with little money, and one of the same tenant with enough. */
  async function poorAndRich() {
    const { tenant, key: rich } = await house.keyOf({ budgets: { day: 100 } });
    const { key: poor } = await house.tables.admin.createKey({ tenant, budgets: { day: 0.001 } });
    return { tenant, poor, rich };
  }

  test('is joined by nobody who may have a longer one', async () => {
    const { held, open } = gated(asLongAsItMay);
    house.upstream.answerWith(held);
    const { poor, rich } = await poorAndRich();
    const asked = house.counting();
    const first = house.ask(poor, about('a short purse'));
    await expect.poll(asked).toBe(1);
    const second = house.ask(rich, about('a short purse'));
    await expect.poll(asked).toBe(2);
    open();
    expect(Number((await first).headers.get('x-sluice-max-tokens'))).toBeLessThan(1_000);
    expect(await (await first).json()).toMatchObject({ choices: [{ finish_reason: 'length' }] });
    expect((await second).headers.get('x-sluice-cache')).toBe('miss');
    expect(await (await second).text()).toContain('The whole long answer.');
  });

  test('joins one that may be longer', async () => {
    const { held, open } = gated(asLongAsItMay);
    house.upstream.answerWith(held);
    const { tenant, poor, rich } = await poorAndRich();
    const asked = house.counting();
    const first = house.ask(rich, about('a long purse'));
    await expect.poll(asked).toBe(1);
    const second = house.ask(poor, about('a long purse'));
    await expect.poll(() => house.live(tenant)).toBe(2);
    open();
    await (await first).text();
    expect((await second).headers.get('x-sluice-cache')).toBe('hit');
    expect(await (await second).text()).toContain('The whole long answer.');
    expect(asked()).toBe(1);
  });
});

test('a call with more time left than another that asks the same is not cut with it', async () => {
  const { promise: end, resolve: endAll } = Promise.withResolvers<void>();
  house.upstream.answerWith(async (_, response) => {
    beginStream(response);
    response.write(event({ content: 'This takes ' }));
    await end;
    response.end(event({ content: 'a while.' }) + ending);
  });
  const { key } = await house.keyOf({ budgets: { day: 100 } });
  const asked = house.counting();
  const ask = () => house.ask(key, about('patience', { stream: true }), { 'x-sluice-timeout-ms': '60000' });
  const first = await ask();
  house.clock.pass(40_000);
  const second = await ask();
  expect(asked()).toBe(2);
  house.clock.pass(20_000);
  expect(await first.text()).toContain('"code":"timeout"');
  endAll();
  const text = await second.text();
  expect(text).toContain('a while.');
  expect(text).toContain('[DONE]');
});

test('a call with almost as much time left joins', async () => {
  const { held, open } = gated(answer('One for both.'));
  house.upstream.answerWith(held);
  const { key } = await house.keyOf({ budgets: { day: 100 } });
  const asked = house.counting();
  const before = house.flights.joined();
  const ask = () => house.ask(key, about('some patience'), { 'x-sluice-timeout-ms': '600000' });
  const first = ask();
  await expect.poll(asked).toBe(1);
  house.clock.pass(30_000);
  const second = ask();
  await expect.poll(() => house.flights.joined() - before).toBe(1);
  open();
  for (const call of [first, second]) expect(await (await call).text()).toContain('One for both.');
  expect(asked()).toBe(1);
});
