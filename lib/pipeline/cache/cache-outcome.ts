import type { CacheRecord, CacheWord, Given } from '../../recall.ts';
import type { Bill } from '../../world.ts';
import type { Caching } from './caching.ts';
import type { NoSimilar } from './similar.ts';

/** Why a cache that may answer did not: it is away or slow, its caller wants none, its budgets have nothing left for the search, there is nothing to search by, or what was found only looks the same. */
export type Reason = 'unavailable' | 'late' | 'no-cache' | 'budget' | 'no-vectors' | 'few-words-apart' | NoSimilar;

/** What was asked on the way to an answer: the model, and what it comes to. */
type Asked = { readonly model: () => string | undefined; readonly bill: () => Bill };

/** What the cache does for a visit, as far as it is known. */
export type CacheOutcome = ReturnType<typeof openOutcome>;

export function openOutcome(caching: Caching) {
  let given: Given | undefined;
  let nearest: number | undefined;
  let embedding: Asked | undefined;
  let pending: Promise<unknown> = Promise.resolve();
  let reason: string | undefined = caching.mode === 'off' ? caching.reason : undefined;
  const word = (): CacheWord => given?.from ?? (caching.mode === 'off' ? 'off' : 'miss');
  const score = () => (nearest === undefined ? undefined : rounded(nearest));

  return {
    /** The answer was found. */
    hit(found: Given): void {
      given = found;
      nearest = found.score;
      reason = undefined;
    },

    /** So near is the nearest question. */
    scored(score: number): void {
      nearest = score;
    },

    /** The vector of the question is asked for, on this account. */
    asks(account: Asked): void {
      embedding = account;
    },

    /** Some of it may come only when nobody waits for it any more. */
    awaits(work: Promise<unknown>): void {
      pending = work.catch(() => {});
    },

    /** Resolves once it is known what it comes to. */
    settled: async (): Promise<void> => void (await pending),

    /** What the search comes to. */
    bill: (): Bill | undefined => embedding?.bill(),

    /** The cache could do nothing, and why. */
    missed(why: Reason): void {
      reason = why;
    },

    word,

    /** What the caller is told: `hit`, `semantic-hit; score=0.97`, `miss; reason=late`; and how old the answer is, in seconds. */
    headers(now: number): Record<string, string> {
      const more = [
        score() !== undefined && `score=${score()}`,
        given?.from === 'semantic-hit' && `source=${given.source}`,
        reason !== undefined && `reason=${reason}`,
      ].filter(Boolean);
      return {
        'x-sluice-cache': [word(), ...more].join('; '),
        ...(given && { age: String(Math.max(0, Math.floor((now - given.askedAt) / 1000))) }),
      };
    },

    /** What is recorded; nothing is saved by an answer that failed. */
    record(failed: boolean): CacheRecord {
      const saved = failed ? undefined : given?.saved();
      const cacheScore = score();
      return {
        cache: word(),
        ...(reason !== undefined && { cacheReason: reason }),
        ...(caching.mode !== 'off' && { cacheKey: given?.key ?? caching.question.key }),
        ...(given && { cacheSource: given.source }),
        ...(cacheScore !== undefined && { cacheScore }),
        ...(embedding && { cacheEmbedder: embedding.model(), cacheNanoUsd: embedding.bill().nanoDollars }),
        ...(saved && { savedNanoUsd: saved.nanoDollars, savedMs: Math.round(saved.ms) }),
      };
    },
  };
}

const rounded = (score: number): number => Math.round(score * 10_000) / 10_000;
