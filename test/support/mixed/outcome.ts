import { chance } from '../chance.ts';

/** What may become of a request at a provider. */
export const outcomes = [
  'answers',
  'thinks and says nothing',
  'begins late',
  'counts nothing',
  'is cut',
  'is cut when it has counted',
  'says what cannot be read',
  'begins with what cannot be read',
  'fails in its answer',
  'begins with an error',
  'gives an empty body',
  'resets',
  'says 400',
  'says 429',
  'says 500',
  'says 503',
  'keeps silent',
  'stops in its answer',
  'waits for its reader to leave',
] as const;
export type Outcome = (typeof outcomes)[number];

/** Of a thousand requests, how many end so; all the others are answered. */
const odds: readonly (readonly [outcome: Outcome, ofThousand: number])[] = [
  ['thinks and says nothing', 15],
  ['begins late', 40],
  ['counts nothing', 20],
  ['is cut', 30],
  ['is cut when it has counted', 25],
  ['says what cannot be read', 20],
  ['begins with what cannot be read', 15],
  ['fails in its answer', 25],
  ['begins with an error', 20],
  ['gives an empty body', 15],
  ['resets', 25],
  ['says 400', 12],
  ['says 429', 25],
  ['says 500', 25],
  ['says 503', 25],
];

/** What becomes of a request that draws this lot, from 0 up to 1. */
export function drawn(lot: number): Outcome {
  let left = lot * 1000;
  for (const [outcome, ofThousand] of odds) {
    left -= ofThousand;
    if (left < 0) return outcome;
  }
  return 'answers';
}

/** The dice of the request that is the so-manieth for a question: the same in every run, whatever overtakes what. */
export const diceFor = (seed: number, question: number, turn: number): (() => number) =>
  chance(seed + question * 31 + turn * 1_000_003);
