import { once } from 'node:events';
import fc from 'fast-check';
import { expect, onTestFinished, test } from 'vitest';
import { apart } from '../../../lib/local/dynamodb/apart.ts';
import { runner, storeAt } from '../../../lib/local/dynamodb/dynalite.ts';
import { type Level, writeInBatches } from '../../../lib/local/dynamodb/level.ts';
import { readInPages } from '../../../lib/local/dynamodb/pages.ts';
import { chance } from '../../support/chance.ts';
import { dataFolder } from './house.ts';

async function openDatabase(): Promise<Level> {
  const { db } = storeAt(await dataFolder());
  await db.open();
  onTestFinished(() => db.close());
  return db;
}

/** Reads the first of a range and leaves it, as who asks for one item does. */
async function peek(db: Level): Promise<void> {
  const values = db.createValueStream({ gte: 'key', lt: 'key~' });
  await once(values, 'data');
  values.destroy();
}

test('what is read is what was written last, however many ranges were read meanwhile', async () => {
  const db = await openDatabase();
  const dice = chance(1);
  // LevelDB then merges files all the time; what it could compress would not fill them.
  const rest = Array.from({ length: 20_000 }, () => String.fromCharCode(35 + 50 * dice())).join('');
  const written = new Map<string, number>();
  for (let count = 1; count <= 4_000; count++) {
    // Ten are written for a while, and then are left alone: what hides an older value is one that is written soon.
    const key = `key ${10 * (Math.floor(count / 20) % 40) + Math.floor(10 * dice())}`;
    await db.put(key, { count, rest });
    written.set(key, count);
    if (count % 5 === 0) await peek(db);
    if (count % 50 > 0) continue;
    for (const [each, last] of written) expect(db.getSync(each), each).toHaveProperty('count', last);
  }
});

const numbers = Array.from({ length: 700 }, (_, index) => index);
const textOf = (number: number) => `${number} ${'x'.repeat(1_000)}`; // all of them are ten pages
const named = (number: number) => `key ${String(number).padStart(3, '0')}`;
const aBound = fc.option(fc.integer({ min: 0, max: 700 }).map(named), { nil: undefined });

test('a range comes whole, in its order and to its limit, by entry, key and value', async () => {
  const db = await openDatabase();
  await db.batch(numbers.map((number) => ({ type: 'put', key: named(number), value: textOf(number) })));
  const range = fc.record({
    lower: fc.tuple(fc.constantFrom('gt', 'gte'), aBound),
    upper: fc.tuple(fc.constantFrom('lt', 'lte'), aBound),
    reverse: fc.boolean(),
    limit: fc.oneof(fc.constant(-1), fc.integer({ min: 0, max: 800 }), fc.constantFrom(350, 700)),
  });
  await fc.assert(
    fc.asyncProperty(range, async ({ lower, upper, ...how }) => {
      const range = { [lower[0]]: lower[1], [upper[0]]: upper[1], ...how };
      const expected = numbers.filter((number) => {
        const name = named(number);
        const [above, below] = [lower[1] ?? '', upper[1] ?? '~'];
        return (
          (name > above || (lower[0] === 'gte' && name === above)) &&
          (name < below || (upper[0] === 'lte' && name === below))
        );
      });
      if (how.reverse) expected.reverse();
      const found = how.limit < 0 ? expected : expected.slice(0, how.limit);
      expect(await allOf(db.entries(range))).toEqual(found.map((number) => [named(number), textOf(number)]));
      expect(await allOf(db.createKeyStream(range))).toEqual(found.map(named));
      expect(await allOf(db.createValueStream(range))).toEqual(found.map(textOf));
    }),
    { numRuns: 60 },
  );
});

test('what is written between two pages of a range does not wait for its end', async () => {
  const db = await openDatabase();
  await db.batch(numbers.map((number) => ({ type: 'put', key: named(number), value: textOf(number) })));
  const found: unknown[] = [];
  for await (const [key, value] of db.entries({ gte: 'key', lt: 'key~' })) {
    found.push(value);
    await db.put(key, 'seen');
  }
  expect(found).toEqual(numbers.map(textOf));
  expect(await db.get(named(699))).toBe('seen');
});

/** A database that says what is done to it, and writes and reads when it is told to. */
function watched() {
  const heard: string[] = [];
  const gates: PromiseWithResolvers<void>[] = [];
  const gated = async (name: string) => {
    heard.push(name);
    const gate = Promise.withResolvers<void>();
    gates.push(gate);
    await gate.promise;
    heard.push(`${name} ends`);
  };
  const db = {
    status: 'open',
    batch: () => gated('batch'),
    iterator: () => {
      heard.push('opened');
      return { nextv: () => gated('page').then(() => []), close: async () => void heard.push('closed') };
    },
  } as unknown as Level;
  const turns = apart();
  writeInBatches(db, turns);
  readInPages(db, turns);
  return { db, heard, gates };
}

const settled = async () => {
  for (let turn = 0; turn < 5; turn++) await new Promise((resolve) => void setImmediate(resolve));
};

test('nothing is written while a page is read, and no page is read while anything is written', async () => {
  const { db, heard, gates } = watched();
  const written = db.put('a', 1);
  await settled();
  const read = allOf(db.entries({}));
  await settled();
  expect(heard).toEqual(['batch']);
  gates[0]?.resolve();
  await settled();
  const later = db.batch([{ type: 'put', key: 'b', value: 2 }]);
  await settled();
  expect(heard).toEqual(['batch', 'batch ends', 'opened', 'page']);
  gates[1]?.resolve();
  await settled();
  expect(heard).toEqual(['batch', 'batch ends', 'opened', 'page', 'page ends', 'closed', 'batch']);
  gates[2]?.resolve();
  await Promise.all([written, read, later]);
});

test('what a page was read from is closed when that fails', async () => {
  const { db, heard, gates } = watched();
  const read = allOf(db.entries({}));
  await settled();
  gates[0]?.reject(new Error('The disk is gone.'));
  await expect(read).rejects.toThrow('The disk is gone.');
  expect(heard).toEqual(['opened', 'page', 'closed']);
});

test('a database closes after a range was read', async () => {
  const db = await openDatabase();
  await db.put('key', 1);
  expect(await allOf(db.entries({ gte: 'key', lt: 'key~' }))).toEqual([['key', 1]]);
  await db.close();
  await expect(allOf(db.entries({ gte: 'key', lt: 'key~' }))).rejects.toThrow('not open');
});

test('a range of keys ends where its database closes, before it, beside it or between two pages', async () => {
  const store = storeAt(await dataFolder());
  const { db } = store;
  await db.open();
  const keys = Array.from({ length: 5_000 }, (_, number) => `key ${String(number).padStart(4, '0')}`);
  await db.batch(keys.map((key) => ({ type: 'put', key, value: 1 })));
  // As dynalite does it: a failure would be one that nobody catches, and fail the whole file.
  const listed = () => new Promise((resolve) => runner('ListTables')?.(store, {}, (...told) => resolve(told)));
  const reading = db.createKeyStream({ gte: 'key', lt: 'key~' })[Symbol.asyncIterator]();
  expect(await reading.next()).toMatchObject({ value: keys[0] });
  const beside = [listed(), db.close(), listed()];
  const found = [keys[0], ...(await allOf({ [Symbol.asyncIterator]: () => reading }))];
  expect(found.length).toBeLessThan(keys.length);
  expect(found).toEqual(keys.slice(0, found.length));
  await Promise.all(beside);
  expect(await listed()).toEqual([null, { TableNames: [] }]);
});

async function allOf<Each>(each: AsyncIterable<Each>): Promise<readonly Each[]> {
  const all: Each[] = [];
  for await (const one of each) all.push(one);
  return all;
}
