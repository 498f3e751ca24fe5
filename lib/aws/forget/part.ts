import type { UserCalls } from './user-calls.ts';

/** Those who are forgotten, with what is known of them when it begins. */
export type Theirs =
  | { readonly by: 'tenant'; readonly tenant: string }
  | { readonly by: 'user'; readonly tenant: string; readonly user: string; readonly calls: UserCalls };

/** The kinds of things that are kept of somebody, in the order in which they go. */
export const things = ['captures', 'answers', 'repeats', 'vectors', 'calls', 'sums'] as const;
export type Thing = (typeof things)[number];

/** How many, of each kind of thing; a kind is left out where there is no place for it. */
export type Counts = { readonly [thing in Thing]?: number };

/** One place in which something is kept of them. Both tell again and again how far they are; what was told last is how many there were. */
export type Part = {
  readonly count: (theirs: Theirs) => AsyncIterable<Counts>;
  /** Forgets what there is. What was forgotten before, by a run that broke off, is no hindrance. */
  readonly forget: (theirs: Theirs) => AsyncIterable<Counts>;
};

/** Whether there is any of them. */
export const some = (counts: Counts): boolean => things.some((thing) => (counts[thing] ?? 0) > 0);
