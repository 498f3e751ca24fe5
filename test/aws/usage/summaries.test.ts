import { DeleteItemCommand, QueryCommand } from '@aws-sdk/client-dynamodb';
import { marshall, unmarshall } from '@aws-sdk/util-dynamodb';
import { afterAll, describe, expect, test } from 'vitest';
import { callItems } from '../../../lib/aws/counted-call.ts';
import { dynamodb } from '../../../lib/aws/dynamodb.ts';
import { dynamoJournal } from '../../../lib/aws/journal.ts';
import { localTableNames } from '../../../lib/aws/tables.ts';
import { QUARTER_MS, quarterOf } from '../../../lib/aws/usage/quarter.ts';
import { quartersIn } from '../../../lib/aws/usage/quarters-in.ts';
import { usageReader } from '../../../lib/aws/usage/reader.ts';
import { rolling } from '../../../lib/aws/usage/rolling.ts';
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
const start = quarterOf(Date.now() - 5 * 3_600_000);
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
  const rollAt = (now: () => number) => rolling(client, localTableNames, { now, log });

  test('goes on where it ended when its time was over, and does not wait for a tenant whose calls nobody can read', async () => {
    for (const tenant of ['cut', 'locked']) await tables.put('counters', { pk: `tenant#${tenant}`, sk: 'counter' });
    await tables.put('calls', { pk: usagePk('locked'), sk: lateSk('quarter', start), late: 'many' });
    for (let quarter = 0; quarter < 4; quarter++) await write('cut', start + quarter * QUARTER_MS);
    const now = Date.now();
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
    const roll = rollAt(Date.now);
    await roll(Number.POSITIVE_INFINITY);
    const before = await tables.item('calls', usagePk('idle'), ROLLED);
    expect(before).toMatchObject({ upTo: start + QUARTER_MS });
    await tables.put('calls', { ...before, pk: usagePk('idle'), sk: ROLLED, untouched: true });
    await roll(Number.POSITIVE_INFINITY);
    expect(await tables.item('calls', usagePk('idle'), ROLLED)).toMatchObject({ untouched: true });
  });
});
