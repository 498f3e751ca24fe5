import type { DynamoDB } from '@aws-sdk/client-dynamodb';
import { afterAll, beforeAll } from 'vitest';
import { dynamoAccess } from '../../lib/aws/access.ts';
import { dynamodb } from '../../lib/aws/dynamodb.ts';
import { localTableNames } from '../../lib/aws/tables.ts';
import type { Access } from '../../lib/world.ts';
import { scratch } from '../support/gateway.ts';
import { startTables, type Tables } from '../support/tables.ts';

/** The tables, and table Access as a gateway reads it. */
type House = { readonly tables: Tables; readonly client: DynamoDB; readonly access: Access };

/** Opens a house that starts and ends with the test file; gives back the way to it. */
export function accessHouse(): () => House {
  const { folder, remove } = scratch();
  let house: House | undefined;
  beforeAll(async () => {
    const tables = await startTables(`${folder}/data`);
    const client = dynamodb({ endpoint: tables.endpoint, tryMs: 2_000, tries: 2 });
    house = { tables, client, access: dynamoAccess(client, localTableNames, 2_000) };
  });
  afterAll(async () => {
    house?.client.destroy();
    await house?.tables.stop();
    remove();
  });
  return () => {
    if (house === undefined) throw new Error('The tables are not there yet.');
    return house;
  };
}
