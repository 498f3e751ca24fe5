import type { Kind, Pair } from './pair.ts';

/** A pair with the set it is of, the cosine of its two questions, whether what is literal in them is the same, and whether they are a few words apart. */
export type Scored = Pair & {
  readonly set: string;
  readonly score: number;
  readonly literal: boolean;
  readonly apart: boolean;
};

/** What tells pairs from each other: vectors alone, literals beside them, or what lies between them in words, too. */
export const filters = ['vectors', 'literals', 'words'] as const;
export type Filter = (typeof filters)[number];

/** What a threshold lets through: of the paraphrases as hits, of all others as wrong answers. */
export type Point = { readonly threshold: number } & Readonly<Record<Filter, Passed>>;
export type Passed = { readonly hits: number; readonly wrong: number };

/** Every threshold from 0.70 to 0.99, with what it lets through. */
export function curve(scored: readonly Scored[]): readonly Point[] {
  return Array.from({ length: 30 }, (_, at) => (70 + at) / 100).map((threshold) => ({
    threshold,
    vectors: passed(scored, threshold, 'vectors'),
    literals: passed(scored, threshold, 'literals'),
    words: passed(scored, threshold, 'words'),
  }));
}

function passed(scored: readonly Scored[], threshold: number, filter: Filter): Passed {
  const through = scored.filter((each) => passes(each, threshold, filter));
  const hits = through.filter(({ same }) => same).length;
  return { hits, wrong: through.length - hits };
}

/** Whether a question would get the other's answer. */
export const passes = ({ score, literal, apart }: Scored, threshold: number, filter: Filter): boolean =>
  score >= threshold && (filter === 'vectors' || literal) && (filter !== 'words' || !apart);

/** The lowest threshold of a curve at which no more than so many wrong answers are given; undefined where each gives more. */
export function suggestion(points: readonly Point[], filter: Filter, mostWrong: number): Point | undefined {
  // From above: a lower threshold never lets less through.
  const first = points.findLastIndex((point) => point[filter].wrong > mostWrong) + 1;
  return points[first];
}

/** How many paraphrases and others a set has, and what a threshold lets through of them. */
export type OfSet = { readonly set: string; readonly same: number; readonly others: number } & Readonly<
  Record<Filter, Passed>
>;

/** What a threshold lets through of each set, in the order in which they first come. */
export function bySet(scored: readonly Scored[], threshold: number): readonly OfSet[] {
  return [...new Set(scored.map(({ set }) => set))].map((set) => {
    const all = scored.filter((each) => each.set === set);
    const same = all.filter((each) => each.same).length;
    return {
      set,
      same,
      others: all.length - same,
      vectors: passed(all, threshold, 'vectors'),
      literals: passed(all, threshold, 'literals'),
      words: passed(all, threshold, 'words'),
    };
  });
}

/** How many pairs of each kind there are, how many a threshold lets through, and how near the nearest is. */
export type OfKind = { readonly kind: Kind; readonly same: boolean; readonly of: number } & Readonly<
  Record<Filter, { readonly through: number; readonly nearest: number | undefined }>
>;

/** What a threshold lets through of each kind, in the order in which they first come. */
export function byKind(scored: readonly Scored[], threshold: number): readonly OfKind[] {
  const kinds = [...new Set(scored.map(({ kind }) => kind))];
  return kinds.map((kind) => {
    const all = scored.filter((each) => each.kind === kind);
    const counted = (filter: Filter) => {
      const near = all.filter((each) => passes(each, -1, filter)).map(({ score }) => score);
      return {
        through: near.filter((score) => score >= threshold).length,
        nearest: near.length === 0 ? undefined : Math.max(...near),
      };
    };
    const same = all.some((each) => each.same);
    return {
      kind,
      same,
      of: all.length,
      vectors: counted('vectors'),
      literals: counted('literals'),
      words: counted('words'),
    };
  });
}

/** The cosine between two vectors; 0 where one of them has no length. */
export function cosine(one: readonly number[], other: readonly number[]): number {
  const dot = one.reduce((sum, value, at) => sum + value * (other[at] ?? 0), 0);
  const lengths = Math.hypot(...one) * Math.hypot(...other);
  return lengths === 0 ? 0 : dot / lengths;
}
