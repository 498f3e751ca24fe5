import type { CacheRecord, CacheWord, Given } from '../recall.ts';
import type { Caching } from './caching.ts';

/** Why a cache that may answer did not, or may not: the temperature, a table that is away, a search that took too long. */
export type Reason = 'temperature' | 'unavailable' | 'late' | 'no-cache';

/** What the cache does for a visit, as far as it is known. */
export type CacheOutcome = ReturnType<typeof openOutcome>;

export function openOutcome(caching: Caching) {
  let given: Given | undefined;
  let reason: string | undefined = caching.mode === 'off' ? caching.reason : undefined;
  const word = (): CacheWord => given?.from ?? (caching.mode === 'off' ? 'off' : 'miss');
  const score = () => (given?.score === undefined ? undefined : rounded(given.score));

  return {
    /** The answer was found. */
    hit(found: Given): void {
      given = found;
      reason = undefined;
    },

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

    record(): CacheRecord {
      const saved = given?.saved();
      const cacheScore = score();
      return {
        cache: word(),
        ...(reason !== undefined && { cacheReason: reason }),
        ...(caching.mode !== 'off' && { cacheKey: given?.key ?? caching.question.key }),
        ...(given && { cacheSource: given.source }),
        ...(cacheScore !== undefined && { cacheScore }),
        ...(saved && { savedNanoUsd: saved.nanoDollars, savedMs: Math.round(saved.ms) }),
      };
    },
  };
}

const rounded = (score: number): number => Math.round(score * 10_000) / 10_000;
