import { createRequire } from 'node:module';
import { apart } from './apart.ts';
import { type Fields, toFields } from './fields.ts';
import { type Done, type Level, readAtOnce, writeInBatches } from './level.ts';
import { readInPages } from './pages.ts';
import { parseOnce } from './parses.ts';

/** What dynalite's operations work on. */
export type Store = {
  readonly db: Level;
  readonly getItemDb: (table: string) => { readonly get: (key: string, done: Done) => void };
  readonly getIndexDb: (type: 'global', table: string, index: string) => IndexDb;
  readonly getTable: (name: string, status: boolean | Done, done?: Done) => void;
  /** To be called around a change of a table: every operation on an item asks for its table, and the disk is asked only once. */
  readonly forgetTables: () => void;
};

type IndexDb = { readonly put: (key: string, entry: unknown, done: Done) => void };

/** What an index holds of an item, and where. */
type Entry = { readonly index: string; readonly key: string; readonly item: unknown };

type Types = Readonly<Record<string, unknown>>;
type Custom = (input: Fields, store: Store) => string | undefined;

const load = createRequire(import.meta.url);

// We go past dynalite's own HTTP server: it throws away the reason why a folder does not open, dies with a client
// that hangs up, and costs as much time as the operation itself.
const {
  create,
  getIndexActions,
}: {
  create: (options: { path: string; createTableMs: number }) => Omit<Store, 'forgetTables'>;
  getIndexActions: (indexes: unknown, before: undefined, item: Fields, table: Fields) => { puts: readonly Entry[] };
} = load('dynalite/db');
const {
  checkTypes,
  checkValidations,
}: {
  checkTypes: (input: Fields, types: Types) => Fields;
  checkValidations: (input: Fields, types: Types, custom: Custom | undefined, store: Store) => void;
} = load('dynalite/validations');
for (const kind of ['condition', 'update']) parseOnce(load(`dynalite/db/${kind}Parser`));

const names = [
  'BatchGetItem',
  'BatchWriteItem',
  'CreateTable',
  'DeleteItem',
  'DeleteTable',
  'DescribeTable',
  'DescribeTimeToLive',
  'GetItem',
  'ListTables',
  'PutItem',
  'Query',
  'Scan',
  'TagResource',
  'UntagResource',
  'ListTagsOfResource',
  'UpdateItem',
  'UpdateTable',
];

const operations = new Map(names.map((name) => [name, operation(name)]));

/** A store on disk; it is open only after `db.open()`. */
export function storeAt(path: string): Store {
  const store = create({ path, createTableMs: 0 });
  readAtOnce(store.db);
  const turns = apart();
  writeInBatches(store.db, turns);
  readInPages(store.db, turns);
  return remembering(store);
}

function remembering(store: Omit<Store, 'forgetTables'>): Store {
  const known = new Map<string, unknown>();
  const getTable: Store['getTable'] = (name, status, done) => {
    // Who asks in the other way is about to change it.
    if (typeof status !== 'function') return store.getTable(name, status, done);
    if (known.has(name)) return status(undefined, known.get(name));
    store.getTable(name, (error, table) => {
      if (!error && settled(table)) known.set(name, table);
      status(error, table);
    });
  };
  return { ...store, getTable, forgetTables: () => known.clear() };
}

/** Whether a table, and each of its indexes, is what it will be until somebody changes it. */
function settled(table: unknown): boolean {
  const { TableStatus, GlobalSecondaryIndexes = [] } = toFields(table);
  const indexes = Array.isArray(GlobalSecondaryIndexes) ? GlobalSecondaryIndexes : [];
  return [TableStatus, ...indexes.map(({ IndexStatus }) => IndexStatus)].every((status) => status === 'ACTIVE');
}

/** What the indexes of a table hold of an item. */
export const entriesOf = (item: Fields, table: Fields): readonly Entry[] =>
  getIndexActions(table.GlobalSecondaryIndexes, undefined, item, table).puts;

/** Runs one of dynalite's operations; undefined when it has none of this name. */
export function runner(name: string): ((store: Store, input: Fields, done: Done) => void) | undefined {
  return operations.get(name);
}

const OF_TABLES = /^(Create|Delete|Update)Table$/;

function operation(name: string) {
  const file = `${name.charAt(0).toLowerCase()}${name.slice(1)}`;
  const action: (store: Store, input: Fields, done: Done) => void = load(`dynalite/actions/${file}`);
  const { types, custom }: { types: Types; custom?: Custom } = load(`dynalite/validations/${file}`);
  return (store: Store, input: Fields, done: Done): void => {
    const checked = checkTypes(input, types);
    checkValidations(checked, types, custom, store);
    const changing = OF_TABLES.test(name);
    if (changing) store.forgetTables();
    action(store, checked, (error, result) => {
      if (changing) store.forgetTables(); // what was read while it was being changed
      done(error, result);
    });
  };
}
