import type { Ended } from '../cooldowns.ts';

/** How the latest calls of a target ended, the oldest first. */
export type Health = readonly { readonly at: number; readonly well: boolean }[];

/** A time in which a target is left alone. */
export type Rest = {
  /** Epoch milliseconds. After it, one caller tries for all. */
  readonly until: number;
  /** How often in a row it had to rest: each time longer. */
  readonly level: number;
};

/** What a target did longer ago says nothing of it now. */
const REMEMBERED_MS = 60_000;
const MOST_REMEMBERED = 10;
/** So many failures, and as many as answers, are no accident. */
const LEAST_FAILURES = 3;

const FIRST_REST_MS = 10_000;
/** One that fails for the moment is tried again soon: its return is worth more than a failure that another target mends. */
const LONGEST_REST_MS = 30_000;
/** A refused key or a model that is not there waits for a person. */
const LONGEST_BROKEN_MS = 300_000;
/** Of what a target asks for by itself. */
const LONGEST_ASKED_MS = 60_000;
/** How long the one who tries may take before another may. */
const TRIAL_MS = 10_000;

/** The health of a target after one more call. */
export function after(health: Health, well: boolean, now: number): Health {
  const recent = health.filter(({ at }) => at > now - REMEMBERED_MS);
  return [...recent, { at: now, well }].slice(-MOST_REMEMBERED);
}

/** Whether a target fails so often that it should be left alone. */
export function failing(health: Health): boolean {
  const failures = health.filter(({ well }) => !well).length;
  return failures >= LEAST_FAILURES && 2 * failures >= health.length;
}

/** The rest a target takes after a call that failed, longer than the one before it. */
export function restAfter({ as, restMs = 0 }: Ended, before: Rest | undefined, now: number): Rest {
  const level = (before?.level ?? 0) + 1;
  const longest = as === 'broken' ? LONGEST_BROKEN_MS : LONGEST_REST_MS;
  const ms = Math.min(FIRST_REST_MS * 2 ** (level - 1), longest);
  return { until: now + Math.max(ms, Math.min(restMs, LONGEST_ASKED_MS)), level };
}

/** The rest during which one caller tries a target for all. */
export const trial = ({ level }: Rest, now: number): Rest => ({ until: now + TRIAL_MS, level });
