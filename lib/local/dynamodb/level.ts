import type { Readable } from 'node:stream';
import type { Apart } from './apart.ts';
import { toFields } from './fields.ts';

/** The LevelDB under dynalite, which holds the folder's lock while it is open. */
export type Level = {
  readonly status: 'opening' | 'open' | 'closing' | 'closed';
  readonly open: () => Promise<void>;
  close: () => Promise<void>;
  get: (key: string, done?: Done) => Promise<unknown> | undefined;
  readonly getSync: (key: string) => unknown;
  put: (key: string, value: unknown, done?: Done) => Promise<void>;
  del: (key: string, done?: Done) => Promise<void>;
  batch: (operations: readonly Operation[], done?: Done) => Promise<void>;
  /** Merges the files that have keys from one to another. */
  readonly compactRange: (first: string, last: string) => Promise<void>;
  /** Its own ways to read a range: each holds a snapshot, so all others use those below (see pages.ts). */
  readonly iterator: (range: Range & Sized) => Pages<Entry>;
  readonly keys: (range: Range & Sized) => Pages<string>;
  entries: (range: Range) => AsyncIterable<Entry>;
  createKeyStream: (range?: Range) => Readable;
  createValueStream: (range?: Range) => Readable;
};

/** The keys between two bounds, or all on one side of one. */
export type Range = {
  readonly [bound in 'gt' | 'gte' | 'lt' | 'lte']?: string | undefined;
} & {
  /** The greatest key first. */
  readonly reverse?: boolean;
  /** How many, at most; all where it is below zero. */
  readonly limit?: number;
};

/** How many bytes are read at once. */
export type Sized = { readonly highWaterMarkBytes: number };

/** A snapshot of a range, read so many entries at a time. LevelDB keeps what is in it until it is closed. */
export type Pages<Found> = {
  readonly nextv: (size: number) => Promise<readonly Found[]>;
  readonly close: () => Promise<void>;
};

export type Entry = readonly [key: string, value: unknown];

type Operation =
  | { readonly type: 'put'; readonly key: string; readonly value: unknown }
  | { readonly type: 'del'; readonly key: string };

export type Done = (error: unknown, result?: unknown) => void;

/**
 * Reads without a way to another thread and back, which takes ten times what it takes to read what is in memory, and holds
 * a snapshot meanwhile (see pages.ts).
 */
export function readAtOnce(db: Level): void {
  const get = (key: string, done: Done): undefined => {
    let [failure, value]: unknown[] = [null];
    try {
      value = db.getSync(key);
    } catch (error) {
      failure = toFields(error).code === 'LEVEL_DATABASE_NOT_OPEN' ? new Error('Database is closed') : error;
    }
    process.nextTick(done, failure, value); // what it throws is thrown at nobody's work
  };
  db.get = (key, done) => (done === undefined ? promised((settled) => get(key, settled)) : get(key, done));
}

/**
 * Writes what is to be written at one time as one batch: what came in one turn of the event loop, as the indexes of a record
 * or the counters of a call do, and what came while a range was read. Each way to another thread and back takes a tenth of a
 * millisecond. A value must stay as it is until its write is told of, and nobody writes a key again before.
 */
export function writeInBatches(db: Level, { alone, beside }: Apart): void {
  let waiting: Waiting[] = [];
  const { close } = db;
  const batch = db.batch.bind(db);
  db.put = (key, value, done) => write([{ type: 'put', key, value }], done);
  db.del = (key, done) => write([{ type: 'del', key }], done);
  db.batch = write;
  const closed = () => {
    leave();
    return alone(close);
  };
  db.close = Object.assign(closed, close); // dynalite finds LevelDB's own by a property of this one

  function write(operations: readonly Operation[], done?: Done): Promise<void> {
    if (done === undefined) return promised((settled) => void write(operations, settled)).then(() => {});
    if (waiting.push({ operations, done }) === 1) setImmediate(leave);
    return Promise.resolve();
  }

  function leave(): void {
    beside(async () => {
      const all = waiting; // and those that came while a range was read
      waiting = [];
      if (all.length > 0) await asOne(all);
    });
  }

  async function asOne(all: readonly Waiting[]): Promise<void> {
    let failure: unknown = null;
    try {
      await batch(all.flatMap(({ operations }) => operations));
    } catch (error) {
      if (all.length > 1) {
        for (const each of all) await asOne([each]); // what can be written is
        return;
      }
      failure = error;
    }
    for (const { done } of all) process.nextTick(done, failure); // as above
  }
}

type Waiting = { readonly operations: readonly Operation[]; readonly done: Done };

const promised = (work: (settled: Done) => void): Promise<unknown> =>
  new Promise((resolve, reject) => work((error, result) => (error ? reject(error) : resolve(result))));
