import { GatewayError } from '../errors.ts';
import type { Tally } from './tally.ts';

/** A failure as the caller is told of it: with the list of what was tried. */
export function told(failure: GatewayError, tally: Tally): GatewayError {
  const attempts = tally
    .attempts()
    .map(({ target, provider, status, message = '' }) => ({ target, provider, status, message }));
  return new GatewayError(failure.code, { ...failure.details, attempts, ownMs: tally.ownMs() });
}
