import type { GatewayError } from '../errors.ts';
import type { Step } from './plan.ts';

/** A call that failed, and when, in milliseconds of the clock durations are measured with. */
export type Failed = { readonly step: Step; readonly failure: GatewayError; readonly at: number };

/** What is known when the next step is looked at. */
export type SoFar = {
  readonly failed: readonly Failed[];
  readonly now: number;
  /** What may still be waited, in milliseconds. */
  readonly patienceMs: number;
  readonly random: () => number;
};

/** The pause before the second try of a target; doubled before each further one. */
const FIRST_PAUSE_MS = 250;

/**
 * How long to wait before a step is tried, in milliseconds; undefined where it is not to be tried at all. A target that
 * asked for a pause is never asked again before its time, and one that cannot serve the call is not asked again.
 */
export function waitBefore({ target, forLonger }: Step, soFar: SoFar): number | undefined {
  const { failed, now, patienceMs, random } = soFar;
  const tooLong = failed.filter(({ failure }) => failure.code === 'context_length_exceeded');
  if (forLonger && tooLong.length === 0) return undefined;
  if (tooLong.some(({ step }) => readsNoMore(target.contextWindow, step.target.contextWindow))) return undefined;

  const before = failed.filter(({ step }) => step.target.name === target.name);
  const latest = before.at(-1);
  if (latest === undefined) return 0;
  // Only what a provider says of itself may be otherwise a moment later.
  if (before.some(({ failure }) => failure.blame !== 'moment' || failure.source !== 'provider')) return undefined;
  const backoff = FIRST_PAUSE_MS * 2 ** (before.length - 1) * (0.5 + random() / 2);
  const asked = latest.failure.details.retryAfterMs ?? 0;
  const wait = Math.max(0, latest.at + Math.max(backoff, asked) - now);
  return wait > patienceMs ? undefined : wait;
}

const readsNoMore = (window: number | undefined, than: number | undefined): boolean =>
  window !== undefined && than !== undefined && window <= than;
