import type { TimeLimits } from './clocks.ts';
import type { Ask, Asked } from './parse.ts';
import type { Step } from './plan.ts';

/** Usual for a model that shows what it does, as long as another target could answer instead. */
const FIRST_TOKEN_MS = 30_000;
/** A long prompt takes its time to be read: a second for each hundred kilobytes. */
const BYTES_A_MS = 100;
/** Usual for one that thinks unseen, and where nobody else could answer: waiting is then better than asking again. */
const LONG_FIRST_TOKEN_MS = 300_000;
/** Longer than a model is silent while it writes the arguments of a tool. */
const BETWEEN_TOKENS_MS = 120_000;

/** A target that is tried after a rest is given no longer than the next may have to wait for its turn. */
const TRIAL_MS = 10_000;

/** What an upstream call is like, as far as its time depends on it. */
export type Upcoming = {
  readonly ask: Ask<Asked>;
  /** Whether another target could answer instead. */
  readonly followed: boolean;
  /** Whether the provider shows its answer while it writes it. */
  readonly streams: boolean;
  readonly sentBytes: number;
  /** What is left of the time for the whole call. */
  readonly leftMs: number;
  /** Whether the call tries a target that rested. */
  readonly trial: boolean;
};

/** How long one upstream call may take: as its caller and its route say, else as is usual. */
export function timeLimitsOf({ target, timeouts }: Step, upcoming: Upcoming): TimeLimits {
  const { ask, followed, streams, sentBytes, leftMs, trial } = upcoming;
  const short = followed && !target.thinksUnseen;
  const brisk = (trial ? TRIAL_MS : FIRST_TOKEN_MS) + sentBytes / BYTES_A_MS;
  // Half of what is left is for the next: a caller with less patience than us must not wait in vain each time.
  const usual = short ? Math.min(brisk, leftMs / 2) : LONG_FIRST_TOKEN_MS;
  // A whole answer begins when all of it is written.
  const whole = followed ? LONG_FIRST_TOKEN_MS : Number.POSITIVE_INFINITY;
  const ours = timeouts.firstTokenMs ?? (streams ? usual : whole);
  const firstTokenMs = Math.min(ours, ask.firstTokenMs ?? Number.POSITIVE_INFINITY);
  return {
    firstTokenMs: Number.isFinite(firstTokenMs) ? firstTokenMs : undefined,
    betweenTokensMs: timeouts.betweenTokensMs ?? BETWEEN_TOKENS_MS,
    callMs: timeouts.callMs,
  };
}
