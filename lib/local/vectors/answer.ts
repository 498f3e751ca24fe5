import { randomBytes } from 'node:crypto';
import '../../schema.ts';
import { runBulk } from './bulk.ts';
import type { Request } from './front.ts';
import { readDocument, readMapping } from './mapping.ts';
import { NO_IDS, noIndex, type Reply, refusal } from './reply.ts';
import { runSearch } from './search.ts';
import type { Store } from './store.ts';

/** Answers one request. Throws for a body that is no JSON. */
export async function answer(store: Store, { method, path, body }: Request): Promise<Reply> {
  const [index = '', ...rest] = path.slice(1).split('/').map(decodeURIComponent);
  if (method === 'POST' && path === '/_bulk') return runBulk(store, body);
  const [operation, id] = rest;
  switch (`${method} ${['index', ...rest.map((part, at) => (at === 0 ? part : 'id'))].join('/')}`) {
    case 'HEAD index':
      return { status: store.indexes.has(index) ? 200 : 404 };
    case 'PUT index':
      return create(store, index, JSON.parse(body));
    case 'POST index/_doc':
      return add(store, index, JSON.parse(body));
    case 'PUT index/_doc/id':
    case 'POST index/_doc/id':
    case 'PUT index/_create/id':
    case 'POST index/_create/id':
      return refusal(400, 'illegal_argument_exception', NO_IDS);
    case 'DELETE index/_doc/id':
      return remove(store, index, id ?? '');
    case 'GET index/_search':
    case 'POST index/_search':
      return runSearch(store, index, JSON.parse(body));
    default:
      return refusal(404, 'illegal_argument_exception', `There is no ${method} ${operation ?? index} here.`);
  }
}

async function create(store: Store, index: string, body: unknown): Promise<Reply> {
  if (!/^[a-z0-9][a-z0-9_.-]{0,254}$/.test(index))
    return refusal(400, 'invalid_index_name_exception', `Invalid index name [${index}]`);
  if (store.indexes.has(index))
    return refusal(400, 'resource_already_exists_exception', `index [${index}] already exists`);
  const mapping = readMapping(body);
  if ('problem' in mapping) return refusal(400, 'mapper_parsing_exception', mapping.problem);
  await store.create(index, mapping);
  return { status: 200, body: { acknowledged: true, shards_acknowledged: true, index } };
}

async function add(store: Store, index: string, body: unknown): Promise<Reply> {
  const mapping = store.indexes.get(index)?.mapping;
  if (mapping === undefined) return noIndex(index);
  const document = readDocument(mapping, body);
  if ('problem' in document) return refusal(400, 'mapper_parsing_exception', document.problem);
  const id = randomBytes(15).toString('base64url');
  await store.add(index, { ...document, id });
  return { status: 201, body: { _index: index, _id: id, _version: 1, result: 'created' } };
}

async function remove(store: Store, index: string, id: string): Promise<Reply> {
  if (!store.indexes.has(index)) return noIndex(index);
  const removed = await store.remove(index, id);
  return {
    status: removed ? 200 : 404,
    body: { _index: index, _id: id, result: removed ? 'deleted' : 'not_found' },
  };
}
