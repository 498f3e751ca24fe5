import { afterAll, beforeAll, expect, test } from 'vitest';
import { dynamodb } from '../../../lib/aws/dynamodb.ts';
import { localTableNames } from '../../../lib/aws/tables.ts';
import { QUARTER_MS } from '../../../lib/aws/usage/quarter.ts';
import { rolling } from '../../../lib/aws/usage/rolling.ts';
import { runsItem } from '../../../lib/aws/usage/runs.ts';
import { lateSk, ROLLED, usagePk } from '../../../lib/aws/usage/usage-keys.ts';
import { bareTables } from '../../support/bare-tables.ts';
import { type Counting, startCounting } from '../../support/counting.ts';
import { failed, summing } from '../../support/summing.ts';

const { tables } = await bareTables();
const direct = dynamodb({ endpoint: tables.endpoint, tryMs: 20_000, tries: 2 });
let line: Counting;
beforeAll(async () => {
  line = await startCounting(tables.endpoint);
});
afterAll(async () => {
  direct.destroy();
  await line.close();
});
const { write, roll } = summing(direct, tables);
const { find, put } = runsItem(direct, localTableNames.calls);
const DAY_MS = 86_400_000;
const noon = Math.floor(Date.now() / DAY_MS - 3) * DAY_MS + DAY_MS / 2;
const log = { info: () => {}, error: () => {} };

test('all tenants have their turn, though there is always more to do than time', async () => {
  const tenants = Array.from({ length: 12 }, (_, at) => `turn ${at}`);
  for (const tenant of tenants) await tables.put('counters', { pk: `tenant#${tenant}`, sk: 'counter' });
  for (let run = 0; run < 4; run++) {
    const now = noon + run * QUARTER_MS;
    for (const tenant of tenants) await write(tenant, now - 2 * 3_600_000);
    let asked = 0;
    // Each has time for a few of them.
    const clock = { now: () => now + asked++ * 1_000, random: () => run / 4, log };
    expect(await rolling(direct, localTableNames, clock)(now + 20_000)).toBe(false);
    expect(asked).toBeLessThan(60);
  }
  for (const tenant of tenants)
    expect([tenant, await tables.item('calls', usagePk(tenant), ROLLED)]).toMatchObject([tenant, { v: 1 }]);
});

test('a tenant that was not called for days costs nothing once a run has left nothing to be summed up', async () => {
  const old = Array.from({ length: 40 }, (_, at) => `old ${at}`);
  for (const tenant of old)
    await tables.put('counters', { pk: `tenant#${tenant}`, sk: 'counter', d20240229: 5, d20240301: 0, total: 5 });
  await write('old 7', Date.UTC(2024, 2, 1));
  const client = dynamodb({ endpoint: line.endpoint, tryMs: 20_000, tries: 1 });
  const asked = async (now: number) => {
    line.passed.length = 0;
    const whole = await rolling(client, localTableNames, { now: () => now, random: () => 0.5, log })(now);
    return { whole, of: line.passed.filter(({ text }) => text.includes('old ')).length };
  };
  await put({ since: 0, ranAt: noon, wholeAt: 0 });
  const first = await asked(noon);
  expect(first.whole).toBe(true);
  expect(first.of).toBeGreaterThan(40);
  expect(await asked(noon + QUARTER_MS)).toEqual({ whole: true, of: 0 });
  // After a gap it is not known what was called in between.
  expect((await asked(noon + DAY_MS)).of).toBeGreaterThan(40);
  await tables.put('counters', { pk: 'tenant#old 7', sk: 'counter', [`d${new Date(noon).getUTCFullYear()}1231`]: 1 });
  expect((await asked(noon + DAY_MS + QUARTER_MS)).of).toBeGreaterThan(0);
  client.destroy();
});

test('a tenant whose calls cannot be summed up keeps no other waiting and needs no other time, yet the run has left something', async () => {
  await put({ since: 0, ranAt: noon, wholeAt: 0 });
  expect(await roll(() => noon)).toBe(true);
  expect(await find()).toEqual({ since: 0, ranAt: noon, wholeAt: noon });
  await tables.put('counters', { pk: 'tenant#locked', sk: 'counter' });
  await tables.put('calls', { pk: usagePk('locked'), sk: lateSk('quarter', noon - QUARTER_MS), late: 'many' });
  await write('locked', noon - QUARTER_MS);
  expect(await roll(() => noon + QUARTER_MS)).toBe(true);
  expect(await find()).toEqual({ since: 0, ranAt: noon + QUARTER_MS, wholeAt: noon });
  expect(failed()).toHaveLength(1);
});
