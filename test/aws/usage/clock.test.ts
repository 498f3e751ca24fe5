import { afterAll, expect, test } from 'vitest';
import { dynamodb } from '../../../lib/aws/dynamodb.ts';
import { quarterOf } from '../../../lib/aws/usage/quarter.ts';
import { bareTables } from '../../support/bare-tables.ts';
import { failed, summing } from '../../support/summing.ts';

const { tables } = await bareTables();
const client = dynamodb({ endpoint: tables.endpoint, tryMs: 20_000, tries: 2 });
afterAll(() => client.destroy());
const { write, rollFor, told, callByCall } = summing(client, tables);
const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const start = quarterOf(Date.now() - 48 * HOUR_MS);

test('calls made since a clock that was ahead was set right are told, before and after they are summed up', async () => {
  const ahead = start + 26 * HOUR_MS;
  await write('ahead', ahead);
  for (const hour of [2, 4]) await rollFor('ahead', ahead + hour * HOUR_MS);
  for (let call = 0; call < 8; call++) await write('ahead', start + call * 20 * MINUTE_MS);
  const soon = start + 3 * HOUR_MS;
  expect((await told('ahead', soon)).all.calls).toBe(9);
  for (let hour = 3; hour < 40; hour += 2) {
    await rollFor('ahead', start + hour * HOUR_MS);
    expect([hour, (await told('ahead', start + hour * HOUR_MS)).all.calls]).toEqual([hour, 9]);
  }
  expect((await told('ahead', Date.now())).all).toEqual((await callByCall('ahead')).all);
  expect(failed()).toEqual([]);
});

test('a run whose clock is a minute after another’s sums up nothing anew, and fails at nothing', async () => {
  await write('apart', start);
  await rollFor('apart', start + 2 * HOUR_MS);
  await write('apart', start + 2 * HOUR_MS);
  const closed = start + 2 * HOUR_MS + 20 * MINUTE_MS;
  await rollFor('apart', closed);
  await rollFor('apart', closed - MINUTE_MS);
  expect(failed()).toEqual([]);
  expect((await told('apart', closed - MINUTE_MS)).all.calls).toBe(2);
});
