import { toFields } from './fields.ts';

/** The LevelDB under dynalite, which holds the folder's lock while it is open. */
export type Level = {
  readonly open: () => Promise<void>;
  close: () => Promise<void>;
  get: (key: string, done?: Done) => Promise<unknown> | undefined;
  readonly getSync: (key: string) => unknown;
  put: (key: string, value: unknown, done?: Done) => Promise<void>;
  del: (key: string, done?: Done) => Promise<void>;
  readonly batch: (operations: readonly Operation[]) => Promise<void>;
  readonly iterator: (range: { gt: string; lt: string }) => AsyncIterable<[key: string, value: unknown]> & {
    all: () => Promise<[key: string, value: unknown][]>;
  };
};

type Operation =
  | { readonly type: 'put'; readonly key: string; readonly value: unknown }
  | { readonly type: 'del'; readonly key: string };

export type Done = (error: unknown, result?: unknown) => void;

/** Reads without a way to another thread and back, which takes ten times what it takes to read what is in memory. */
export function readAtOnce(db: Level): void {
  const later = db.get.bind(db);
  db.get = (key, done) => {
    if (done === undefined) return later(key);
    let [failure, value]: unknown[] = [null];
    try {
      value = db.getSync(key);
    } catch (error) {
      failure = toFields(error).code === 'LEVEL_DATABASE_NOT_OPEN' ? new Error('Database is closed') : error;
    }
    process.nextTick(done, failure, value); // what it throws is thrown at nobody's work
    return undefined;
  };
}

/**
 * Writes what one turn of the loop has to write as one batch: the indexes of a record, or the counters of a call. Each way
 * to another thread and back takes a tenth of a millisecond. A value must stay as it is until its write is told of, and
 * nobody writes a key again before.
 */
export function writeInBatches(db: Level): void {
  let waiting: Waiting[] = [];
  const { close } = db;
  db.put = (key, value, done) => write({ type: 'put', key, value }, done);
  db.del = (key, done) => write({ type: 'del', key }, done);
  const closed = () => {
    leave();
    return close(); // which waits for what is on its way
  };
  db.close = Object.assign(closed, close); // dynalite finds LevelDB's own by a property of this one

  function write(operation: Operation, done?: Done): Promise<void> {
    if (done === undefined)
      return new Promise((resolve, reject) => void write(operation, (error) => (error ? reject(error) : resolve())));
    if (waiting.push({ operation, done }) === 1) setImmediate(leave);
    return Promise.resolve();
  }

  function leave(): void {
    const batch = waiting;
    waiting = [];
    if (batch.length > 0) asOne(batch);
  }

  async function asOne(batch: readonly Waiting[]): Promise<void> {
    let failure: unknown = null;
    try {
      await db.batch(batch.map(({ operation }) => operation));
    } catch (error) {
      if (batch.length > 1) {
        for (const each of batch) await asOne([each]); // what can be written is
        return;
      }
      failure = error;
    }
    for (const { done } of batch) process.nextTick(done, failure); // as above
  }
}

type Waiting = { readonly operation: Operation; readonly done: Done };
