import type { CallLine } from '../aws/calls.ts';
import { dayOf } from './since.ts';

/** What some calls come to, in whole nano-dollars, milliseconds and tokens. */
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
  /** The scores of semantic hits, as far as they are on record. */
  scores: { count: number; total: number; lowest: number };
};

/** By what calls can be told apart. */
export const groups = ['feature', 'user', 'key', 'model', 'day'] as const;
export type Group = (typeof groups)[number];

/** What a tenant's calls come to, in all and by group. Calls that nobody named a feature or a user for are in no such group. */
export type Sums = {
  readonly all: Sum;
  abandoned: number;
  readonly by: Readonly<Record<Group, Map<string, Sum>>>;
};

const nothing = (): Sum => ({
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

export function openSums(timezone: string) {
  const sums: Sums = {
    all: nothing(),
    abandoned: 0,
    by: { feature: new Map(), user: new Map(), key: new Map(), model: new Map(), day: new Map() },
  };
  return {
    sums,
    add(call: CallLine): void {
      plus(sums.all, call);
      if (call.abandoned) sums.abandoned += 1;
      for (const group of groups) {
        const name = nameIn(group, call, timezone);
        if (name === undefined) continue;
        const sum = sums.by[group].get(name) ?? nothing();
        sums.by[group].set(name, sum);
        plus(sum, call);
      }
    },
  };
}

function nameIn(group: Group, call: CallLine, timezone: string): string | undefined {
  switch (group) {
    case 'feature':
      return call.feature;
    case 'user':
      return call.user;
    case 'key':
      return call.keyId;
    case 'model':
      return call.model;
    case 'day':
      return dayOf(call.at, timezone);
  }
}

function plus(sum: Sum, call: CallLine): void {
  sum.calls += 1;
  if (call.cache === 'miss') sum.cacheMisses += 1;
  if (call.cache === 'hit' || call.cache === 'semantic-hit') sum.cacheHits += 1;
  if (call.cache === 'semantic-hit') plusSemantic(sum, call.score);
  sum.costNanoUsd += call.nanoDollars;
  sum.cacheNanoUsd += call.searchNanoDollars;
  sum.savedNanoUsd += call.savedNanoDollars;
  sum.savedMs += call.savedMs;
  sum.promptTokens += call.promptTokens;
  sum.completionTokens += call.completionTokens;
  if (!Number.isSafeInteger(sum.costNanoUsd) || !Number.isSafeInteger(sum.savedNanoUsd))
    throw new Error('The sum is too large to be told exactly. Ask for a shorter time.');
}

function plusSemantic(sum: Sum, score: number | undefined): void {
  sum.semanticHits += 1;
  if (score === undefined) return;
  sum.scores.count += 1;
  sum.scores.total += score;
  sum.scores.lowest = Math.min(sum.scores.lowest, score);
}

/** A group’s sums: days in order of time, all else the dearest first. */
export function sorted(sums: Sums, group: Group): readonly (readonly [string, Sum])[] {
  const byName = [...sums.by[group]].sort(([one], [other]) => (one < other ? -1 : 1));
  return group === 'day' ? byName : byName.sort(([, one], [, other]) => other.costNanoUsd - one.costNanoUsd);
}

/** A sum as programs read it. */
export function toTold({ scores, ...sum }: Sum) {
  const { count, total, lowest } = scores;
  // As exact as scores are on record: fractions make a sum of many depend on their order.
  const semanticScore = count === 0 ? null : { lowest, mean: Math.round((total / count) * 10_000) / 10_000 };
  return { ...sum, semanticScore };
}
