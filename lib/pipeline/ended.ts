import type { GatewayError } from '../errors.ts';
import type { Ended } from '../world.ts';
import type { Ask, Asked } from './parse.ts';

/**
 * What a failure says of the target that was called, for all who would call it; undefined where it says nothing: the
 * failure is ours, or its caller's impatience, which must not close a target to others.
 */
export function endedWith({ code, blame, source, details }: GatewayError, ask: Ask<Asked>): Ended | undefined {
  if (source !== 'provider') return undefined;
  if (code === 'timeout' && ask.firstTokenMs !== undefined) return undefined;
  if (code === 'provider_credentials' || code === 'model_not_found') return { as: 'broken' };
  if (blame !== 'moment') return { as: 'answered' };
  return { as: 'failed', restMs: details.retryAfterMs };
}
