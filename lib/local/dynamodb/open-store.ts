import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { addIndexes } from './add-indexes.ts';
import { type Store, storeAt } from './dynalite.ts';
import { toFields } from './fields.ts';

// A database whose gateway was killed a moment ago needs a little time to see it and to leave.
const PATIENCE_MS = 5000;
const RETRY_MS = 50;

/**
 * Opens the store in a data folder, which nobody else can while it is open. The lock is LevelDB's, held by the
 * operating system: it ends with the process, however that dies.
 */
export async function openStore(dataDir: string): Promise<Store> {
  const path = join(dataDir, 'dynamodb');
  const deadline = performance.now() + PATIENCE_MS;
  for (;;) {
    try {
      await mkdir(path, { recursive: true, mode: 0o700 }); // answers that are kept are in it
      const store = storeAt(path);
      await store.db.open();
      await mergeOnce(store);
      await finishTables(store);
      await addIndexes(store);
      return store;
    } catch (error) {
      if (!locked(error)) throw new Error(unusable(dataDir, error), { cause: error });
      if (performance.now() > deadline) throw new Error(taken(dataDir), { cause: error });
      await setTimeout(RETRY_MS);
    }
  }
}

const locked = (error: unknown) => toFields(toFields(error).cause).code === 'LEVEL_LOCKED';

const taken = (dataDir: string) =>
  `Another gateway is using the data folder ${dataDir}. Stop it, or set SLUICE_DATA_DIR to another folder.`;

function unusable(dataDir: string, error: unknown): string {
  const reason = toFields(toFields(error).cause).message ?? toFields(error).message;
  return `The local database cannot use the data folder ${dataDir} (${reason}). Make it a folder you can write to, or set SLUICE_DATA_DIR to another one.`;
}

// dynalite makes a table ACTIVE from a timer; a table whose process died before it fired would be CREATING for ever.
async function finishTables({ db }: Store): Promise<void> {
  for await (const [key, table] of db.entries({ gt: 'table~', lt: 'table~~' })) {
    if (toFields(table).TableStatus === 'CREATING') await db.put(key, { ...toFields(table), TableStatus: 'ACTIVE' });
  }
}

/** Most folders are merged by then. */
const TELL_MS = 2_000;
const MERGING =
  'The local database merges the files of an earlier release, once. Where they are gigabytes that takes minutes.\n';

const [BEFORE_ALL, MERGED, AFTER_ALL] = ['!', 'merged~', '~'];

// A release before left ranges open (see pages.ts): a folder of its has older values that LevelDB may yet read. A merge
// of all files keeps the last of each. It leaves the deepest as they are, unless a file above spans them.
async function mergeOnce({ db }: Store): Promise<void> {
  if ((await db.get(MERGED)) !== undefined) return;
  const telling = globalThis.setTimeout(() => process.stderr.write(MERGING), TELL_MS);
  await db.batch([BEFORE_ALL, AFTER_ALL].map((key) => ({ type: 'put', key, value: true })));
  await db.compactRange(BEFORE_ALL, AFTER_ALL).finally(() => clearTimeout(telling));
  await db.batch([
    { type: 'del', key: BEFORE_ALL },
    { type: 'del', key: AFTER_ALL },
    { type: 'put', key: MERGED, value: true },
  ]);
}
