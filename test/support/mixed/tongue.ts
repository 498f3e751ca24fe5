import type { Counts } from './tariff.ts';

/** An answer as its provider means to give it. */
export type Meant = {
  readonly model: string;
  readonly words: readonly string[];
  readonly counts: Counts;
  /** False where nothing of that is told. */
  readonly counted: boolean;
  /** How the call is served, where its provider has more than one way. */
  readonly service?: string;
};

/** How a provider writes an answer, part by part. */
export type Tongue = {
  readonly type: string;
  /** All that comes before the first word. */
  readonly opening: (meant: Meant) => string;
  /** One word, which is the so-manieth. */
  readonly word: (word: string, meant: Meant, place: number) => string;
  /** Says why the answer ends and what it came to. */
  readonly finish: (meant: Meant) => string;
  readonly ending: string;
  readonly malformed: string;
  /** An error within the answer. */
  readonly failing: string;
  readonly refusal: (status: number) => string;
  /** True where each word comes with what is counted so far. */
  readonly countsAlong?: true;
  /** True where an answer is one piece: nothing of it counts before all of it is there. */
  readonly whole?: true;
};

/** What is counted of an answer when so many of its words are said. */
export const soFar = ({ counts }: Meant, words: number): Counts => ({ ...counts, said: Math.min(words, counts.said) });
