import { type DynamoDBClient, GetItemCommand } from '@aws-sdk/client-dynamodb';
import { CONFIG, CURRENT, type InForce, toInForce } from './config-items.ts';
import { toItem } from './item.ts';
import type { TableNames } from './tables.ts';

/** Reads the version in force, with one GetItem; undefined while there is none. */
export function configInForce(
  client: DynamoDBClient,
  names: Pick<TableNames, 'access'>,
): () => Promise<InForce | undefined> {
  return async () => {
    const Key = { pk: { S: CONFIG }, sk: { S: CURRENT } };
    const { Item } = await client.send(new GetItemCommand({ TableName: names.access, Key, ConsistentRead: true }));
    return Item && toInForce(toItem(Item));
  };
}
