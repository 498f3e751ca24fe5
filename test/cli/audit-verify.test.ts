import { DeleteItemCommand } from '@aws-sdk/client-dynamodb';
import { marshall } from '@aws-sdk/util-dynamodb';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { auditLog } from '../../lib/aws/audit-log.ts';
import { dynamodb } from '../../lib/aws/dynamodb.ts';
import { auditTable } from '../../lib/aws/tables.ts';
import { deployedOperator } from './deployed-operator.ts';

const DAY_MS = 86_400_000;
const { deployed, tables, typed } = deployedOperator();

let client: ReturnType<typeof dynamodb>;
beforeAll(() => {
  client = dynamodb({ endpoint: tables().endpoint, tryMs: 5_000, tries: 2 });
});
afterAll(() => client?.destroy());

const verify = async (...words: string[]) => {
  deployed({ [`${auditTable.localName}Table`]: auditTable.localName });
  const { code, stdout, stderr } = await typed('audit', 'verify', ...words);
  expect(stderr).toBe('');
  return { code, stdout };
};

/** Writes an entry as of some days ago, kept for as many days; its hash. */
async function logged(daysAgo: number, keptDays: number): Promise<string> {
  const at = Date.now() - daysAgo * DAY_MS;
  const change = { at: new Date(at).toISOString(), principal: 'ada', action: 'tenant.change', subject: 'tenant acme' };
  const log = auditLog(client, auditTable.localName, { now: () => at, keptDays });
  return (await log.append({ ...change, source: `change of ${at}` })).hash;
}

async function emptied(keep: number): Promise<void> {
  const pages = await Array.fromAsync(auditLog(client, auditTable.localName).oldestFirst());
  for (const { place } of pages.flat().slice(0, -keep || undefined)) {
    const Key = marshall({ pk: 'audit', sk: place });
    await client.send(new DeleteItemCommand({ TableName: auditTable.localName, Key }));
  }
}

test('a hash whose entry has had its time is not said to be cut off, and is right where the next entry names it', async () => {
  const [old, newer] = [await logged(9, 3), await logged(8, 3)];
  const newest = await logged(1, 3);
  await emptied(2); // the end of the day before was written with it
  for (const known of [newest, newer]) expect(await verify('--expect', known)).toMatchObject({ code: 0 });
  const { code, stdout } = await verify('--expect', old);
  expect([code, stdout]).toEqual([1, expect.stringMatching(/has had its time, or was cut off/)]);
});

test('a log in which there is nothing is not right, unless it was asked from a day on', async () => {
  await emptied(0);
  const { code, stdout } = await verify();
  expect([code, stdout]).toEqual([1, expect.stringMatching(/^The log is empty/)]);
  expect(await verify('--since', '1d')).toMatchObject({ code: 0 });
});
