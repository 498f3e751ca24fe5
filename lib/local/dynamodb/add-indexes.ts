import { promisify } from 'node:util';
import { indexesOf } from '../../aws/table-schema.ts';
import { type TableDefinition, tables } from '../../aws/tables.ts';
import { entriesOf, type Store } from './dynalite.ts';
import { type Fields, toFields, toList } from './fields.ts';

/** Gives the gateway's tables the indexes that a release before did not know, and fills them. Nobody else may use the store meanwhile. */
export async function addIndexes(store: Store): Promise<void> {
  for (const table of Object.values(tables)) await complete(store, table);
}

async function complete(store: Store, table: TableDefinition): Promise<void> {
  const place = `table~${table.localName}`;
  const there = await store.db.get(place);
  const known = toList(toFields(there).GlobalSecondaryIndexes).map((index) => toFields(index).IndexName);
  if (there === undefined || table.indexes.every(({ name }) => known.includes(name))) return;
  const { AttributeDefinitions, GlobalSecondaryIndexes = [] } = indexesOf(table);
  const whole = {
    ...toFields(there),
    AttributeDefinitions,
    GlobalSecondaryIndexes: GlobalSecondaryIndexes.map((index) => ({ ...index, IndexStatus: 'ACTIVE' })),
  };
  await fill(store, table, whole);
  // Last: should we die before, the next start begins anew.
  await store.db.put(place, whole);
}

async function fill({ db, getIndexDb }: Store, { localName, indexes }: TableDefinition, whole: Fields): Promise<void> {
  const keys = new Set(indexes.flatMap(({ partitionKey, sortKey }) => [partitionKey, sortKey]));
  const prefix = `item-${localName}~`;
  for await (const [, value] of db.entries({ gt: prefix, lt: `${prefix}~` })) {
    // What is no text cannot be a key; DynamoDB leaves such an item out, too.
    const item = Object.fromEntries(
      Object.entries(toFields(value)).filter(([name, each]) => !keys.has(name) || toFields(each).S),
    );
    for (const { index, key, item: entry } of entriesOf(item, whole)) {
      const into = getIndexDb('global', localName, index);
      await promisify(into.put)(key, entry);
    }
  }
}
