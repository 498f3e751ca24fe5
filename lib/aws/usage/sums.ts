import type { CountedCall } from '../counted-call.ts';
import { quarterOf } from './quarter.ts';

/**
 * What some calls come to, in whole nano-dollars, milliseconds and tokens. A number more, here or in `Sums`, needs another
 * `VERSION` of summaries: those that are there do not tell it, and are summed up anew.
 */
export type Sum = {
  calls: number;
  cacheHits: number;
  /** Those of them that were another question's answers. */
  semanticHits: number;
  cacheMisses: number;
  costNanoUsd: number;
  /** What looking for similar questions cost; it is part of what all cost. */
  cacheNanoUsd: number;
  savedNanoUsd: number;
  savedMs: number;
  promptTokens: number;
  completionTokens: number;
  /** The scores of semantic hits, as far as they are on record; their total in ten-thousandths, as exact as they are. */
  scores: { count: number; total: number; lowest: number };
};

/** The numbers of a sum that are added up as they are. */
export const counts = [
  'calls',
  'cacheHits',
  'semanticHits',
  'cacheMisses',
  'costNanoUsd',
  'cacheNanoUsd',
  'savedNanoUsd',
  'savedMs',
  'promptTokens',
  'completionTokens',
] as const satisfies readonly (keyof Sum)[];

/** By what calls are told apart wherever they are summed up. */
export const names = ['feature', 'user', 'key', 'model'] as const;
export type Name = (typeof names)[number];

/** What a tenant's calls come to. Sums of two lots of calls, merged, are the sums of both, to the last nano-dollar. */
export type Sums = {
  readonly all: Sum;
  abandoned: number;
  /** Calls that nobody named a feature or a user for are in no such group. */
  readonly by: Readonly<Record<Name, Map<string, Sum>>>;
  /** By the quarter of an hour they were at, by UTC, of which the days of every time zone are made. */
  readonly quarters: Map<number, Sum>;
  /** When the first and the last of them were, in epoch milliseconds. */
  first: number;
  last: number;
  /** Until when the last of them is kept, in seconds since 1970. */
  keptUntil: number;
};

export const nothing = (): Sum => ({
  calls: 0,
  cacheHits: 0,
  semanticHits: 0,
  cacheMisses: 0,
  costNanoUsd: 0,
  cacheNanoUsd: 0,
  savedNanoUsd: 0,
  savedMs: 0,
  promptTokens: 0,
  completionTokens: 0,
  scores: { count: 0, total: 0, lowest: Number.POSITIVE_INFINITY },
});

/** The sums of no calls. */
export const noSums = (): Sums => ({
  all: nothing(),
  abandoned: 0,
  by: { feature: new Map(), user: new Map(), key: new Map(), model: new Map() },
  quarters: new Map(),
  first: Number.POSITIVE_INFINITY,
  last: Number.NEGATIVE_INFINITY,
  keptUntil: 0,
});

/** Adds a call to sums. Throws where they become too large to be exact. */
export function add(sums: Sums, call: CountedCall): void {
  const one = toSum(call);
  plus(sums.all, one);
  if (call.abandoned) sums.abandoned += 1;
  for (const name of names) {
    const its = nameIn(name, call);
    if (its !== undefined) plus(sumOf(sums.by[name], its), one);
  }
  plus(sumOf(sums.quarters, quarterOf(call.at)), one);
  sums.first = Math.min(sums.first, call.at);
  sums.last = Math.max(sums.last, call.at);
  sums.keptUntil = Math.max(sums.keptUntil, call.keptUntil);
}

/** Adds other sums to sums. Throws where they become too large to be exact. */
export function merge(sums: Sums, other: Sums): void {
  plus(sums.all, other.all);
  sums.abandoned += other.abandoned;
  for (const name of names) for (const [its, sum] of other.by[name]) plus(sumOf(sums.by[name], its), sum);
  for (const [quarter, sum] of other.quarters) plus(sumOf(sums.quarters, quarter), sum);
  sums.first = Math.min(sums.first, other.first);
  sums.last = Math.max(sums.last, other.last);
  // What is kept of no calls says nothing of how long the others are.
  if (other.all.calls > 0) sums.keptUntil = Math.max(sums.keptUntil, other.keptUntil);
}

/** Adds a sum to a sum. */
export function plus(sum: Sum, other: Sum): void {
  sum.calls += other.calls;
  sum.cacheHits += other.cacheHits;
  sum.semanticHits += other.semanticHits;
  sum.cacheMisses += other.cacheMisses;
  sum.costNanoUsd += other.costNanoUsd;
  sum.cacheNanoUsd += other.cacheNanoUsd;
  sum.savedNanoUsd += other.savedNanoUsd;
  sum.savedMs += other.savedMs;
  sum.promptTokens += other.promptTokens;
  sum.completionTokens += other.completionTokens;
  sum.scores.count += other.scores.count;
  sum.scores.total += other.scores.total;
  sum.scores.lowest = Math.min(sum.scores.lowest, other.scores.lowest);
  if (!Number.isSafeInteger(sum.costNanoUsd) || !Number.isSafeInteger(sum.savedNanoUsd))
    throw new Error('The sum is too large to be told exactly. Ask for a shorter time.');
}

/** The sum of a name, which begins with nothing. */
export function sumOf<Key>(sums: Map<Key, Sum>, key: Key): Sum {
  const known = sums.get(key);
  if (known !== undefined) return known;
  const sum = nothing();
  sums.set(key, sum);
  return sum;
}

function nameIn(name: Name, call: CountedCall): string | undefined {
  switch (name) {
    case 'feature':
      return call.feature;
    case 'user':
      return call.user;
    case 'key':
      return call.keyId;
    case 'model':
      return call.model;
  }
}

function toSum(call: CountedCall): Sum {
  const semantic = call.cache === 'semantic-hit';
  return {
    calls: 1,
    cacheHits: semantic || call.cache === 'hit' ? 1 : 0,
    semanticHits: semantic ? 1 : 0,
    cacheMisses: call.cache === 'miss' ? 1 : 0,
    costNanoUsd: call.nanoDollars,
    cacheNanoUsd: call.searchNanoDollars,
    savedNanoUsd: call.savedNanoDollars,
    savedMs: call.savedMs,
    promptTokens: call.promptTokens,
    completionTokens: call.completionTokens,
    scores: semantic && call.score !== undefined ? scored(call.score) : nothing().scores,
  };
}

const scored = (score: number): Sum['scores'] => ({ count: 1, total: Math.round(score * 10_000), lowest: score });
