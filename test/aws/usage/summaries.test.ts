import { DeleteItemCommand, QueryCommand } from '@aws-sdk/client-dynamodb';
import { marshall, unmarshall } from '@aws-sdk/util-dynamodb';
import { afterAll, describe, expect, test } from 'vitest';
import { callItems } from '../../../lib/aws/counted-call.ts';
import { dynamodb } from '../../../lib/aws/dynamodb.ts';
import { dynamoJournal } from '../../../lib/aws/journal.ts';
import { localTableNames } from '../../../lib/aws/tables.ts';
import { latecomers } from '../../../lib/aws/usage/latecomers.ts';
import { QUARTER_MS } from '../../../lib/aws/usage/quarter.ts';
import { quartersIn } from '../../../lib/aws/usage/quarters-in.ts';
import { usageReader } from '../../../lib/aws/usage/reader.ts';
import { type Books, rollTenant } from '../../../lib/aws/usage/roll-tenant.ts';
import { rolledItems } from '../../../lib/aws/usage/rolled.ts';
import { rolling } from '../../../lib/aws/usage/rolling.ts';
import { runsItem } from '../../../lib/aws/usage/runs.ts';
import { summaries } from '../../../lib/aws/usage/summaries.ts';
import { noSums, type Sums } from '../../../lib/aws/usage/sums.ts';
import { lateSk, ROLLED, summarySk, usagePk } from '../../../lib/aws/usage/usage-keys.ts';
import { idMaker } from '../../../lib/ids.ts';
import { bareTables } from '../../support/bare-tables.ts';
import { recordOf } from '../../support/records.ts';

const { tables } = await bareTables();
const client = dynamodb({ endpoint: tables.endpoint, tryMs: 20_000, tries: 2 });
afterAll(() => client.destroy());
const TableName = localTableNames.calls;
const DAY_MS = 86_400_000;
/** Noon of a day that is over. */
const start = Math.floor(Date.now() / DAY_MS - 2) * DAY_MS + DAY_MS / 2;
const evening = start + 5 * 3_600_000;
const span = { start, end: start + QUARTER_MS };
const log = { info: () => {}, error: () => {} };

async function write(tenant: string, at: number, now = at): Promise<void> {
  const record = recordOf({ id: idMaker('req_', () => at)(), tenant, at, user: `user ${at}` });
  await dynamoJournal(client, localTableNames, 90, () => now).record(record);
}

/** Five calls of a quarter, as they are summed up. */
async function fiveOf(tenant: string): Promise<Sums> {
  for (let call = 0; call < 5; call++) await write(tenant, start + call);
  for await (const { sums } of quartersIn(callItems(client, localTableNames)(tenant, span))) return sums;
  throw new Error('There is no call.');
}

const standing = async (tenant: string) =>
  (await summaries(client, TableName).within(tenant, 'quarter', span)).get(start);

describe('a summary', () => {
  test('of many parts is whole again when it is read, and unfit when one of them is missing', async () => {
    const sums = await fiveOf('parts');
    await summaries(client, TableName, 100).put('parts', 'quarter', start, { sums, counted: 0 });
    expect(await standing('parts')).toEqual({ sums, counted: 0 });
    const ofParts = 'pk = :pk AND begins_with(sk, :sk)';
    const values = marshall({ ':pk': usagePk('parts'), ':sk': `${summarySk('quarter', start)}#` });
    const { Items = [] } = await client.send(
      new QueryCommand({ TableName, KeyConditionExpression: ofParts, ExpressionAttributeValues: values }),
    );
    expect(Items.length).toBeGreaterThan(2);
    const { pk, sk } = unmarshall(Items[1] ?? {});
    await client.send(new DeleteItemCommand({ TableName, Key: marshall({ pk, sk }) }));
    expect(await standing('parts')).toBe('unfit');
  });

  test('that counted fewer latecomers takes no place of one that counted more', async () => {
    const sums = await fiveOf('overtaken');
    const { put } = summaries(client, TableName);
    await put('overtaken', 'quarter', start, { sums, counted: 2 });
    await put('overtaken', 'quarter', start, { sums: noSums(), counted: 1 });
    expect(await standing('overtaken')).toEqual({ sums, counted: 2 });
  });

  test('of another version is nobody’s, and is written anew', async () => {
    const sums = await fiveOf('newer');
    await tables.put('calls', { pk: usagePk('newer'), sk: summarySk('quarter', start), v: 2, counted: 9, body: 'new' });
    expect(await standing('newer')).toBe('unfit');
    await summaries(client, TableName).put('newer', 'quarter', start, { sums, counted: 0 });
    expect(await standing('newer')).toEqual({ sums, counted: 0 });
  });

  test('is kept as long as the last of its calls', async () => {
    const sums = await fiveOf('kept');
    await summaries(client, TableName).put('kept', 'quarter', start, { sums, counted: 0 });
    const ttl = Math.floor(start / 1000) + 90 * 86_400;
    expect(await tables.item('calls', usagePk('kept'), summarySk('quarter', start))).toMatchObject({ v: 1, ttl });
  });
});

describe('summing up', () => {
  const rollAt = (now: () => number) => rolling(client, localTableNames, { now, random: () => 0, log });

  test('goes on where it ended when its time was over, and does not wait for a tenant whose calls nobody can read', async () => {
    for (const tenant of ['cut', 'locked']) await tables.put('counters', { pk: `tenant#${tenant}`, sk: 'counter' });
    await tables.put('calls', { pk: usagePk('locked'), sk: lateSk('quarter', start), late: 'many' });
    for (let quarter = 0; quarter < 4; quarter++) await write('cut', start + quarter * QUARTER_MS);
    const now = evening;
    const upTo: unknown[] = [];
    let ended = false;
    for (let run = 0; run < 10 && !ended; run++) {
      let asked = 0;
      // Its time is over once the first quarter is summed up.
      ended = await rollAt(() => now + asked++ * 300)(now + 1_000);
      upTo.push((await tables.item('calls', usagePk('cut'), ROLLED))?.upTo);
    }
    expect(new Set(upTo).size).toBeGreaterThan(1);
    expect(upTo.at(-1)).toBe(start + 4 * QUARTER_MS);
    const { all } = await usageReader(client, localTableNames)({ tenant: 'cut', since: start, now }, () => {});
    expect(all.calls).toBe(4);
  });

  test('costs a tenant that nobody calls no write', async () => {
    await tables.put('counters', { pk: 'tenant#idle', sk: 'counter' });
    await write('idle', start);
    const roll = rollAt(() => evening);
    await roll(Number.POSITIVE_INFINITY);
    const before = await tables.item('calls', usagePk('idle'), ROLLED);
    expect(before).toMatchObject({ upTo: start + QUARTER_MS });
    await tables.put('calls', { ...before, pk: usagePk('idle'), sk: ROLLED, untouched: true });
    await roll(Number.POSITIVE_INFINITY);
    expect(await tables.item('calls', usagePk('idle'), ROLLED)).toMatchObject({ untouched: true });
  });

  test('leaves what it has done to the next when it fails', async () => {
    for (let quarter = 0; quarter < 8; quarter++) await write('failing', start + quarter * QUARTER_MS);
    const standing = summaries(client, TableName);
    const puts: number[] = [];
    const books: Books = {
      records: callItems(client, localTableNames),
      summaries: {
        ...standing,
        put: async (tenant, kind, begins, summary) => {
          if (begins === start + 6 * QUARTER_MS && puts.length < 7) {
            puts.push(begins);
            throw new Error('Rate exceeded');
          }
          puts.push(begins);
          await standing.put(tenant, kind, begins, summary);
        },
      },
      latecomers: latecomers(client, TableName),
      rolled: rolledItems(client, TableName),
      now: () => evening,
      log,
    };
    const run = { until: Number.POSITIVE_INFINITY, steady: true };
    await expect(rollTenant('failing', books, run)).rejects.toThrow('Rate exceeded');
    expect(await rollTenant('failing', books, run)).toBe(true);
    expect(puts).toEqual([0, 1, 2, 3, 4, 5, 6, 6, 7].map((quarter) => start + quarter * QUARTER_MS));
  });

  test('makes a day of a tenant’s last, though nobody calls any more, and finds what came to it days late', async () => {
    const rollQuiet = async (now: number) => {
      await tables.put('counters', { pk: 'tenant#quiet', sk: 'counter' });
      await runsItem(client, TableName).put({ since: 0, ranAt: now, wholeAt: 0 });
      await rollAt(() => now)(Number.POSITIVE_INFINITY);
    };
    await write('quiet', start);
    await rollQuiet(start + DAY_MS);
    const day = async () => (await summaries(client, TableName).within('quiet', 'day', dayOfIt)).get(dayOfIt.start);
    const dayOfIt = { start: start - DAY_MS / 2, end: start + DAY_MS / 2 };
    expect(await day()).toMatchObject({ counted: 0, sums: { all: { calls: 1 } } });
    await write('quiet', start + 1, start + 3 * DAY_MS);
    await rollQuiet(start + 4 * DAY_MS);
    expect(await day()).toMatchObject({ counted: 1, sums: { all: { calls: 2 } } });
  });
});
