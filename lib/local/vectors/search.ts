import * as z from 'zod/mini';
import { noIndex, type Reply, refusal } from './reply.ts';
import { type Filter, matching, type Search, search } from './search-request.ts';
import type { Document, Index, Store } from './store.ts';

type Hit = { readonly index: string; readonly document: Document; readonly score: number | null };

/** Finds the nearest among those that match a filter, or all that do. Every vector is looked at: there is no nearer one. */
export function runSearch(store: Store, name: string, body: unknown): Reply {
  const { data, error } = search.safeParse(body);
  if (data === undefined) return refusal(400, 'parsing_exception', z.prettifyError(error));
  const indexes = [...store.indexes].filter(([index]) => named(index, name));
  if (indexes.length === 0 && !name.includes('*')) return noIndex(name);
  const found = indexes.map(([index, content]) => hitsOf(index, content, data.query));
  const problem = found.find((hits) => 'problem' in hits);
  if (problem !== undefined && 'problem' in problem)
    return refusal(400, 'illegal_argument_exception', `failed to create query: ${problem.problem}`);
  const hits = found.flatMap((each) => ('problem' in each ? [] : each));
  return { status: 200, body: { took: 0, timed_out: false, hits: { hits: shown(hits, data) } } };
}

const named = (index: string, pattern: string): boolean =>
  pattern.endsWith('*') ? index.startsWith(pattern.slice(0, -1)) : index === pattern;

function hitsOf(
  index: string,
  { mapping, documents }: Index,
  query: Search['query'],
): readonly Hit[] | { problem: string } {
  if ('bool' in query) return matched(documents, query).map((document) => ({ index, document, score: null }));
  const [field = '', knn] = Object.entries(query.knn)[0] ?? [];
  if (knn === undefined || field !== mapping.vector) return { problem: `Field '${field}' is not knn_vector type.` };
  const { dimension } = mapping;
  if (knn.vector.length !== dimension)
    return { problem: `Query vector has invalid dimension: ${knn.vector.length}. Dimension should be: ${dimension}` };
  const sought = Float32Array.from(knn.vector);
  return matched(documents, knn.filter)
    .map((document) => ({ index, document, score: toScore(product(sought, document.vector)) }))
    .sort((one, other) => other.score - one.score)
    .slice(0, knn.k);
}

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

function shown(hits: readonly Hit[], { size, sort, search_after, _source }: Search) {
  const order = ({ document }: Hit) => (sort ?? []).map((field) => document.fields[field] ?? '');
  const sorted =
    sort === undefined ? hits.toSorted(byScore) : hits.toSorted((one, other) => compared(order(one), order(other)));
  const after = search_after === undefined ? sorted : sorted.filter((hit) => compared(order(hit), search_after) > 0);
  return after.slice(0, size).map((hit) => ({
    _index: hit.index,
    _id: hit.document.id,
    _score: hit.score,
    ...(_source !== false && { _source: picked(hit.document.fields, _source) }),
    ...(sort !== undefined && { sort: order(hit) }),
  }));
}

const byScore = (one: Hit, other: Hit): number => (other.score ?? 0) - (one.score ?? 0);

function compared(one: readonly (string | number)[], other: readonly (string | number)[]): number {
  for (const [at, value] of one.entries()) {
    const against = other[at] ?? '';
    if (value !== against) return value < against ? -1 : 1;
  }
  return 0;
}

const picked = (fields: Document['fields'], names: readonly string[]) =>
  Object.fromEntries(Object.entries(fields).filter(([name]) => names.includes(name)));
