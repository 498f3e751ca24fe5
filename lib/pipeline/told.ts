import { GatewayError } from '../errors.ts';
import type { Tally } from './tally.ts';
import { versionHeader } from './version-header.ts';

/** A failure as the caller is told of it: with the list of what was tried. */
export function told(failure: GatewayError, tally: Tally): GatewayError {
  const attempts = tally
    .attempts()
    .map(({ target, provider, status, message = '' }) => ({ target, provider, status, message }));
  const headers = { ...failure.details.headers, ...versionHeader(tally) };
  return new GatewayError(failure.code, { ...failure.details, attempts, headers, ownMs: tally.ownMs() });
}
