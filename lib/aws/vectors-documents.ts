import '../schema.ts';
import * as z from 'zod/mini';
import type { Placed, Sought } from '../recall.ts';

/** The nearest of all may be one whose answer will not do, and the next one's will. */
const MOST_NEAR = 5;

/** A vector as a document: all that must be the same is a word of its own. */
export const toDocument = ({
  vector,
  tenant,
  keyId,
  model,
  shape,
  key,
  source,
  expiresAt,
  words,
}: Sought & Placed) => ({
  vector,
  tenant,
  sharer: toSharer(keyId),
  model,
  shape,
  key,
  source,
  expiresAt,
  words: words.join(' '),
});

/** Who shares answers within a tenant, as a word that no id of a key is. */
const toSharer = (keyId: string | undefined): string => (keyId === undefined ? 'all' : `key#${keyId}`);

/**
 * The search for the nearest. What must be the same stands inside the clause that searches, so that others are no
 * candidates: outside it would only sift what was found, and the nearest of all may be a stranger's.
 * https://docs.opensearch.org/latest/vector-search/filter-search-knn/efficient-knn-filtering/
 */
export function nearestTo({ vector, tenant, keyId, model, shape }: Sought, now: number) {
  const alike = [
    { term: { tenant } },
    { term: { sharer: toSharer(keyId) } },
    { term: { model } },
    { term: { shape } },
    { range: { expiresAt: { gt: now } } },
  ];
  const knn = { vector: { vector: [...vector], k: MOST_NEAR, filter: { bool: { filter: alike } } } };
  return { size: MOST_NEAR, _source: ['key', 'words'], query: { knn } };
}

/** Those that are over. */
export const expired = (now: number) => ({ range: { expiresAt: { lte: now } } });

/**
 * The cosine behind a score: vectors have length one, so it is their inner product.
 * https://docs.opensearch.org/latest/mappings/supported-field-types/knn-spaces/
 */
export function toCosine(score: number): number {
  const product = score >= 1 ? score - 1 : 1 - 1 / score;
  return Math.max(-1, Math.min(1, product)); // it is counted in 32 bits
}

/** A document that was found. */
export type Hit = {
  readonly id: string;
  readonly score: number;
  /** Empty where the search did not ask for it. */
  readonly key: string;
  readonly words: readonly string[];
};

/** What a search found. Throws for what is no answer to one. */
export const fromHits = (body: unknown): readonly Hit[] =>
  found.parse(body).hits.hits.map(({ _id, _score, _source }) => ({
    id: _id,
    score: _score ?? 0,
    key: _source?.key ?? '',
    words: _source?.words ? _source.words.split(' ') : [],
  }));

const found = z.object({
  hits: z.object({
    hits: z.array(
      z.object({
        _id: z.string(),
        _score: z.nullish(z.number()),
        _source: z.optional(z.object({ key: z.optional(z.string()), words: z.optional(z.string()) })),
      }),
    ),
  }),
});

/** Whether there is no such index. */
export const isMissing = (body: unknown): boolean => refusalOf(body) === 'index_not_found_exception';

/** The name of a refusal, where the body is one. */
export function refusalOf(body: unknown): string | undefined {
  const { success, data } = refused.safeParse(body);
  return success ? data.error.type : undefined;
}

const refused = z.object({ error: z.object({ type: z.string() }) });
