import { findModel } from '../catalog/catalog.ts';
import type { Ended } from '../cooldowns.ts';
import type { GatewayError } from '../errors.ts';
import type { Step } from './plan.ts';

/** What is known of an attempt, beside how it failed. */
export type Attempted = {
  readonly step: Step;
  /** How long nothing was heard; undefined once content was. */
  readonly silentMs?: number | undefined;
  /** Whether the provider shows its answer while it writes it. */
  readonly streams: boolean;
  /** Whether it was its caller who would not wait longer for the first token. */
  readonly hurried: boolean;
};

/** A silence as long as that is worth noting whoever's patience ended it: of a stream, and of an answer in one piece. */
const LONG_SILENCE_MS = { stream: 10_000, whole: 60_000 };

/**
 * What a failure says of the target that was called, for all who would call it; undefined where it says nothing: it is
 * ours, or its caller's impatience, or of a name its caller made up. None of these may close a target to others.
 */
export function endedWith({ code, blame, source, details }: GatewayError, call: Attempted): Ended | undefined {
  const { step, silentMs, streams, hurried } = call;
  const long = (silentMs ?? 0) >= LONG_SILENCE_MS[streams ? 'stream' : 'whole'];
  const givenUp = code === 'timeout' || code === 'client_closed';
  if (source !== 'provider') return givenUp && long ? { as: 'failed' } : undefined;
  if (details.ofRequest) return { as: 'answered' };
  if (code === 'timeout' && details.upstreamStatus === undefined) {
    if (hurried && !details.unreached) return long ? { as: 'failed' } : undefined;
    return silentMs === undefined ? { as: 'failed' } : { as: 'silent', afterMs: silentMs };
  }
  if (code === 'model_not_found' && step.named && findModel(step.target.name) === undefined) return undefined;
  if (code === 'provider_credentials' || code === 'model_not_found') return { as: 'broken' };
  if (blame !== 'moment') return { as: 'answered' };
  return { as: 'failed', restMs: details.retryAfterMs };
}
