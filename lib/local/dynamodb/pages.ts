import { Readable } from 'node:stream';
import type { Apart } from './apart.ts';
import type { Entry, Level, Pages, Range, Sized } from './level.ts';

/** How many entries a page has, at most. */
const PAGE = 1_000;
/** After so many bytes it ends earlier. */
const PAGE_BYTES = 64 * 1024;

/**
 * Reads ranges a page at a time. An iterator holds a snapshot, and dynalite closes none: LevelDB then keeps all values
 * that a key has had since, writes them to several files, and may read an older one for the last that was written
 * (https://github.com/google/leveldb/issues/320). So no iterator outlives its page, and nothing is written
 * beside it: no key has two values that a snapshot stands between. Of a range of several pages each shows what there is when
 * it is read, as a Query or a Scan of DynamoDB does.
 */
export function readInPages(db: Level, { alone }: Apart): void {
  const page = <Found>(found: Pages<Found>, size: number) => found.nextv(size).finally(() => found.close());
  const reading =
    <Found>(open: (range: Range & Sized) => Pages<Found>, keyOf: (found: Found) => string) =>
    (range: Range) =>
      paged(range, (rest, size) => alone(() => page(open(rest), size)), keyOf);
  const keys = reading(
    (range) => db.keys(range),
    (key) => key,
  );
  const entries = reading(
    (range) => db.iterator(range),
    ([key]) => key,
  );
  db.entries = entries;
  db.createKeyStream = (range = {}) => Readable.from(whileOpen(db, keys(range)));
  db.createValueStream = (range = {}) => Readable.from(valuesOf(entries(range)));
}

/**
 * Ends where the database is closed: dynalite passes these on through a pipe, which takes no failure along, so that one
 * would end as an uncaught error. Whoever asked of a database that closes has been told by whom it was closed.
 */
async function* whileOpen(db: Level, keys: AsyncIterable<string>): AsyncIterable<string> {
  try {
    yield* keys;
  } catch (error) {
    if (db.status === 'open') throw error;
  }
}

async function* valuesOf(entries: AsyncIterable<Entry>): AsyncIterable<unknown> {
  for await (const [, value] of entries) yield value;
}

async function* paged<Found>(
  { limit = -1, ...range }: Range,
  read: (rest: Range & Sized, size: number) => Promise<readonly Found[]>,
  keyOf: (found: Found) => string,
): AsyncIterable<Found> {
  let wanted = limit < 0 ? Number.POSITIVE_INFINITY : limit;
  for (let rest: Range = range; wanted > 0; ) {
    const page = await read({ ...bounded(rest), highWaterMarkBytes: PAGE_BYTES }, Math.min(PAGE, wanted));
    yield* page;
    const last = page.at(-1);
    if (last === undefined) return;
    wanted -= page.length;
    rest = beyond(rest, keyOf(last));
  }
}

/** What of a range comes after a key, in the range's own order. */
const beyond = (range: Range, key: string): Range =>
  range.reverse ? { ...range, lt: key, lte: undefined } : { ...range, gt: key, gte: undefined };

/** A range without the bounds it does not have: LevelDB takes `undefined` for one. */
const bounded = (range: Range): Range =>
  Object.fromEntries(Object.entries(range).filter(([, each]) => each !== undefined));
