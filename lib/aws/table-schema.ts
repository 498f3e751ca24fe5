import type { IndexDefinition, TableDefinition } from './tables.ts';

type Keyed = Pick<IndexDefinition, 'partitionKey' | 'sortKey'>;

/** The keys of a table or an index, as DynamoDB spells them. */
export const schemaOf = ({ partitionKey, sortKey }: Keyed) => [
  { AttributeName: partitionKey, KeyType: 'HASH' as const },
  { AttributeName: sortKey, KeyType: 'RANGE' as const },
];

/** The indexes of a table, and the attributes that it and they have as keys, as DynamoDB spells them. */
export function indexesOf(table: TableDefinition) {
  const names = new Set([table, ...table.indexes].flatMap(({ partitionKey, sortKey }) => [partitionKey, sortKey]));
  const indexes = table.indexes.map((index) => ({
    IndexName: index.name,
    KeySchema: schemaOf(index),
    Projection: { ProjectionType: 'KEYS_ONLY' as const },
  }));
  return {
    AttributeDefinitions: [...names].map((AttributeName) => ({ AttributeName, AttributeType: 'S' as const })),
    // A list of none is refused.
    ...(indexes.length > 0 && { GlobalSecondaryIndexes: indexes }),
  };
}
