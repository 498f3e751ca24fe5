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

/** All indexes of this house. */
export const ALL_INDEXES = 'answers-*';

/** The search for a tenant's that are over no sooner than a moment, in the order of that. */
export const ofTenant = (tenant: string, since: number, size: number) => ({
  size,
  _source: ['expiresAt'],
  query: { bool: { filter: [{ term: { tenant } }, { range: { expiresAt: { gte: since } } }] } },
  sort: [{ expiresAt: 'asc' as const }],
});

/** The search for those of a tenant's whose answers some calls made. */
export const ofSources = (tenant: string, sources: readonly string[], size: number) => ({
  size,
  _source: false,
  query: { bool: { filter: [{ term: { tenant } }, { terms: { source: [...sources] } }] } },
});

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
  readonly index: string;
  readonly id: string;
  readonly score: number;
  /** Empty, or 0, where the search did not ask for it. */
  readonly key: string;
  readonly words: readonly string[];
  readonly expiresAt: number;
};

/** What a search found. Throws for what is no answer to one. */
export const fromHits = (body: unknown): readonly Hit[] =>
  found.parse(body).hits.hits.map(({ _index, _id, _score, _source }) => ({
    index: _index,
    id: _id,
    score: _score ?? 0,
    key: _source?.key ?? '',
    words: _source?.words ? _source.words.split(' ') : [],
    expiresAt: _source?.expiresAt ?? 0,
  }));

const found = z.object({
  hits: z.object({
    hits: z.array(
      z.object({
        _index: z.string(),
        _id: z.string(),
        _score: z.nullish(z.number()),
        _source: z.optional(
          z.object({
            key: z.optional(z.string()),
            words: z.optional(z.string()),
            expiresAt: z.optional(z.number()),
          }),
        ),
      }),
    ),
  }),
});

/** How many were deleted of those that were to be; what was gone before is not counted. Throws where one could not be. */
export function fromDeletions(body: unknown): number {
  const outcomes = deletions.parse(body).items.map((item) => item.delete);
  const failed = outcomes.find(({ status }) => status !== 200 && status !== 404);
  if (failed !== undefined) throw new Error(`A vector could not be deleted (${failed.error?.type ?? failed.status}).`);
  return outcomes.filter(({ status }) => status === 200).length;
}

const deletions = z.object({
  items: z.array(
    z.object({ delete: z.object({ status: z.int(), error: z.optional(z.object({ type: z.string() })) }) }),
  ),
});

/** Whether there is no such index. */
export const isMissing = (body: unknown): boolean => refusalOf(body) === 'index_not_found_exception';

/** The name of a refusal, where the body is one. */
export function refusalOf(body: unknown): string | undefined {
  const { success, data } = refused.safeParse(body);
  return success ? data.error.type : undefined;
}

const refused = z.object({ error: z.object({ type: z.string() }) });
