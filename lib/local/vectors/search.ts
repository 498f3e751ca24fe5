import * as z from 'zod/mini';
import { noIndex, type Reply, refusal } from './reply.ts';
import { type Filter, matching, type Search, search } from './search-request.ts';
import type { Document, Index, Store } from './store.ts';

type Hit = { readonly index: string; readonly document: Document; readonly score: number | null };

/** Finds the nearest among those that match a filter, or all that do. Every vector is looked at: there is no nearer one. */
export function runSearch(store: Store, name: string, body: unknown): Reply {
  const { data, error } = search.safeParse(body);
  if (data === undefined) return refusal(400, 'parsing_exception', z.prettifyError(error));
  if (name.endsWith('*')) return runWide(store, name.slice(0, -1), data);
  const index = store.indexes.get(name);
  if (index === undefined) return noIndex(name);
  const hits = hitsOf(name, index, data.query);
  if ('problem' in hits) return refusal(400, 'illegal_argument_exception', `failed to create query: ${hits.problem}`);
  return found(hits, data);
}

/** Finds in all indexes whose names begin alike; in none, where there are none. */
function runWide(store: Store, start: string, { query, ...asked }: Search): Reply {
  if (!('bool' in query)) return refusal(400, 'illegal_argument_exception', 'Vectors of two indexes are not alike.');
  const named = [...store.indexes].filter(([name]) => name.startsWith(start));
  return found(
    named.flatMap(([name, { documents }]) => unscored(name, documents, query)),
    asked,
  );
}

const found = (hits: readonly Hit[], asked: Pick<Search, 'size' | '_source' | 'sort'>): Reply => ({
  status: 200,
  body: { took: 0, timed_out: false, hits: { hits: shown(hits, asked) } },
});

function hitsOf(
  name: string,
  { mapping, documents }: Index,
  query: Search['query'],
): readonly Hit[] | { problem: string } {
  if ('bool' in query) return unscored(name, documents, query);
  const [field = '', knn] = Object.entries(query.knn)[0] ?? [];
  if (knn === undefined || field !== mapping.vector) return { problem: `Field '${field}' is not knn_vector type.` };
  const { dimension } = mapping;
  if (knn.vector.length !== dimension)
    return { problem: `Query vector has invalid dimension: ${knn.vector.length}. Dimension should be: ${dimension}` };
  const sought = Float32Array.from(knn.vector);
  return matched(documents, knn.filter)
    .map((document) => ({ index: name, document, score: toScore(product(sought, document.vector)) }))
    .sort((one, other) => other.score - one.score)
    .slice(0, knn.k);
}

const unscored = (index: string, documents: Index['documents'], query: Filter): readonly Hit[] =>
  matched(documents, query).map((document) => ({ index, document, score: null }));

const matched = (documents: Index['documents'], { bool }: Filter): readonly Document[] =>
  [...documents.values()].filter(({ fields }) => bool.filter.every((clause) => matching(clause, fields)));

function product(one: Float32Array, other: Float32Array): number {
  let sum = 0;
  // By hand: it is done for every vector there is, and reduce takes five times as long.
  for (let at = 0; at < one.length; at++) sum += (one[at] ?? 0) * (other[at] ?? 0);
  return sum;
}

/** An inner product as the score it has there, in 32 bits: never below zero, whatever is counted. */
const toScore = (inner: number): number => Math.fround(inner >= 0 ? 1 + inner : 1 / (1 - inner));

const shown = (hits: readonly Hit[], { size, _source, sort }: Pick<Search, 'size' | '_source' | 'sort'>) =>
  sorted(hits, sort)
    .slice(0, size)
    .map(({ index, document, score }) => ({
      _index: index,
      _id: document.id,
      _score: score,
      ...(_source !== false && { _source: picked(document.fields, _source) }),
    }));

/** By a field's number, where that is asked. */
function sorted(hits: readonly Hit[], [sort]: Search['sort'] = [{}]): readonly Hit[] {
  const [field] = Object.keys(sort);
  if (field === undefined) return hits;
  const of = ({ document }: Hit): number => Number(document.fields[field]);
  return [...hits].sort((one, other) => of(one) - of(other));
}

const picked = (fields: Document['fields'], names: readonly string[]) =>
  Object.fromEntries(Object.entries(fields).filter(([name]) => names.includes(name)));
