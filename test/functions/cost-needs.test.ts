import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { needs, writes } from '../../lib/cost/needs.ts';
import { usualWorkload } from '../../lib/cost/workload.ts';
import { startCounting } from '../support/counting.ts';
import { type Environment, startEnvironment } from '../support/environment.ts';
import { scratch } from '../support/gateway.ts';
import { labs } from '../support/labs.ts';
import { startTables, type Tables } from '../support/tables.ts';
import { startUpstream, type Upstream, wholeAnswer } from '../support/upstream.ts';

// `npm run cost` reckons with what a call asks of the tables and of the log. Here the code is asked.

let tables: Tables;
let line: Awaited<ReturnType<typeof startCounting>>;
let upstream: Upstream;
let gateway: Environment;
let printed = '';
const { folder, remove } = scratch();

beforeAll(async () => {
  tables = await startTables(`${folder}/data`, 'bare');
  line = await startCounting(tables.endpoint);
  upstream = await startUpstream();
  gateway = await startEnvironment({
    endpoint: line.endpoint,
    config: labs({ lab: upstream.baseUrl }),
    shows: true,
  });
  gateway.process.stdout?.on('data', (piece) => {
    printed += piece;
  });
});
afterAll(async () => {
  await gateway?.kill();
  await upstream?.close();
  await line?.close();
  await tables?.stop();
  remove();
});

const limits = { budgets: { minute: 1, day: 5, month: 100 }, rates: { rpm: 1_000, tpm: 1_000_000, concurrent: 100 } };
const kinds = [
  { scopes: 0, tenant: { budgets: 'none' }, key: {}, headers: {} },
  { scopes: 1, tenant: { budgets: { day: 5 } }, key: {}, headers: {} },
  { scopes: 2, tenant: limits, key: limits, headers: {} },
  {
    scopes: 4,
    tenant: { ...limits, userDefaults: limits, features: { search: limits } },
    key: limits,
    headers: { 'x-sluice-user': 'ann', 'x-sluice-feature': 'search' },
  },
] as const;

const keyOf = async ({ scopes, tenant, key }: (typeof kinds)[number]) => {
  const name = `scopes${scopes}`;
  await tables.admin.createTenant(name, tenant);
  return { name, secret: (await tables.admin.createKey({ tenant: name, ...key })).key };
};
const ask = async (secret: string, headers: object) => {
  const response = await fetch(`${gateway.url}/chat/completions`, {
    method: 'POST',
    headers: { authorization: `Bearer ${secret}`, 'content-type': 'application/json', ...headers },
    body: JSON.stringify({ model: 'lab/m', messages: [{ role: 'user', content: 'Hello' }] }),
  });
  await response.text();
};
const unitsOf = (...operations: string[]) =>
  line.passed.filter(({ operation }) => operations.includes(operation)).reduce((sum, { units }) => sum + units, 0);

describe('the cost reckons', () => {
  test.each(kinds)('with the units that a call with $scopes limited scopes takes', async (kind) => {
    upstream.answerWith(wholeAnswer('Hi'));
    const { name, secret } = await keyOf(kind);
    line.passed.length = 0;
    await ask(secret, kind.headers);
    const puts = () => line.passed.filter(({ operation, ms }) => operation === 'PutItem' && ms > 0);
    await expect.poll(() => puts()).toHaveLength(1);
    await expect.poll(async () => (await tables.spent(`tenant#${name}`)).calls).toBe(1);
    // The embedded database does not count what indexes take.
    const indexes = kind.scopes === 4 ? 2 : 1;
    const reckoned = writes({ ...usualWorkload, calls: 1, scopes: kind.scopes }) - indexes;
    await expect.poll(() => unitsOf('PutItem', 'UpdateItem')).toBe(reckoned);
    expect(unitsOf('GetItem', 'Query', 'BatchGetItem')).toBeLessThanOrEqual(needs.reads);
    const [record] = await tables.calls(name);
    expect(JSON.stringify(record).length).toBeLessThan(needs.recordBytes);
  });

  test('with lines of the log as long as they are, and as many metrics', async () => {
    await expect.poll(() => printed.split('\n').length).toBeGreaterThan(kinds.length * 2);
    const lines = printed.trimEnd().split('\n');
    const bytes = Buffer.byteLength(printed) / (lines.length / 2);
    expect(bytes).toBeGreaterThan(needs.logBytes * 0.75);
    expect(bytes).toBeLessThan(needs.logBytes);
    const { _aws } = JSON.parse(lines.find((each) => each.includes('"_aws"')) ?? '{}');
    expect(_aws.CloudWatchMetrics[0].Metrics).toHaveLength(needs.metrics);
  });

  test('with counters as large as calls under way make them', async () => {
    const { promise: opened, resolve: open } = Promise.withResolvers<void>();
    upstream.answerWith(async (...given) => {
      await opened;
      return wholeAnswer('Hi')(...given);
    });
    const { name, secret } = await keyOf({ ...kinds[2], scopes: 2 });
    const before = upstream.asked.length;
    const calls = Array.from({ length: 10 }, () => ask(secret, {}));
    await expect.poll(() => upstream.asked.length).toBe(before + 10);
    const { item } = await tables.spent(`tenant#${name}`);
    open();
    await Promise.all(calls);
    const bytes = JSON.stringify(item).length;
    expect(bytes).toBeLessThan(needs.counterBytes + 10 * needs.holdBytes);
    expect(bytes).toBeGreaterThan(needs.counterBytes + 5 * needs.holdBytes);
  });
});
