import {
  CreateTableCommand,
  DeleteItemCommand,
  DescribeTableCommand,
  type DynamoDB,
  PutItemCommand,
  waitUntilTableExists,
} from '@aws-sdk/client-dynamodb';
import { expect, test } from 'vitest';
import { createTables } from '../../../lib/aws/create-tables.ts';
import { dynamoJournal } from '../../../lib/aws/journal.ts';
import { recordedCalls } from '../../../lib/aws/recorded-calls.ts';
import { schemaOf } from '../../../lib/aws/table-schema.ts';
import { localTableNames, tables } from '../../../lib/aws/tables.ts';
import { recordOf } from '../../support/records.ts';
import { sluice } from '../../support/sluice.ts';
import { database, dataFolder } from './house.ts';

/** Table Calls as releases made it that knew no index, with some items. */
async function oldCalls(
  client: DynamoDB,
  items: readonly (readonly [id: string, keyId: { S: string } | { N: string }])[],
) {
  const AttributeDefinitions = ['pk', 'sk'].map((AttributeName) => ({ AttributeName, AttributeType: 'S' as const }));
  const KeySchema = schemaOf(tables.calls);
  await client.send(
    new CreateTableCommand({ TableName: 'Calls', BillingMode: 'PAY_PER_REQUEST', AttributeDefinitions, KeySchema }),
  );
  await waitUntilTableExists({ client, maxWaitTime: 10, minDelay: 0.02, maxDelay: 0.1 }, { TableName: 'Calls' });
  for (const [id, keyId] of items)
    await client.send(
      new PutItemCommand({ TableName: 'Calls', Item: { pk: { S: 'tenant#a' }, sk: { S: id }, keyId } }),
    );
}

const idsOf = async (client: DynamoDB, keyId: string) => {
  const pages = await Array.fromAsync(recordedCalls(client, localTableNames).latest({ by: 'key', keyId, since: 0 }));
  return pages.flat().map(({ id }) => id);
};

test('a data folder of a release that knew no index gets it, with what was written before and what is written since', async () => {
  const dataDir = await dataFolder();
  const before = await database({ dataDir });
  await oldCalls(before.client, [
    ['req_1', { S: 'k' }],
    ['req_2', { S: 'other' }],
    ['req_3', { S: 'k' }],
    ['req_4', { N: '7' }], // somebody's slip, which no index takes
    ['req_5', { S: '' }],
  ]);
  await before.stop();

  const { client, stop } = await database({ dataDir });
  await createTables(client);
  expect(await idsOf(client, 'k')).toEqual(['req_3', 'req_1']);
  await dynamoJournal(client, localTableNames).record(recordOf({ id: 'req_6', tenant: 'a', keyId: 'k' }));
  await client.send(new DeleteItemCommand({ TableName: 'Calls', Key: { pk: { S: 'tenant#a' }, sk: { S: 'req_1' } } }));
  expect(await idsOf(client, 'k')).toEqual(['req_6', 'req_3']);
  await stop();

  const again = await database({ dataDir });
  expect(await idsOf(again.client, 'k')).toEqual(['req_6', 'req_3']);
  const { Table } = await again.client.send(new DescribeTableCommand({ TableName: 'Calls' }));
  expect(Table?.GlobalSecondaryIndexes).toMatchObject([
    { IndexName: 'byKey', IndexStatus: 'ACTIVE', Projection: { ProjectionType: 'KEYS_ONLY' } },
    { IndexName: 'byFeature', IndexStatus: 'ACTIVE', Projection: { ProjectionType: 'KEYS_ONLY' } },
  ]);
});

test('who asks by key where there is no index is told what to do', async () => {
  const { client, dataDir } = await database();
  await oldCalls(client, [['req_1', { S: 'k' }]]);
  const { code, stdout, stderr } = await sluice(['--local', 'calls', 'list', '--key', 'k'], dataDir);
  expect([code, stdout]).toEqual([1, '']);
  expect(stderr).toMatch(
    /^sluice: Table Calls cannot be asked by key .* start the gateway anew; .* --tenant alone\.\n$/,
  );
});
