import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { dynamodb } from '../../lib/aws/dynamodb.ts';
import { dynamoJournal } from '../../lib/aws/journal.ts';
import { localTableNames } from '../../lib/aws/tables.ts';
import { QUARTER_MS, quarterOf } from '../../lib/aws/usage/quarter.ts';
import { rolling } from '../../lib/aws/usage/rolling.ts';
import { runsItem } from '../../lib/aws/usage/runs.ts';
import { ROLLED, usagePk } from '../../lib/aws/usage/usage-keys.ts';
import { usage } from '../../lib/cli/usage.ts';
import { idMaker, idsSince } from '../../lib/ids.ts';
import type { CallRecord } from '../../lib/world.ts';
import { bareTables } from '../support/bare-tables.ts';
import { connectionTo } from '../support/connection.ts';
import { type Counting, startCounting } from '../support/counting.ts';
import { fillCalls } from '../support/filled-calls.ts';
import { recordOf } from '../support/records.ts';

const { tables } = await bareTables();
const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;
const client = dynamodb({ endpoint: tables.endpoint, tryMs: 20_000, tries: 2 });
let line: Counting;
beforeAll(async () => {
  line = await startCounting(tables.endpoint);
});
afterAll(async () => {
  client.destroy();
  await line.close();
});

const failures: unknown[] = [];
const log = { info: () => {}, error: (...said: unknown[]) => void failures.push(said) };

/** Sums up what is closed at a moment, as all gateways have been of this version for long. */
async function roll(tenant: string, now = Date.now()): Promise<number> {
  await tables.put('counters', { pk: `tenant#${tenant}`, sk: 'counter' });
  await runsItem(client, localTableNames.calls).put({ since: 0, ranAt: now, wholeAt: 0 });
  expect(
    await rolling(client, localTableNames, { now: () => now, random: () => 0, log })(Number.POSITIVE_INFINITY),
  ).toBe(true);
  return Number((await tables.item('calls', usagePk(tenant), ROLLED))?.upTo);
}

/** What the command tells, and where the records begin that it read for that. */
async function told(tenant: string, options: Readonly<Record<string, string>> = {}) {
  const counted = dynamodb({ endpoint: line.endpoint, tryMs: 20_000, tries: 1 });
  line.passed.length = 0;
  const outcome = await usage.deeds['']?.act({
    operands: [],
    options: new Map(Object.entries({ tenant, ...options }).map(([name, value]) => [name, [value]])),
    connect: async () => connectionTo(counted),
  });
  counted.destroy();
  if (outcome === undefined || 'said' in outcome) throw new Error('Nothing was told.');
  const queries = line.passed.filter(({ operation, table }) => operation === 'Query' && table === 'Calls');
  const asked = queries.map(({ text }) => JSON.parse(text).ExpressionAttributeValues);
  const records = asked.filter((its) => ':start' in its);
  const quarters = asked.filter((its) => String(its[':from']?.S).startsWith('quarter#'));
  expect(line.passed.filter(({ operation }) => !['GetItem', 'Query'].includes(operation))).toEqual([]); // it never writes
  return {
    data: JSON.parse(JSON.stringify(outcome.data)),
    from: records.map((its): string => its[':start'].S).sort(),
    /** For how long it asked for quarters. */
    quartersMs: quarters.reduce((ms, its) => ms + momentIn(its[':to'].S) - momentIn(its[':from'].S), 0),
  };
}

const momentIn = (sk: string): number => Date.parse(sk.slice('quarter#'.length));

let calls = 0;
const callAt = (tenant: string, at: number, more: Partial<CallRecord> = {}): CallRecord => {
  const bill = { ...recordOf().bill, nanoDollars: ++calls };
  return recordOf({ id: idMaker('req_', () => at)(), tenant, at, bill, user: `user ${calls % 7}`, ...more });
};
const write = (record: CallRecord, now = record.at) =>
  dynamoJournal(client, localTableNames, 90, () => now).record(record);

describe('what was summed up', () => {
  test('is told from the sums, as it is told call by call, and only the newest calls are read', async () => {
    const tenant = 'summed';
    const now = Date.now();
    await tables.admin.createTenant(tenant);
    for (let at = now - 3 * DAY_MS; at < now; at += 20 * MINUTE_MS)
      await write(
        callAt(tenant, at, { feature: '__proto__', cache: 'semantic-hit', cacheScore: 0.9876, savedMs: 0.6 }),
      );
    await write(callAt(tenant, now - 2 * DAY_MS, { status: 'abandoned', errorCode: 'abandoned' }));
    for (const since of ['7d', '30h', '25m']) {
      const before = await told(tenant, { since });
      const upTo = await roll(tenant);
      const after = await told(tenant, { since });
      expect({ ...after.data, since }).toEqual({ ...before.data, since });
      expect(upTo).toBeGreaterThan(now - 30 * MINUTE_MS);
      if (since === '7d') for (const start of after.from) expect(start >= idsSince('req_', upTo)).toBe(true);
    }
  });

  test('is told in days where they are over, and in quarters only where the beginning cuts one, and of today', async () => {
    const tenant = 'month';
    const midnight = Math.floor(Date.now() / DAY_MS) * DAY_MS;
    await tables.admin.createTenant(tenant);
    for (let day = 2; day < 32; day++)
      for (const hour of [3, 15]) await write(callAt(tenant, midnight - day * DAY_MS + hour * HOUR_MS));
    await roll(tenant);
    const { data, quartersMs } = await told(tenant, { since: '30d' });
    expect(data.calls).toBeGreaterThan(50);
    expect(quartersMs).toBeGreaterThan(0);
    expect(quartersMs).toBeLessThan(4 * DAY_MS);
  });

  test('includes at once what comes late, and what its writer announced and never wrote changes nothing', async () => {
    const tenant = 'late';
    const now = Date.now();
    const at = quarterOf(now - 5 * HOUR_MS) + MINUTE_MS;
    await tables.admin.createTenant(tenant);
    await write(callAt(tenant, at));
    await write(callAt(tenant, now - HOUR_MS / 2));
    const upTo = await roll(tenant);
    const before = await told(tenant, { since: '7d' });
    const late = callAt(tenant, at + MINUTE_MS);
    await write(late, now);
    const { data, from } = await told(tenant, { since: '7d' });
    expect(data).toMatchObject({ calls: 3, costNanoUsd: before.data.costNanoUsd + late.bill.nanoDollars });
    expect(from.filter((start) => start < idsSince('req_', upTo))).toEqual([idsSince('req_', quarterOf(at))]);

    await roll(tenant, now + 2 * MINUTE_MS); // too soon: another could be on its way
    expect((await told(tenant, { since: '7d' })).from).toContain(idsSince('req_', quarterOf(at)));
    await roll(tenant, now + 5 * MINUTE_MS);
    const settled = await told(tenant, { since: '7d' });
    expect(settled.data).toMatchObject({ calls: 3, costNanoUsd: data.costNanoUsd });
    expect(settled.from).not.toContain(idsSince('req_', quarterOf(at)));
  });

  test('is exact in the days of Kathmandu, 5:45 before UTC', async () => {
    const tenant = 'kathmandu';
    await tables.admin.createTenant(tenant, { timezone: 'Asia/Kathmandu' });
    const midnight = Math.floor(Date.now() / DAY_MS) * DAY_MS - 2 * DAY_MS - 5.75 * HOUR_MS;
    for (const at of [midnight - 1, midnight, midnight + 14 * MINUTE_MS, midnight + DAY_MS - 1, midnight + DAY_MS])
      await write(callAt(tenant, at));
    // It was at midnight, and its id was made in the day before.
    await write(callAt(tenant, midnight, { id: idMaker('req_', () => midnight - 1)() }));
    await write(callAt(tenant, Date.now() - HOUR_MS));
    const day = new Date(midnight + DAY_MS / 2).toISOString().slice(0, 10);
    const before = await told(tenant, { since: day });
    const upTo = await roll(tenant);
    const after = await told(tenant, { since: day });
    expect(after.data).toEqual(before.data);
    expect(after.data.days[day]).toMatchObject({ calls: 4 });
    expect(after.data.calls).toBe(6);
    const cut = [idsSince('req_', midnight - QUARTER_MS)];
    expect(after.from.filter((start) => start < idsSince('req_', upTo))).toEqual(cut);
  });

  test('has room for ten thousand users in a quarter of an hour', async () => {
    const tenant = 'crowd';
    const at = quarterOf(Date.now() - 30 * HOUR_MS);
    await tables.admin.createTenant(tenant);
    const crowd = Array.from({ length: 10_000 }, (_, user) =>
      callAt(tenant, at + user * 80, {
        user: `${crypto.randomUUID()} ${'x'.repeat(user % 40)}`,
        feature: `f${user % 50}`,
      }),
    );
    await fillCalls(client, crowd);
    const before = await told(tenant, { since: '7d' });
    expect(Object.keys(before.data.users)).toHaveLength(10_000);
    const upTo = await roll(tenant);
    const after = await told(tenant, { since: '7d' });
    expect({ ...after.data, since: '' }).toEqual({ ...before.data, since: '' });
    for (const start of after.from) expect(start >= idsSince('req_', upTo)).toBe(true);
  });

  test('leaves out nothing that nobody can read: it says so, as it does call by call, and the others are summed up', async () => {
    const tenant = 'broken';
    const at = Date.now() - 30 * HOUR_MS;
    await tables.admin.createTenant(tenant);
    await tables.put('calls', { pk: `tenant#${tenant}`, sk: idMaker('req_', () => at)(), at, keyId: 'key_1' });
    await write(callAt(tenant, at + HOUR_MS));
    await roll(tenant);
    await expect(told(tenant, { since: '7d' })).rejects.toThrow('cannot be read (bill)');
    const { data } = await told(tenant, { since: '1790m' });
    expect(data.calls).toBe(1);
    expect(failures.splice(0)).toContainEqual([expect.stringContaining('cannot be summed up'), expect.anything()]);
    await roll(tenant, Date.now() + HOUR_MS);
    expect(failures).toEqual([]); // once was enough
    await expect(told(tenant, { since: '7d' })).rejects.toThrow('cannot be read (bill)');
  });
});
