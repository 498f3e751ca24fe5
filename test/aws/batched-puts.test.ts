import { describe, expect, test } from 'vitest';
import { batchingPuts } from '../../lib/aws/batched-puts.ts';
import type { Database } from '../../lib/aws/database.ts';
import { direct } from '../../lib/aws/direct.ts';
import { dynamoJournal } from '../../lib/aws/journal.ts';
import { localTableNames } from '../../lib/aws/tables.ts';
import { idMaker } from '../../lib/ids.ts';
import { bareTables } from '../support/bare-tables.ts';
import { failureOf } from '../support/bytes.ts';
import { recordOf } from '../support/records.ts';
import { timer } from '../support/timer.ts';

const { tables } = await bareTables();
const newId = idMaker('req_', Date.now);
const place = { url: tables.direct, region: 'local' };
const database = direct(place, { timer, now: Date.now, random: Math.random })({ tryMs: 60_000, tries: 1 });

/** The database, and how many requests of each kind it gets; `meddle` may answer the batches in its place. */
function listening(
  meddle: (...asked: Parameters<Database['batchWriteItem']>) => ReturnType<Database['batchWriteItem']>,
) {
  const asked = { batches: 0, puts: 0 };
  const heard: Database = {
    ...database,
    batchWriteItem: (...input) => {
      asked.batches++;
      return meddle(...input);
    },
    putItem: (...input) => {
      asked.puts++;
      return database.putItem(...input);
    },
  };
  const inBatches = batchingPuts(heard, localTableNames.calls, { timer, restMs: 5 });
  return { asked, journal: dynamoJournal(heard, localTableNames, 90, Date.now, inBatches) };
}

const callsOf = (tenant: string, count: number, more: Partial<Parameters<typeof recordOf>[0]> = {}) =>
  Array.from({ length: count }, () => recordOf({ id: newId(), tenant, at: Date.now(), ...more }));

describe('records of calls for which nothing is held', () => {
  test('that come at once are written in requests of twenty-five', async () => {
    const { asked, journal } = listening(database.batchWriteItem);
    const calls = callsOf('many', 60);
    expect(await Promise.all(calls.map((call) => journal.record(call)))).toEqual(calls.map(({ bill }) => bill));
    expect(asked).toEqual({ batches: 3, puts: 0 });
    expect((await tables.calls('many')).map(({ id }) => id).sort()).toEqual(calls.map(({ id }) => id).sort());
  });

  test('are written alone where they are alone', async () => {
    const { asked, journal } = listening(database.batchWriteItem);
    for (const call of callsOf('few', 2)) await journal.record(call);
    expect(asked).toEqual({ batches: 0, puts: 2 });
    expect(await tables.calls('few')).toHaveLength(2);
  });

  test.each<[string, Parameters<typeof listening>[0]]>([
    [
      'is lost',
      async () => {
        throw new Error('There was no answer.');
      },
    ],
    [
      'has lost its answer',
      async (...asked) => {
        await database.batchWriteItem(...asked);
        throw new Error('There was no answer.');
      },
    ],
    [
      'is not done to the end',
      async ({ RequestItems = {} }) => {
        const [done, ...left] = RequestItems[localTableNames.calls] ?? [];
        if (done) await database.batchWriteItem({ RequestItems: { [localTableNames.calls]: [done] } });
        return { UnprocessedItems: { [localTableNames.calls]: left } };
      },
    ],
  ])('are all written where their request %s', async (how, meddle) => {
    const { asked, journal } = listening(meddle);
    const calls = callsOf(how, 5);
    expect(await Promise.all(calls.map((call) => journal.record(call)))).toEqual(calls.map(({ bill }) => bill));
    expect(asked).toEqual({ batches: 1, puts: 5 });
    expect(await tables.calls(how)).toHaveLength(5);
  });

  test('take no harm from one among them that no table takes', async () => {
    const { journal } = listening(database.batchWriteItem);
    const [bad, ...good] = callsOf('mixed', 4);
    if (bad === undefined) throw new Error('There are four.');
    const failing = failureOf(journal.record({ ...bad, requestedModel: 'x'.repeat(500_000) }));
    await Promise.all(good.map((call) => journal.record(call)));
    expect(await failing).toMatchObject({ name: 'ValidationException' });
    expect(await tables.calls('mixed')).toHaveLength(3);
  });
});

test('a call for which something is held is written alone, and its first record stays', async () => {
  const { asked, journal } = listening(database.batchWriteItem);
  const calls = callsOf('held', 3, { mark: 'r#req' });
  const first = calls.map((call) => ({ ...call, bill: { ...call.bill, nanoDollars: 7 } }));
  await Promise.all(first.map((call) => journal.record(call)));
  const bills = await Promise.all(calls.map((call) => journal.record(call)));
  expect(bills.map(({ nanoDollars }) => nanoDollars)).toEqual([7, 7, 7]);
  expect(asked).toEqual({ batches: 0, puts: 6 });
});
