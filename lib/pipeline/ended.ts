import { findModel } from '../catalog/catalog.ts';
import type { GatewayError } from '../errors.ts';
import type { Ended } from '../world.ts';
import type { Step } from './plan.ts';

/** What is known of the call, beside how it failed. */
export type Circumstances = {
  readonly step: Step;
  /** How long nothing was heard; undefined once content was. */
  readonly afterMs?: number | undefined;
  /** Whether it was its caller who would not wait longer for the first token. */
  readonly hurried: boolean;
};

/**
 * What a failure says of the target that was called, for all who would call it; undefined where it says nothing: it is
 * ours, or its caller's impatience, or of a name its caller made up. None of these may close a target to others.
 */
export function endedWith({ code, blame, source, details }: GatewayError, call: Circumstances): Ended | undefined {
  const { step, afterMs, hurried } = call;
  if (source !== 'provider') return undefined;
  if (details.ofRequest) return { as: 'answered' };
  if (code === 'timeout' && details.upstreamStatus === undefined) {
    if (hurried && !details.unreached) return undefined;
    return afterMs === undefined ? { as: 'failed' } : { as: 'silent', afterMs };
  }
  if (code === 'model_not_found' && step.named && findModel(step.target.name) === undefined) return undefined;
  if (code === 'provider_credentials' || code === 'model_not_found') return { as: 'broken' };
  if (blame !== 'moment') return { as: 'answered' };
  return { as: 'failed', restMs: details.retryAfterMs };
}
