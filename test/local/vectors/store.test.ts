import { appendFileSync, existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import fc from 'fast-check';
import { afterAll, expect, test } from 'vitest';
import { startVectors, vectorsOnDemand } from '../../../lib/local/vectors/start.ts';
import { openStore } from '../../../lib/local/vectors/store.ts';
import { failureOf } from '../../support/bytes.ts';
import { scratch } from '../../support/gateway.ts';
import { at, patient, placedOf, soughtOf, vectorsAt } from '../../support/vectors.ts';

const { folder, remove } = scratch();
afterAll(remove);

let stores = 0;
const fresh = (): string => `${folder}/${stores++}`;
const linesOf = (dataDir: string) => readFileSync(`${dataDir}/vectors.jsonl`, 'utf8').trim().split('\n');

test('a restart forgets nothing', async () => {
  const dataDir = fresh();
  const before = await startVectors({ dataDir });
  const vectors = vectorsAt(before.endpoint);
  await vectors.add(placedOf('far', { vector: at(40) }));
  await vectors.add(placedOf('near', { vector: at(30) }));
  await vectors.add(placedOf('gone', { vector: at(0) }));
  const [gone] = await vectors.nearest(soughtOf(), patient());
  if (gone === undefined) throw new Error('There is one.');
  await vectors.remove(gone, soughtOf());
  const seen = await vectors.nearest(soughtOf(), patient());
  expect(seen.map(({ key }) => key)).toEqual(['near', 'far']);
  await before.close();
  const after = await startVectors({ dataDir });
  expect(await vectorsAt(after.endpoint).nearest(soughtOf(), patient())).toEqual(seen);
  await after.close();
});

test('the file shrinks to what still stands', async () => {
  const dataDir = fresh();
  const before = await startVectors({ dataDir });
  const vectors = vectorsAt(before.endpoint);
  for (let round = 0; round < 5; round++) {
    await vectors.add(placedOf('passing'));
    const [near] = await vectors.nearest(soughtOf(), patient());
    if (near !== undefined) await vectors.remove(near, soughtOf());
  }
  await vectors.add(placedOf('standing'));
  await before.close();
  expect(linesOf(dataDir)).toHaveLength(12);
  await (await startVectors({ dataDir })).close();
  expect(linesOf(dataDir)).toHaveLength(2);
});

test('a line that a crash has torn costs that one vector', async () => {
  const dataDir = fresh();
  const before = await startVectors({ dataDir });
  await vectorsAt(before.endpoint).add(placedOf('whole'));
  await before.close();
  appendFileSync(`${dataDir}/vectors.jsonl`, linesOf(dataDir).at(-1)?.slice(0, 80) ?? '');
  const after = await startVectors({ dataDir });
  const vectors = vectorsAt(after.endpoint);
  await vectors.add(placedOf('later', { vector: at(90) }));
  await after.close();
  const last = await startVectors({ dataDir });
  for (const [degrees, key] of [
    [0, 'whole'],
    [90, 'later'],
  ] as const)
    expect((await vectorsAt(last.endpoint).nearest(soughtOf({ vector: at(degrees) }), patient()))[0]?.key).toBe(key);
  await last.close();
});

test('whatever is done to it, the file comes to what is in memory', async () => {
  const change = fc.oneof(
    fc.record({ add: fc.string(), vector: fc.array(fc.float({ noNaN: true }), { minLength: 2, maxLength: 2 }) }),
    fc.record({ remove: fc.nat({ max: 9 }) }),
  );
  await fc.assert(
    fc.asyncProperty(fc.array(change, { maxLength: 20 }), async (changes) => {
      const file = `${fresh()}/vectors.jsonl`;
      const store = await openStore(file);
      await store.create('an-index', { dimension: 2, vector: 'vector', others: { key: 'keyword' } });
      // At once, as requests come.
      await Promise.all(
        changes.map((each, index) =>
          'add' in each
            ? store.add('an-index', {
                id: `${index}`,
                vector: Float32Array.from(each.vector),
                fields: { key: each.add },
              })
            : store.remove('an-index', `${each.remove}`),
        ),
      );
      await store.close();
      const again = await openStore(file);
      expect(again.indexes).toEqual(store.indexes);
      await again.close();
    }),
    { numRuns: 30 },
  );
});

test('it is started by whoever first asks where it is, and once', async () => {
  const dataDir = fresh();
  const place = vectorsOnDemand({ dataDir });
  await place.close(); // nobody has asked
  expect(existsSync(dataDir)).toBe(false);
  const [one, other] = await Promise.all([place.endpoint(), place.endpoint()]);
  expect(one).toBe(other);
  expect(existsSync(`${dataDir}/vectors.jsonl`)).toBe(true);
  await place.close();
  expect(await failureOf(fetch(one))).toBeInstanceOf(Error);
});

test('a start that fails is tried again', async () => {
  const dataDir = fresh();
  writeFileSync(dataDir, 'a file where the folder should be');
  const place = vectorsOnDemand({ dataDir });
  expect(await failureOf(place.endpoint())).toMatchObject({ code: 'EEXIST' });
  rmSync(dataDir);
  expect(await place.endpoint()).toMatch(/^http:/);
  await place.close();
});
