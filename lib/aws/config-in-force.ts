import { CONFIG, CURRENT, type InForce, toInForce } from './config-items.ts';
import type { Database } from './database.ts';
import { toItem } from './item.ts';
import type { TableNames } from './tables.ts';

/** Reads the version in force, with one GetItem; undefined while there is none. */
export function configInForce(
  database: Database,
  names: Pick<TableNames, 'access'>,
): () => Promise<InForce | undefined> {
  return async () => {
    const Key = { pk: { S: CONFIG }, sk: { S: CURRENT } };
    const { Item } = await database.getItem({ TableName: names.access, Key, ConsistentRead: true });
    return Item && toInForce(toItem(Item));
  };
}
