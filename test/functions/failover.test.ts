import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Route } from '../../lib/config/route.ts';
import { chance } from '../support/chance.ts';
import { type House, openHouse } from '../support/door.ts';
import { answer, type Fault, faults, flaky } from '../support/flaky.ts';
import { labs } from '../support/labs.ts';
import { refusal, startUpstream, type Upstream } from '../support/upstream.ts';

const CALLS = 1_000;
const AT_ONCE = 50;
/** So many that what a primary fails with hardly ever sends it to rest, and nearly every call meets it. */
const ROUTES = 250;
/** Ten tokens in, three out. */
const PRICE = 16_000;

let house: House;
let spare: Upstream;
beforeAll(async () => {
  spare = await startUpstream(answer('Hi'));
  const { providers } = labs({ spare: spare.baseUrl });
  const routes = ['first', 'second'].flatMap((name) =>
    Array.from({ length: ROUTES }, (_, at): [string, Route] => [
      `${name}${at}`,
      { inOrder: [`lab/${name}${at}`, `spare/${name}${at}`] },
    ]),
  );
  const clouds = { groq: { ...providers.spare, kind: undefined }, together: { ...providers.spare, kind: undefined } };
  house = await openHouse({
    config: {
      providers: { ...providers, ...clouds },
      models: { ...Object.fromEntries(routes), one: { inOrder: ['lab/one', 'spare/one'] } },
    },
  });
});
afterAll(async () => {
  await house?.close();
  await spare?.close();
});

/** Makes a primary fail three times in ten, in one of these ways; counts how. */
function failing(kinds: readonly Fault[], seed: number) {
  const dice = chance(seed);
  const met: Record<string, number> = {};
  const next = () => {
    const fault = dice() < 0.3 ? kinds[Math.floor(dice() * kinds.length)] : undefined;
    met[fault ?? 'none'] = (met[fault ?? 'none'] ?? 0) + 1;
    return fault;
  };
  house.upstream.answerWith(flaky('Hi', next));
  return met;
}

/** Makes a thousand calls, fifty at a time, every other streamed; gives what each client saw that is no whole answer. */
async function thousand(key: string, modelOf: (call: number) => string) {
  const wrong: string[] = [];
  const queue = Array.from({ length: CALLS }, (_, call) => call);
  const one = async (call: number) => {
    const stream = call % 2 === 0;
    const response = await house.ask(key, { model: modelOf(call), stream });
    const text = await response.text();
    const whole = stream
      ? text.includes('"content":"Hi"') && text.endsWith('data: [DONE]\n\n') && !text.includes('"error"')
      : JSON.parse(text).choices?.[0]?.message.content === 'Hi';
    if (response.status !== 200 || !whole) wrong.push(`${response.status} ${text}`);
  };
  await Promise.all(
    Array.from({ length: AT_ONCE }, async () => {
      for (let call = queue.shift(); call !== undefined; call = queue.shift()) await one(call);
    }),
  );
  return wrong;
}

async function booked(tenant: string) {
  await expect.poll(async () => (await house.tables.spent(`tenant#${tenant}`)).calls).toBe(CALLS);
  const { total, item } = await house.tables.spent(`tenant#${tenant}`);
  expect(Object.keys(item).filter((name) => name.startsWith('r#'))).toEqual([]);
  return { total, calls: await house.tables.calls(tenant) };
}

type Recorded = {
  readonly id: string;
  readonly status: string;
  readonly model: string;
  readonly attempts: readonly { readonly provider: string; readonly status: number | string }[];
  readonly bill: { readonly nanoDollars: number; readonly estimated: boolean };
};
const recorded = (calls: readonly unknown[]) => calls as readonly Recorded[]; // as the journal writes them

describe('a thousand calls whose primary fails three times in ten', () => {
  test('are all answered, and each is billed once, for what answered', async () => {
    const met = failing(['500', '503', '429', 'reset'], 20_261_126);
    const { key, tenant } = await house.keyOf({ budgets: { day: 100 } });
    expect(await thousand(key, (call) => `first${call % ROUTES}`)).toEqual([]);
    const { total, calls } = await booked(tenant);
    expect(total).toBe(CALLS * PRICE);
    const bills = recorded(calls);
    expect(new Set(bills.map(({ id }) => id)).size).toBe(CALLS);
    expect(bills.every(({ status, bill }) => status === 'ok' && bill.nanoDollars === PRICE && !bill.estimated)).toBe(
      true,
    );
    // It did fail, in each of the ways, and then the other one answered.
    for (const kind of ['500', '503', '429', 'reset']) expect(met[kind]).toBeGreaterThan(30);
    const mended = bills.filter(({ attempts }) => attempts.length === 2);
    expect(mended.length).toBeGreaterThan(150);
    expect(mended.every(({ model }) => model.startsWith('spare/'))).toBe(true);
  });

  test('or is cut off before its first content are all answered, and what was cut off is billed besides, as an estimate', async () => {
    failing(faults, 7);
    const { key, tenant } = await house.keyOf({ budgets: { day: 100 } });
    expect(await thousand(key, (call) => `second${call % ROUTES}`)).toEqual([]);
    const { total, calls } = await booked(tenant);
    const bills = recorded(calls);
    const cutOff = bills.filter(({ attempts }) =>
      attempts.some(({ status, provider }) => provider === 'lab' && (status === 'cut' || status === 'reset')),
    );
    expect(total).toBe(bills.reduce((sum, { bill }) => sum + bill.nanoDollars, 0));
    for (const { bill, attempts } of bills) {
      if (bill.estimated) expect(bill.nanoDollars).toBeGreaterThan(PRICE);
      else expect([attempts, bill.nanoDollars]).toEqual([attempts, PRICE]);
    }
    const estimated = bills.filter(({ bill }) => bill.estimated);
    expect(estimated.length).toBeGreaterThan(20);
    expect(estimated.every((each) => cutOff.includes(each))).toBe(true);
  });

  test('of one model leave it alone when it fails too often, and are all answered', async () => {
    const met = failing(faults, 3);
    const { key, tenant } = await house.keyOf({ budgets: { day: 100 } });
    expect(await thousand(key, () => 'one')).toEqual([]);
    const bills = recorded((await booked(tenant)).calls);
    expect(bills.every(({ status }) => status === 'ok')).toBe(true);
    const direct = bills.filter(({ attempts }) => attempts[0]?.provider === 'spare');
    expect(direct.length).toBeGreaterThan(100);
    expect(met.none).toBeGreaterThan(0);
  });
});

test('a model without a route is answered by the same model at another provider that is on, and billed as that', async () => {
  const asked = spare.asked.length;
  spare.answerWith((request, response) =>
    request.body.model === 'llama-3.3-70b-versatile'
      ? refusal(503, { message: 'no' })(request, response)
      : answer('Hi')(request, response),
  );
  const { key, tenant } = await house.keyOf({ budgets: { day: 100 } });
  const response = await house.ask(key, { model: 'groq/llama-3.3-70b-versatile' });
  expect(await response.json()).toMatchObject({ choices: [{ message: { content: 'Hi' } }] });
  expect([response.headers.get('x-sluice-model'), response.headers.get('x-sluice-attempts')]).toEqual([
    'together/meta-llama/Llama-3.3-70B-Instruct-Turbo',
    'groq:503,together:200',
  ]);
  expect(spare.asked.slice(asked).map(({ body }) => body.model)).toEqual([
    'llama-3.3-70b-versatile',
    'meta-llama/Llama-3.3-70B-Instruct-Turbo',
  ]);
  await expect.poll(async () => (await house.tables.spent(`tenant#${tenant}`)).total).toBe(PRICE);
});
