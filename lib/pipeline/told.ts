import { GatewayError } from '../errors.ts';
import type { Tally } from './tally.ts';
import { versionHeader } from './version-header.ts';

/**
 * A failure as the caller is told of it: with the list of what was tried. A provider's own words may quote an answer:
 * where answers go through guardrails, which have not seen them, they are not told.
 */
export function told(failure: GatewayError, tally: Tally): GatewayError {
  const unseen = (tally.guards?.output.length ?? 0) > 0;
  const attempts = tally.attempts().map(({ target, provider, status, message = '' }) => {
    return { target, provider, status, message: unseen ? unquoted(provider) : message };
  });
  const { details, code } = failure;
  const headers = { ...details.headers, ...versionHeader(tally) };
  const message =
    unseen && details.provider !== undefined ? `${unquoted(details.provider)} It is a ${code}.` : details.message;
  return new GatewayError(code, { ...details, message, attempts, headers, ownMs: tally.ownMs() });
}

const unquoted = (provider: string) =>
  `${provider} did not answer. What it says of it has not been through guardrails, and is not told.`;
