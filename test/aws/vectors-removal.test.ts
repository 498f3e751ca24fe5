import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { removeVectors, type Unwanted } from '../../lib/aws/vectors-removal.ts';
import { type LocalVectors, startVectors } from '../../lib/local/vectors/start.ts';
import { failureOf } from '../support/bytes.ts';
import { scratch } from '../support/gateway.ts';
import { nobody } from '../support/server.ts';
import { at, patient, placedOf, soughtOf, startVectorsLine, vectorsAt } from '../support/vectors.ts';

const { folder, remove } = scratch();
let place: LocalVectors;
beforeAll(async () => {
  place = await startVectors({ dataDir: `${folder}/vectors` });
});
afterAll(async () => {
  await place?.close();
  remove();
});

const removing = (unwanted: Unwanted, url = place.endpoint) => removeVectors({ endpoint: async () => url }, unwanted);

describe('taking vectors away', () => {
  test('of whom nobody has heard is none', async () => {
    expect(await removing({ of: 'tenant', name: 'nobody' })).toBe(0);
  });

  test('takes those of one tenant, key, model or answer, of every embedder, and no other', async () => {
    const one = { tenant: 'one', keyId: 'key_one', model: 'lab/one' };
    const other = { tenant: 'other', keyId: undefined, model: 'lab/other' };
    const vectors = vectorsAt(place.endpoint);
    const fill = async () => {
      for (const embedder of ['lab/a', 'lab/b']) {
        await vectors.add(placedOf('key of one', { ...one, embedder }));
        await vectors.add(placedOf('key of other', { ...other, embedder }));
      }
    };
    const left = async () => {
      const both = [one, other].map((whose) => vectors.nearest(soughtOf({ ...whose, embedder: 'lab/b' }), patient()));
      return (await Promise.all(both)).map(([near]) => near?.key);
    };
    const unwanted = [
      { of: 'tenant', name: 'one' },
      { of: 'key', name: 'key_one' },
      { of: 'model', name: 'lab/one' },
      { of: 'answer', name: 'key of one' },
    ] as const;
    for (const each of unwanted) {
      await fill();
      expect(await removing(each)).toBe(2);
      expect(await left()).toEqual([undefined, 'key of other']);
      expect(await removing({ of: 'tenant', name: 'other' })).toBe(2);
    }
  });

  test('a key named like the word for all of a tenant has its own only', async () => {
    const vectors = vectorsAt(place.endpoint);
    await vectors.add(placedOf('shared', { tenant: 'sharing', keyId: undefined }));
    await vectors.add(placedOf('own', { tenant: 'sharing', keyId: 'all' }));
    expect(await removing({ of: 'key', name: 'all' })).toBe(1);
    expect((await vectors.nearest(soughtOf({ tenant: 'sharing', keyId: undefined }), patient()))[0]?.key).toBe(
      'shared',
    );
  });

  test('goes on over pages, also where many are over at one moment', async () => {
    const vectors = vectorsAt(place.endpoint);
    const count = 1_203;
    for (let index = 0; index < count; index++)
      await vectors.add(placedOf('the same', { tenant: 'many', vector: at(index % 360) }));
    expect(await removing({ of: 'tenant', name: 'many' })).toBe(count);
    expect(await vectors.nearest(soughtOf({ tenant: 'many' }), patient())).toEqual([]);
  });

  test('ends, and counts each once, where a search finds for a while what is gone', async () => {
    const line = await startVectorsLine(place.endpoint);
    const vectors = vectorsAt(place.endpoint);
    for (const key of ['a', 'b', 'c']) await vectors.add(placedOf(key, { tenant: 'stale' }));
    // As if it were deleted, while nobody sees that yet.
    line.instead = (request, response) => {
      if (request.url !== '/_bulk') return false;
      const parts: Buffer[] = [];
      request.on('data', (part) => parts.push(part));
      request.on('end', () => {
        const ids = Buffer.concat(parts).toString().trim().split('\n');
        const items = ids.map(() => ({ delete: { status: 200, result: 'deleted' } }));
        response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify({ items }));
      });
      return true;
    };
    expect(await removing({ of: 'tenant', name: 'stale' }, line.url)).toBe(3);
    await line.close();
  });

  test('fails where the place does, or refuses one of them', async () => {
    expect(await failureOf(removing({ of: 'tenant', name: 'one' }, await nobody()))).toBeInstanceOf(Error);
    const line = await startVectorsLine(place.endpoint);
    await vectorsAt(place.endpoint).add(placedOf('kept', { tenant: 'refused' }));
    line.instead = ({ url }, response) => {
      if (url !== '/_bulk') return false;
      response.writeHead(200, { 'content-type': 'application/json' });
      response.end(JSON.stringify({ items: [{ delete: { status: 403 } }] }));
      return true;
    };
    expect(await failureOf(removing({ of: 'tenant', name: 'refused' }, line.url))).toMatchObject({
      message: 'A vector could not be taken away: status 403.',
    });
    await line.close();
  });
});
