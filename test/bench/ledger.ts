import { startCounting } from '../support/counting.ts';
import { openHouse } from '../support/door.ts';
import { wholeAnswer } from '../support/upstream.ts';
import { median, table } from './printed.ts';

// What governing a call costs: how often the database is asked, what DynamoDB would charge for that, and how much later
// the answer comes. The kinds of call take turns, so that all see the same machine; only their ratios mean something.

/** On demand, us-east-1, dollars for a million units (https://aws.amazon.com/dynamodb/pricing/on-demand/, read 2026-11-26). */
const WRITE_UNIT = 0.625;
const READ_UNIT = 0.125;
const ROUNDS = 300;

const limits = {
  budgets: { minute: 1_000, day: 5_000, month: 90_000 },
  rates: { rpm: 1e6, tpm: 1e9, concurrent: 1_000 },
};
const kinds = {
  'no limits': [{ budgets: 'none' }, {}, {}],
  'a day budget of the tenant': [{ budgets: { day: 5_000 } }, {}, {}],
  'limits on key and tenant': [limits, limits, {}],
  'limits on key, user, feature and tenant': [
    { ...limits, userDefaults: limits, features: { search: limits } },
    limits,
    { 'x-sluice-user': 'ann', 'x-sluice-feature': 'search' },
  ],
} as const;

let line: Awaited<ReturnType<typeof startCounting>> | undefined;
const house = await openHouse({
  endpoint: async ({ endpoint }) => {
    line = await startCounting(endpoint);
    return line.endpoint;
  },
});
const passed = line?.passed ?? [];
/** Read once in a few seconds, whatever the number of calls: keys, and which targets rest. */
const beside = ['Access', 'Cache'];
house.upstream.answerWith(wholeAnswer('Hi'));

type Count = { ms: number[]; before: number; requests: number; writes: number; reads: number };
const calls = await Promise.all(
  Object.entries(kinds).map(async ([name, [tenant, key, headers]]) => {
    const { key: secret, tenant: called } = await house.keyOf(tenant, key);
    const count: Count = { ms: [], before: 0, requests: 0, writes: 0, reads: 0 };
    return { name, secret, called, headers, count };
  }),
);
for (let round = 0; round < ROUNDS; round++) {
  if (round === ROUNDS / 10)
    for (const { count } of calls) Object.assign(count, { ms: [], before: 0, requests: 0, writes: 0, reads: 0 });
  for (const { secret, called, headers, count } of calls) {
    passed.length = 0;
    const asked = house.upstream.asked.length;
    let before = 0;
    house.upstream.answerWith((...given) => {
      before = passed.filter(({ table }) => !beside.includes(table)).length;
      return wholeAnswer('Hi')(...given);
    });
    const startedAt = performance.now();
    const response = await house.ask(secret, {}, headers);
    await response.text();
    count.ms.push(performance.now() - startedAt);
    if (response.status !== 200 || house.upstream.asked.length !== asked + 1)
      throw new Error(`${called}: ${response.status}`);
    await settled(called, round + 1);
    count.before += before;
    for (const { operation, units, table } of passed) {
      if (beside.includes(table)) continue;
      count.requests++;
      if (operation === 'GetItem') count.reads += units;
      else count.writes += units;
    }
  }
}

const measured = ROUNDS - ROUNDS / 10;
const plain = median(calls[0]?.count.ms ?? []);
const rows = calls.map(({ name, count }) => ({
  call: name,
  'asked before the provider': (count.before / measured).toFixed(2),
  'asked in all': (count.requests / measured).toFixed(2),
  'write units': (count.writes / measured).toFixed(2),
  '$ a million calls': ((count.writes * WRITE_UNIT + count.reads * READ_UNIT) / measured).toFixed(2),
  'median, no limits = 1': (median(count.ms) / plain).toFixed(2),
}));
process.stdout.write(
  `\nThe ledger (embedded DynamoDB behind a counting proxy, which costs time of its own)\n\n${table(rows)}\n`,
);
await house.close();
await line?.close();
process.exit(0);

/** Waits until a call is booked, so that the next begins in peace. */
async function settled(tenant: string, count: number): Promise<void> {
  while ((await house.tables.spent(`tenant#${tenant}`)).calls < count || passed.some(({ ms }) => ms === 0));
}
