import { expect, onTestFinished, test } from 'vitest';
import { apart } from '../../../lib/local/dynamodb/apart.ts';
import { storeAt } from '../../../lib/local/dynamodb/dynalite.ts';
import { type Done, type Level, readAtOnce, writeInBatches } from '../../../lib/local/dynamodb/level.ts';
import { dataFolder } from './house.ts';

/** An open database that gathers its writes, and how to open it again. */
async function database() {
  const path = await dataFolder();
  const { db } = storeAt(path);
  await db.open();
  onTestFinished(() => db.close());
  const reopened = async () => {
    const again = storeAt(path).db;
    await again.open();
    onTestFinished(() => again.close());
    return again;
  };
  return { db, reopened };
}

/** What gathers writes for one that does this with them. */
function gathering(batch: Level['batch']): Level {
  const db = { batch, close: async () => {} } as unknown as Level;
  writeInBatches(db, apart());
  return db;
}

/** How a write with a callback ended: null, or what it failed with. */
const ended = (write: (done: (error: unknown) => void) => unknown) => new Promise<unknown>((done) => void write(done));

test('what one turn of the loop writes is one batch, in its order', async () => {
  const batches: string[] = [];
  const db = gathering(async (operations) => {
    batches.push(operations.map(({ type, key }) => `${type} ${key}`).join());
  });
  await Promise.all([
    db.put('a', 1),
    ended((done) => db.put('b', 2, done)),
    db.del('c'),
    ended((done) => db.del('d', done)),
  ]);
  await db.put('e', 3);
  expect(batches).toEqual(['put a,put b,del c,del d', 'put e']);
});

test('the last of several writes of a key is what stays', async () => {
  const { db } = await database();
  await Promise.all([db.put('a', 1), db.del('a'), db.put('a', 2), db.put('b', 1), db.del('b')]);
  expect([await db.get('a'), await db.get('b')]).toEqual([2, undefined]);
});

test('a write that cannot be made fails alone', async () => {
  const { db } = await database();
  const told = await Promise.all([
    ended((done) => db.put('good', 1, done)),
    ended((done) => db.put('bad', undefined, done)),
    db.put('worse', null).catch((error: Error) => error.message),
    ended((done) => db.put('better', 2, done)),
  ]);
  const refusal = 'Value cannot be null or undefined';
  expect(told).toEqual([null, expect.objectContaining({ message: refusal }), refusal, null]);
  expect([await db.get('good'), await db.get('better')]).toEqual([1, 2]);
});

test('of writes that fail together each is tried alone, one after the other', async () => {
  const heard: string[] = [];
  const db = gathering(async (operations) => {
    const keys = operations.map(({ key }) => key).join();
    heard.push(keys);
    await new Promise((resolve) => void setImmediate(resolve));
    heard.push(`${keys} ends`);
    if (keys.includes('bad')) throw new Error(keys);
  });
  const failures = await Promise.all(['a', 'bad', 'b'].map((key) => ended((done) => db.put(key, 1, done))));
  expect(failures).toEqual([null, expect.objectContaining({ message: 'bad' }), null]);
  const together = ['a,bad,b', 'a,bad,b ends'];
  expect(heard).toEqual([...together, 'a', 'a ends', 'bad', 'bad ends', 'b', 'b ends']);
});

test('a value is read at once, and told of when whoever asked has gone on', async () => {
  const asked: string[] = [];
  const db = { getSync: (key: string) => asked.push(key) } as unknown as Level;
  readAtOnce(db);
  const told: unknown[] = [];
  const done: Done = (...args) => told.push(args);
  db.get('a', done);
  expect([asked, told]).toEqual([['a'], []]);
  expect(await db.get('b')).toBe(2);
  expect(told).toEqual([[null, 1]]);
});

test('a value that cannot be read is told as dynalite knows it', async () => {
  const failing = (code: string) => {
    const db = {
      getSync: () => {
        throw Object.assign(new Error(code), { code });
      },
    } as unknown as Level;
    readAtOnce(db);
    return db.get('a');
  };
  await expect(failing('LEVEL_DATABASE_NOT_OPEN')).rejects.toThrow('Database is closed');
  await expect(failing('LEVEL_DECODE_ERROR')).rejects.toThrow('LEVEL_DECODE_ERROR');
});

test('what waits to be written when the database closes is written', async () => {
  const { db, reopened } = await database();
  const written = db.put('a', 1);
  await db.close();
  await written;
  expect(await (await reopened()).get('a')).toBe(1);
});

test('a database that fails tells all who wait', async () => {
  const lost = new Error('The disk is full.');
  const db = gathering(() => Promise.reject(lost));
  const told = [ended((done) => db.put('a', 1, done)), db.put('b', 2).catch((error: unknown) => error)];
  expect(await Promise.all(told)).toEqual([lost, lost]);
});
