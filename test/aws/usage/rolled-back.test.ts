import { afterAll, expect, test } from 'vitest';
import { dynamodb } from '../../../lib/aws/dynamodb.ts';
import { localTableNames } from '../../../lib/aws/tables.ts';
import { QUARTER_MS, quarterOf, utcDayOf } from '../../../lib/aws/usage/quarter.ts';
import { nextRun, runsItem, steady } from '../../../lib/aws/usage/runs.ts';
import { idMaker } from '../../../lib/ids.ts';
import { bareTables } from '../../support/bare-tables.ts';
import { recordOf } from '../../support/records.ts';
import { summing } from '../../support/summing.ts';

const { tables } = await bareTables();
const client = dynamodb({ endpoint: tables.endpoint, tryMs: 20_000, tries: 2 });
afterAll(() => client.destroy());
const { write, roll, told } = summing(client, tables);
const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
/** At noon: with a new day, what is summed up is noted to the end, calls or none. */
const back = utcDayOf(Date.now()) - 12 * HOUR_MS + 5 * MINUTE_MS;

/** As a gateway writes a call that knows of no sums, and so announces nothing. */
async function writeAsBefore(tenant: string, madeAt: number): Promise<void> {
  const id = idMaker('req_', () => madeAt)();
  const ttl = Math.floor(madeAt / 1000) + 90 * 86_400;
  await tables.put('calls', { ...recordOf({ id, tenant, at: madeAt }), pk: `tenant#${tenant}`, sk: id, v: 1, ttl });
}

for (const [of, before] of [
  ['at the first runs of all', []],
  ['after the version before was back for two hours', [-2 * HOUR_MS - QUARTER_MS, -2 * HOUR_MS]],
] as const)
  test(`calls that a gateway which announces nothing has under way are told, ${of}`, async () => {
    const tenant = `back ${before.length}`;
    await tables.put('counters', { pk: `tenant#${tenant}`, sk: 'counter' });
    await runsItem(client, localTableNames.calls).put({ since: 0, ranAt: 0, wholeAt: 0 });
    await write(tenant, back - 4 * HOUR_MS);
    for (const at of before) await roll(() => back + at);
    await write(tenant, back - 8 * MINUTE_MS);
    await roll(() => back + 2 * MINUTE_MS);
    await writeAsBefore(tenant, back - 7 * MINUTE_MS);
    for (let run = 1; run < 12; run++) await roll(() => back + 2 * MINUTE_MS + run * QUARTER_MS);
    const now = back + 3 * HOUR_MS;
    expect((await told(tenant, now)).all.calls).toBe(3);
    // And it is from sums that it was told.
    expect(await tables.item('calls', `usage#${tenant}`, 'rolled')).toMatchObject({
      upTo: quarterOf(back - QUARTER_MS) + QUARTER_MS,
    });
  });

test('runs are steady when for a quarter of an hour none was missed', () => {
  const first = nextRun(undefined, 0);
  expect(steady(first)).toBe(false);
  expect(steady(nextRun(first, QUARTER_MS - 1))).toBe(false);
  const second = nextRun(first, QUARTER_MS);
  expect(steady(second)).toBe(true);
  expect(steady(nextRun(second, 3 * QUARTER_MS))).toBe(true);
  expect(steady(nextRun(second, 3 * QUARTER_MS + 1))).toBe(false);
  // Of one in the future nothing is known: its clock was ahead.
  expect(steady(nextRun(second, -HOUR_MS))).toBe(false);
});
