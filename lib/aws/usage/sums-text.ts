import '../../schema.ts';
import * as z from 'zod/mini';
import { quarterName } from './quarter.ts';
import { counts, type Name, names, nothing, type Sum, type Sums } from './sums.ts';

/**
 * Sums as text. What is alike stands together, a list for each number of all names, which compresses best; and names,
 * which are foreign words, are never names of properties.
 */
export function toText({ all, abandoned, by, quarters, first, last }: Sums): string {
  const none = all.calls === 0;
  const named = Object.fromEntries(names.map((name) => [name, toColumns([...by[name]])]));
  const inTime = toColumns([...quarters].map(([quarter, sum]) => [quarterName(quarter), sum]));
  return JSON.stringify({ abandoned, ...(none ? {} : { first, last }), all: toColumns([['', all]]), inTime, ...named });
}

/** Sums from their text, which stand in an item that is kept so long. Throws for a text that is none. */
export function fromText(text: string, keptUntil: number): Sums {
  const { abandoned, first, last, all, inTime, ...named } = written.parse(JSON.parse(text));
  const map = (name: Name) => new Map(fromColumns(named[name]));
  return {
    all: fromColumns(all)[0]?.[1] ?? nothing(),
    abandoned,
    by: { feature: map('feature'), user: map('user'), key: map('key'), model: map('model') },
    quarters: new Map(fromColumns(inTime).map(([quarter, sum]) => [Date.parse(quarter), sum])),
    first: first ?? Number.POSITIVE_INFINITY,
    last: last ?? Number.NEGATIVE_INFINITY,
    keptUntil,
  };
}

const column = z.array(z.number());
const columns = z.object({
  names: z.array(z.string()),
  calls: column,
  cacheHits: column,
  semanticHits: column,
  cacheMisses: column,
  costNanoUsd: column,
  cacheNanoUsd: column,
  savedNanoUsd: column,
  savedMs: column,
  promptTokens: column,
  completionTokens: column,
  scores: column,
  scoresTotal: column,
  /** 0 where there are no scores. */
  scoresLowest: column,
});
type Columns = z.infer<typeof columns>;
const written = z.object({
  abandoned: z.int(),
  first: z.optional(z.number()),
  last: z.optional(z.number()),
  all: columns,
  inTime: columns,
  feature: columns,
  user: columns,
  key: columns,
  model: columns,
});

function toColumns(named: readonly (readonly [string, Sum])[]): Columns {
  const of = (pick: (sum: Sum) => number) => named.map(([, sum]) => pick(sum));
  return {
    names: named.map(([name]) => name),
    calls: of((sum) => sum.calls),
    cacheHits: of((sum) => sum.cacheHits),
    semanticHits: of((sum) => sum.semanticHits),
    cacheMisses: of((sum) => sum.cacheMisses),
    costNanoUsd: of((sum) => sum.costNanoUsd),
    cacheNanoUsd: of((sum) => sum.cacheNanoUsd),
    savedNanoUsd: of((sum) => sum.savedNanoUsd),
    savedMs: of((sum) => sum.savedMs),
    promptTokens: of((sum) => sum.promptTokens),
    completionTokens: of((sum) => sum.completionTokens),
    scores: of(({ scores }) => scores.count),
    scoresTotal: of(({ scores }) => scores.total),
    scoresLowest: of(({ scores }) => (scores.count === 0 ? 0 : scores.lowest)),
  };
}

function fromColumns({ names, ...columns }: Columns): readonly (readonly [string, Sum])[] {
  return names.map((name, row) => {
    const sum = nothing();
    for (const count of counts) sum[count] = at(columns[count], row);
    const count = at(columns.scores, row);
    if (count > 0) sum.scores = { count, total: at(columns.scoresTotal, row), lowest: at(columns.scoresLowest, row) };
    return [name, sum];
  });
}

function at(column: readonly number[], row: number): number {
  const value = column[row];
  if (value === undefined) throw new Error('A sum has no number.');
  return value;
}
