import { afterAll, expect, test } from 'vitest';
import { dynamodb } from '../../../lib/aws/dynamodb.ts';
import { dynamoJournal } from '../../../lib/aws/journal.ts';
import { localTableNames } from '../../../lib/aws/tables.ts';
import { announcedUntil, latecomers } from '../../../lib/aws/usage/latecomers.ts';
import { DAY_MS, QUARTER_MS } from '../../../lib/aws/usage/quarter.ts';
import { lateSk, summarySk, usagePk } from '../../../lib/aws/usage/usage-keys.ts';
import { idMaker } from '../../../lib/ids.ts';
import { bareTables } from '../../support/bare-tables.ts';
import { recordOf } from '../../support/records.ts';
import { summing } from '../../support/summing.ts';

const { tables } = await bareTables();
const client = dynamodb({ endpoint: tables.endpoint, tryMs: 20_000, tries: 2 });
afterAll(() => client.destroy());
const { rollFor, told } = summing(client, tables);
const HOUR_MS = 3_600_000;
const TableName = localTableNames.calls;
const day = Math.floor(Date.now() / DAY_MS - 2) * DAY_MS;
const start = day + 12 * HOUR_MS;

const write = (tenant: string, madeAt: number, now: number, keptDays: number) =>
  dynamoJournal(client, localTableNames, keptDays, () => now).record(
    recordOf({ id: idMaker('req_', () => madeAt)(), tenant, at: madeAt }),
  );

test('what came late is known for longer than any sums that counted it, whatever was configured when', async () => {
  await write('kept', start, start, 3_650);
  await rollFor('kept', start + 3 * HOUR_MS);
  for (const [late, keptDays] of [3_650, 1, 90].entries())
    await write('kept', start + 1 + late, start + 3 * HOUR_MS, keptDays);
  await rollFor('kept', start + DAY_MS);
  expect((await told('kept', start + DAY_MS)).all.calls).toBe(4);
  for (const [kind, begins] of [
    ['quarter', start],
    ['day', day],
  ] as const) {
    const summary = await tables.item('calls', usagePk('kept'), summarySk(kind, begins));
    expect(summary).toMatchObject({ counted: 3, ttl: Math.floor(start / 1000) + 3_650 * 86_400 });
    const late = await tables.item('calls', usagePk('kept'), lateSk(kind, begins));
    expect(Number(late?.ttl)).toBeGreaterThan(Number(summary?.ttl) + 7 * 86_400); // what is to go may stay for days
  }
});

test('a quarter to which nobody came that was announced is summed up, and makes no day be kept for longer', async () => {
  await write('dead', start, start, 90);
  await latecomers(client, TableName).announce({ tenant: 'dead', madeAt: start + QUARTER_MS }, start + 2 * QUARTER_MS);
  await rollFor('dead', start + DAY_MS);
  const next = start + QUARTER_MS;
  expect(await tables.item('calls', usagePk('dead'), summarySk('quarter', next))).toMatchObject({
    counted: 1,
    ttl: announcedUntil(next),
  });
  expect(await tables.item('calls', usagePk('dead'), summarySk('day', day))).toMatchObject({
    ttl: Math.floor(start / 1000) + 90 * 86_400,
  });
});

test('a write that took long is announced when it is there, though it was in time when it began', async () => {
  const { announced, within } = latecomers(client, TableName);
  const clock = [start + QUARTER_MS, start + QUARTER_MS + HOUR_MS];
  await announced(
    { tenant: 'slow', madeAt: start },
    async () => {},
    () => clock.shift() ?? Number.NaN,
  );
  const { quarters } = await within('slow', { start, end: start + QUARTER_MS });
  expect(quarters.get(start)).toMatchObject({ late: 1, lateAt: start + QUARTER_MS + HOUR_MS });
});
