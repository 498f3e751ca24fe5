/** What a table looks like, wherever it lives: in the stack, and in the embedded database of a local run. */
export type TableDefinition = {
  /** The name of a local table; a deployed one gets its name from CloudFormation. */
  readonly localName: string;
  /** The environment variable that tells a function the table's real name. */
  readonly variable: string;
  readonly partitionKey: string;
  readonly sortKey: string;
  /** The attribute DynamoDB deletes by: seconds since 1970. */
  readonly expiry: string;
  /** Other ways to its items. */
  readonly indexes: readonly IndexDefinition[];
};

/**
 * A global secondary index. It holds the keys of items and nothing else, so that a write costs one unit more, and the
 * items are read from the table. On AWS an item is in it some time after it is in the table, mostly within a second.
 */
export type IndexDefinition = { readonly name: string; readonly partitionKey: string; readonly sortKey: string };

const keyed = { partitionKey: 'pk', sortKey: 'sk', expiry: 'ttl', indexes: [] } as const;

/** Calls by the key that made them. */
export const callsByKey = { name: 'byKey', partitionKey: 'keyId', sortKey: 'sk' } as const;

/** Calls by what they were for. Two tenants may have a feature of one name, so the attribute has both; a call for no feature has none, and is not in the index. */
export const callsByFeature = { name: 'byFeature', partitionKey: 'featureId', sortKey: 'sk' } as const;

/** The four tables of the gateway. Every key is a string. */
export const tables = {
  /** Tenants and keys: `tenant#NAME / tenant`, `key#SHA256 / key`; versions of the configuration: `config / current`, `config / v#NUMBER`. */
  access: { localName: 'Access', variable: 'SLUICE_TABLE_ACCESS', ...keyed },
  /** Money and rates, one item a scope: `tenant#NAME / counter`, `key#ID / counter`. */
  counters: { localName: 'Counters', variable: 'SLUICE_TABLE_COUNTERS', ...keyed },
  /** What is shared for a while: which targets rest (`rest / provider/model`), answers worth giving again. */
  cache: { localName: 'Cache', variable: 'SLUICE_TABLE_CACHE', ...keyed },
  /** One item a call: `tenant#NAME / REQUEST ID`; request ids sort by time. What calls come to, summed up: `usage#NAME / …`. */
  calls: { localName: 'Calls', variable: 'SLUICE_TABLE_CALLS', ...keyed, indexes: [callsByKey, callsByFeature] },
} as const satisfies Record<string, TableDefinition>;

/** The log of changes: `audit / DAY#NUMBER`. It is none of the gateway's: no gateway knows its name. */
export const auditTable = {
  localName: 'Audit',
  variable: 'SLUICE_TABLE_AUDIT',
  ...keyed,
} as const satisfies TableDefinition;

export type TableName = keyof typeof tables;

/** The real name of each table. */
export type TableNames = Readonly<Record<TableName, string>>;

/** The deployed tables' names, from a function's environment; throws when one is not set. */
export function tableNames(env: Readonly<Record<string, string | undefined>>): TableNames {
  const name = (table: TableDefinition): string => {
    const found = env[table.variable];
    if (found === undefined || found === '')
      throw new Error(`Set ${table.variable} to the name of the ${table.localName} table.`);
    return found;
  };
  return {
    access: name(tables.access),
    counters: name(tables.counters),
    cache: name(tables.cache),
    calls: name(tables.calls),
  };
}

/** Table names of a local run. */
export const localTableNames: TableNames = {
  access: tables.access.localName,
  counters: tables.counters.localName,
  cache: tables.cache.localName,
  calls: tables.calls.localName,
};
