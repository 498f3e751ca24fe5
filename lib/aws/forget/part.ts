import type { UserCalls } from './user-calls.ts';

/** Those who are forgotten, with what is known of them when it begins. */
export type Theirs =
  | { readonly by: 'tenant'; readonly tenant: string }
  | { readonly by: 'user'; readonly tenant: string; readonly user: string; readonly calls: UserCalls };

/** How many, of each kind of thing. */
export type Counts = Readonly<Record<string, number>>;

/** One place in which something is kept of them. Both tell again and again how far they are; what was told last is how many there were. */
export type Part = {
  /** Left out where only forgetting tells. */
  readonly count?: (theirs: Theirs) => AsyncIterable<Counts>;
  /** Forgets what there is. What was forgotten before, by a run that broke off, is no hindrance. */
  readonly forget: (theirs: Theirs) => AsyncIterable<Counts>;
};
