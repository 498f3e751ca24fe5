import { afterAll, beforeAll, expect, test } from 'vitest';
import { vectorsPart } from '../../../lib/aws/forget/vectors-part.ts';
import { type LocalVectors, startVectors } from '../../../lib/local/vectors/start.ts';
import { scratch } from '../../support/gateway.ts';
import { at, NOON, placedOf, startVectorsLine, vectorsAt } from '../../support/vectors.ts';

const { folder, remove } = scratch();
let place: LocalVectors;
beforeAll(async () => {
  place = await startVectors({ dataDir: folder });
});
afterAll(async () => {
  await place?.close();
  remove();
});
const partAt = (url: string) => vectorsPart({ endpoint: async () => url });
const last = async (told: AsyncIterable<unknown>) => (await Array.fromAsync(told)).at(-1);
const ofUser = (tenant: string, ids: readonly string[]) => ({
  by: 'user' as const,
  tenant,
  user: 'ann',
  calls: {
    named: [],
    ids: new Set(ids),
    leads: { captures: 0, vectors: 0 },
    inQuarter: new Map<number, number>(),
    means: () => false,
  },
});

test('where no vector was ever kept there is nothing to forget', async () => {
  expect(await last(partAt(place.endpoint).forget({ by: 'tenant', tenant: 'acme' }))).toEqual({ vectors: 0 });
});

test('vectors of a tenant go from all indexes, page by page, though many are over at one moment', async () => {
  const { add } = vectorsAt(place.endpoint);
  const placed = (key: string, more: object = {}) => add(placedOf(key, { tenant: 'many', ...more }));
  for (let from = 0; from < 1_300; from += 100)
    await Promise.all(
      Array.from({ length: 100 }, (_, each) =>
        placed(`key ${from + each}`, { expiresAt: NOON + 60_000 + (from >> 9) }),
      ),
    );
  await placed('elsewhere', { embedder: 'lab/other', vector: [...at(0), 0] });
  await placed('foreign', { tenant: 'many-2' });
  const { count, forget } = partAt(place.endpoint);
  expect(await last(count({ by: 'tenant', tenant: 'many' }))).toEqual({ vectors: 1_301 });
  expect(await last(forget({ by: 'tenant', tenant: 'many' }))).toEqual({ vectors: 1_301 });
  expect(await last(forget({ by: 'tenant', tenant: 'many' }))).toEqual({ vectors: 0 });
  expect(await last(forget({ by: 'tenant', tenant: 'many-2' }))).toEqual({ vectors: 1 });
});

test('vectors of a user are those whose answers its calls made, in that tenant', async () => {
  const { add } = vectorsAt(place.endpoint);
  for (const source of ['req_1', 'req_2']) await add(placedOf('key', { tenant: 'acme', source }));
  await add(placedOf('key', { tenant: 'acme-2', source: 'req_1' }));
  const ids = ['req_1', ...Array.from({ length: 1_000 }, (_, at) => `req_other_${at}`)];
  expect(await last(partAt(place.endpoint).forget(ofUser('acme', ids)))).toEqual({ vectors: 1 });
  expect(await last(partAt(place.endpoint).forget({ by: 'tenant', tenant: 'acme' }))).toEqual({ vectors: 1 });
  expect(await last(partAt(place.endpoint).forget({ by: 'tenant', tenant: 'acme-2' }))).toEqual({ vectors: 1 });
});

test('one that could not be deleted is no success', async () => {
  const line = await startVectorsLine(place.endpoint);
  await vectorsAt(place.endpoint).add(placedOf('key', { tenant: 'held' }));
  line.instead = ({ url }, response) => {
    if (url !== '/_bulk') return false;
    const error = { type: 'rejected_execution_exception', reason: 'too much' };
    const items = [{ delete: { _index: 'answers-a', _id: 'a', status: 429, error } }];
    response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify({ errors: true, items }));
    return true;
  };
  await expect(last(partAt(line.url).forget({ by: 'tenant', tenant: 'held' }))).rejects.toThrow(
    'A vector could not be deleted (rejected_execution_exception).',
  );
  await line.close();
});
