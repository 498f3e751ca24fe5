import { type ErrorCode, GatewayError } from '../../errors.ts';
import { toRetryAfterMs } from '../retry-after.ts';
import { asObject, type Wire } from '../wire.ts';
import { meaningOf, saidBy } from './meaning.ts';
import { type Reason, reasonIn, reasonOf } from './reason.ts';

type Headers = Readonly<Record<string, string | undefined>>;

/** A refusal by status: the caller's own mistakes keep the provider's reason, everything else is told in our words. */
export function toError(
  status: number,
  headers: Headers,
  body: string,
  provider: string,
  own?: Readonly<Record<number, ErrorCode>>,
): GatewayError {
  const reason = reasonIn(body);
  const code = meaningOf(status, reason, own);
  const retryAfterMs = toRetryAfterMs(headers);
  return new GatewayError(code, {
    provider,
    upstreamStatus: status,
    ...(retryAfterMs !== undefined && { retryAfterMs }),
    ...(status === 429 && /request too large/i.test(reason.message) && { ofRequest: true }),
    ...told(code, reason, provider, `${status}`),
  });
}

/** True for an event or body that is an error, though the answer began with 200. */
export function failed(wire: Wire, event?: string): boolean {
  if (event === 'error' || (typeof wire.object === 'string' && wire.object.toLowerCase() === 'error')) return true;
  if (wire.error !== undefined && wire.error !== null) return true;
  return wire.choices === undefined && (typeof wire.message === 'string' || wire.detail !== undefined);
}

/**
 * An error inside an answer that began with 200. A provider that took the request and then calls it wrong has failed
 * all the same, unless it was too long or not to be said.
 */
export function toStreamError(wire: Wire, provider: string): GatewayError {
  const reason = reasonOf(wire);
  const code = reason.status === undefined ? saidBy(reason) : meaningOf(reason.status, reason);
  const word = reason.words.find((each) => /^[a-z_]{1,40}$/.test(each));
  if (code === undefined || code === 'invalid_request_error' || code === 'provider_error')
    return new GatewayError('provider_error', {
      provider,
      inBand: true,
      message: `${provider} failed while it answered${word === undefined ? '' : ` (${word})`}.`,
    });
  return new GatewayError(code, {
    provider,
    inBand: true,
    ...told(code, reason, provider, word ?? 'while it answered'),
  });
}

/** Throws the error that a body is, one JSON object, though a stream was asked for and it began with 200. */
export function requireStream(body: string, provider: string): void {
  if (!body.trimStart().startsWith('{')) return;
  const wire = asObject(body, provider);
  if (failed(wire)) throw toStreamError(wire, provider);
}

function told(code: ErrorCode, { message, param }: Reason, provider: string, when: string) {
  const own = { ...(param !== undefined && { param }) };
  switch (code) {
    case 'invalid_request_error':
    case 'context_length_exceeded':
    case 'content_filter':
      return { message: message || `${provider} refused the request (${when}).`, ...own };
    case 'provider_credentials':
      return { message: credentials(provider, when) };
    case 'model_not_found':
      return { message: `${provider} does not know this model (${when}).` };
    case 'request_too_large':
      return { message: `${provider} refused the request as too large (${when}).` };
    case 'rate_limit_exceeded':
      return { message: `${provider} is limiting the rate of calls (${when}).` };
    case 'provider_overloaded':
      return { message: `${provider} is overloaded (${when}).` };
    default:
      return { message: `${provider} failed (${when}).` };
  }
}

function credentials(provider: string, when: string): string {
  if (when.startsWith('3')) return `${provider} sent a redirect (${when}), which is not followed.`;
  const cause = when === '402' || when === '429' ? 'its credit is used up' : 'its credentials were refused';
  return `${provider} does not serve the gateway's account: ${cause} (${when}). Its operator must check the account and the key configured for ${provider}.`;
}
