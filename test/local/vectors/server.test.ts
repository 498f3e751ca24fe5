import { request as httpRequest } from 'node:http';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type LocalVectors, startVectors } from '../../../lib/local/vectors/start.ts';
import { scratch } from '../../support/gateway.ts';

const { folder, remove } = scratch();
let place: LocalVectors;
beforeAll(async () => {
  place = await startVectors({ dataDir: `${folder}/refusing` });
  await ask('PUT', '/answers-a', creation(2));
});
afterAll(async () => {
  await place?.close();
  remove();
});

const method = { name: 'hnsw', engine: 'faiss', space_type: 'innerproduct' };
const creation = (dimension: number, more: object = {}) => ({
  settings: { index: { knn: true } },
  mappings: {
    dynamic: 'strict',
    properties: { vector: { type: 'knn_vector', dimension, method }, key: { type: 'keyword' }, at: { type: 'long' } },
    ...more,
  },
});
const filter = { bool: { filter: [{ term: { key: 'a' } }] } };
const nearest = (vector: readonly number[], more: object = { filter }) => ({
  size: 1,
  _source: false,
  query: { knn: { vector: { vector, k: 1, ...more } } },
});

async function ask(verb: string, path: string, body?: unknown, headers: Record<string, string> = {}) {
  const text = body === undefined || typeof body === 'string' ? body : JSON.stringify(body);
  const response = await fetch(`${place.endpoint}${path}`, { method: verb, body: text ?? null, headers });
  const said = await response.text();
  const json = said === '' ? undefined : JSON.parse(said);
  return { status: response.status, type: json?.error?.type, reason: json?.error?.reason, json };
}

describe('what the service refuses is refused here, too', () => {
  test.each([
    ['PUT', '/answers-a/_doc/mine'],
    ['POST', '/answers-a/_doc/mine'],
    ['PUT', '/answers-a/_create/mine'],
  ])('%s %s: an id that is not its own', async (verb, path) => {
    expect(await ask(verb, path, { vector: [1, 0] })).toMatchObject({
      status: 400,
      type: 'illegal_argument_exception',
      reason: 'Document ID is not supported in create/index operation request',
    });
  });

  test('an id of ours in bulk', async () => {
    const lines = '{"index":{"_index":"answers-a","_id":"mine"}}\n{"vector":[1,0]}\n';
    expect(await ask('POST', '/_bulk', lines)).toMatchObject({
      status: 400,
      reason: expect.stringContaining('Document ID is not supported'),
    });
  });

  test.each([
    ['POST', '/answers-a/_refresh'],
    ['POST', '/answers-a/_delete_by_query'],
    ['POST', '/answers-a/_search?request_cache=true'],
    ['GET', '/'],
    ['HEAD', '/'],
    ['DELETE', '/answers-a'],
  ])('%s %s: a request that it does not have', async (verb, path) => {
    expect(await ask(verb, path, verb === 'POST' ? {} : undefined)).toMatchObject({ status: 404 });
  });

  test('an index that is there already, or is named or made otherwise', async () => {
    expect(await ask('PUT', '/answers-a', creation(2))).toMatchObject({
      status: 400,
      type: 'resource_already_exists_exception',
    });
    expect(await ask('PUT', '/Answers', creation(2))).toMatchObject({ type: 'invalid_index_name_exception' });
    expect(await ask('PUT', '/answers-b', creation(16_001))).toMatchObject({ type: 'mapper_parsing_exception' });
    expect(await ask('PUT', '/answers-b', creation(2, { dynamic: true }))).toMatchObject({ status: 400 });
    expect(await ask('PUT', '/answers-b', creation(2, { properties: { key: { type: 'keyword' } } }))).toMatchObject({
      reason: 'An index here has one field of type knn_vector.',
    });
    expect(await ask('HEAD', '/answers-b')).toMatchObject({ status: 404 });
  });

  test('an index that is not there', async () => {
    const missing = { status: 404, type: 'index_not_found_exception', reason: 'no such index [answers-z]' };
    expect(await ask('POST', '/answers-z/_doc', { vector: [1, 0] })).toMatchObject(missing);
    expect(await ask('POST', '/answers-z/_search', nearest([1, 0]))).toMatchObject(missing);
    expect(await ask('DELETE', '/answers-z/_doc/a')).toMatchObject(missing);
  });

  test.each([
    [{ vector: [1, 0, 0] }, 'Vector dimension mismatch. Expected: 2, Given: 3'],
    [{ vector: ['1', 0] }, 'failed to parse field [vector] of type [knn_vector]'],
    [{ key: 'a' }, 'failed to parse field [vector] of type [knn_vector]'],
    [{ vector: [1, 0], key: 1 }, 'failed to parse field [key] of type [keyword]'],
    [{ vector: [1, 0], at: 'noon' }, 'failed to parse field [at] of type [long]'],
    [{ vector: [1, 0], prompt: 'a' }, 'mapping set to strict, dynamic introduction of [prompt] is not allowed'],
    [[], 'failed to parse field [vector] of type [knn_vector]'],
  ])('the document %j', async (document, reason) => {
    expect(await ask('POST', '/answers-a/_doc', document)).toMatchObject({
      status: 400,
      type: 'mapper_parsing_exception',
      reason,
    });
  });

  test.each([
    [nearest([1, 0, 0]), 'illegal_argument_exception'],
    [{ ...nearest([1, 0]), query: { knn: { key: { vector: [1, 0], k: 1, filter } } } }, 'illegal_argument_exception'],
    [nearest([1, 0], {}), 'parsing_exception'], // ours alone: it would look among strangers
    [nearest([1, 0], { filter: { bool: { filter: [] } } }), 'parsing_exception'],
    [nearest([1, 0], { filter: { bool: { must: [{ term: { key: 'a' } }] } } }), 'parsing_exception'],
    [{ ...nearest([1, 0]), query: { match_all: {} } }, 'parsing_exception'],
    [{ ...nearest([1, 0]), post_filter: filter }, 'parsing_exception'],
    [{ ...nearest([1, 0]), sort: ['at'] }, 'parsing_exception'],
    [{ ...nearest([1, 0]), sort: [{ at: 'asc', key: 'asc' }] }, 'parsing_exception'],
    [{ size: 1, _source: false, query: { bool: { filter: [{ term: { key: 'a', at: 'b' } }] } } }, 'parsing_exception'],
  ])('the search %j', async (search, type) => {
    expect(await ask('POST', '/answers-a/_search', search)).toMatchObject({ status: 400, type });
  });

  test('what is no JSON, or no address', async () => {
    expect(await ask('POST', '/answers-a/_search', '{')).toMatchObject({ status: 400, type: 'parse_exception' });
    expect(await ask('POST', '/%E0%A4%A/_search', '{}')).toMatchObject({ status: 400, type: 'parse_exception' });
  });

  test('more than 16 MB, and the next request is served', async () => {
    expect(await ask('POST', '/answers-a/_doc', ' '.repeat(16 * 1024 * 1024 + 1))).toMatchObject({ status: 413 });
    expect(await ask('HEAD', '/answers-a')).toMatchObject({ status: 200 });
  });
});

test('a web page is refused, whatever it asks', async () => {
  for (const verb of ['HEAD', 'POST', 'PUT', 'DELETE', 'OPTIONS']) {
    // fetch would leave an Origin out.
    const status = await new Promise((resolve, reject) => {
      const url = `${place.endpoint}/answers-a/_search`;
      const asked = httpRequest(url, { method: verb, headers: { origin: 'https://example.com' } }, (response) => {
        expect(response.headers['access-control-allow-origin']).toBeUndefined();
        resolve(response.resume().statusCode);
      });
      asked.on('error', reject).end();
    });
    expect(status).toBe(403);
  }
});

test('those that match are found in all indexes that are named alike, in the order of a field', async () => {
  for (const index of ['wide-a', 'wide-b', 'other-c']) await ask('PUT', `/${index}`, creation(2));
  for (const [index, key, at] of [
    ['wide-a', 'a', 3],
    ['wide-b', 'b', 1],
    ['wide-b', 'c', 2],
    ['other-c', 'a', 0],
  ])
    await ask('POST', `/${index}/_doc`, { vector: [1, 0], key, at });
  const found = async (clause: object, size = 10, index = 'wide-*') => {
    const query = { bool: { filter: [clause] } };
    const { json } = await ask('POST', `/${index}/_search`, { size, _source: ['key'], query, sort: [{ at: 'asc' }] });
    return json.hits.hits.map((hit: { _index: string; _source: { key: string } }) => [hit._index, hit._source.key]);
  };
  const [a, b, c] = [
    ['wide-a', 'a'],
    ['wide-b', 'b'],
    ['wide-b', 'c'],
  ];
  expect(await found({ range: { at: { gte: 0 } } })).toEqual([b, c, a]);
  expect(await found({ range: { at: { gte: 2 } } }, 1)).toEqual([c]);
  expect(await found({ terms: { key: ['c', 'a', 'd'] } })).toEqual([c, a]);
  expect(await found({ terms: { key: [] } })).toEqual([]);
  expect(await found({ terms: { key: ['a'] } }, 10, 'nothing-*')).toEqual([]);
  expect(await ask('POST', '/wide-*/_search', nearest([1, 0]))).toMatchObject({ status: 400 });
});

test('only this machine reaches it', () => {
  expect(new URL(place.endpoint).hostname).toBe('127.0.0.1');
});

test('scores are those of an inner product, the highest first', async () => {
  await ask('PUT', '/answers-scores', creation(2));
  for (const vector of [
    [0, 1],
    [1, 0],
    [-1, 0],
    [0.6, 0.8],
  ])
    await ask('POST', '/answers-scores/_doc', { vector, key: 'a' });
  const { json } = await ask('POST', '/answers-scores/_search', {
    size: 10,
    _source: ['key'],
    query: { knn: { vector: { vector: [1, 0], k: 10, filter } } },
  });
  const hits: { readonly _score: number; readonly _source: unknown }[] = json.hits.hits;
  expect(hits.map(({ _score }) => _score)).toEqual([2, expect.closeTo(1.6, 6), 1, 0.5]);
  expect(hits[0]?._source).toEqual({ key: 'a' }); // never the vector, unless it is asked for
});
