import { DescribeTableCommand, DescribeTimeToLiveCommand } from '@aws-sdk/client-dynamodb';
import { expect, test } from 'vitest';
import { createTables } from '../../../lib/aws/create-tables.ts';
import { localTableNames } from '../../../lib/aws/tables.ts';
import { clientOf, database, databaseWithTables, dataFolder, get, put } from './house.ts';

test('the four tables are made once, by however many at once, and their items expire', async () => {
  const { client, endpoint } = await database();
  await Promise.all([createTables(client), createTables(clientOf(endpoint))]);
  await createTables(client);
  for (const TableName of Object.values(localTableNames)) {
    const { Table } = await client.send(new DescribeTableCommand({ TableName }));
    expect(Table).toMatchObject({
      TableStatus: 'ACTIVE',
      BillingModeSummary: { BillingMode: 'PAY_PER_REQUEST' },
      KeySchema: [
        { AttributeName: 'pk', KeyType: 'HASH' },
        { AttributeName: 'sk', KeyType: 'RANGE' },
      ],
    });
    const { TimeToLiveDescription } = await client.send(new DescribeTimeToLiveCommand({ TableName }));
    expect(TimeToLiveDescription).toEqual({ TimeToLiveStatus: 'ENABLED', AttributeName: 'ttl' });
  }
});

test('a table remembers its time to live in the data folder', async () => {
  const dataDir = await dataFolder();
  const first = await databaseWithTables({ dataDir });
  await first.stop();
  const { client } = await database({ dataDir });
  const { TimeToLiveDescription } = await client.send(new DescribeTimeToLiveCommand({ TableName: 'Calls' }));
  expect(TimeToLiveDescription).toEqual({ TimeToLiveStatus: 'ENABLED', AttributeName: 'ttl' });
});

test('expired items go, the others stay', async () => {
  const { client } = await databaseWithTables({ sweepMs: 20 });
  const now = Math.floor(Date.now() / 1000);
  await put(client, 'unexpired', { ttl: { N: `${now + 3600}` } });
  await put(client, 'unlimited', { spent: { N: '1' } });
  await put(client, 'in words', { ttl: { S: `${now - 10}` } });
  await put(client, 'in milliseconds', { ttl: { N: `${now * 1000}` } });
  await Promise.all(Array.from({ length: 60 }, (_, at) => put(client, `expired-${at}`, { ttl: { N: `${now - 10}` } })));
  for (let at = 0; at < 60; at += 1) {
    await expect.poll(() => get(client, `expired-${at}`), { timeout: 5000 }).toBeUndefined();
  }
  for (const name of ['unexpired', 'unlimited', 'in words', 'in milliseconds']) {
    expect(await get(client, name)).toBeDefined();
  }
});
