import { GatewayError } from '../errors.ts';

/** undici's and Node's names for failures of a connection. https://undici.nodejs.org/#/docs/api/Errors */
const TIMEOUTS = new Set(['UND_ERR_CONNECT_TIMEOUT', 'UND_ERR_HEADERS_TIMEOUT', 'UND_ERR_BODY_TIMEOUT', 'ETIMEDOUT']);

/** What a request is called that was given up before it left. */
export const NEVER_SENT = 'NEVER_SENT';

/** Those that come before there is a connection: nobody can have asked money for them. */
const NEVER_MADE = new Set([
  NEVER_SENT,
  'UND_ERR_CONNECT_TIMEOUT',
  'ECONNREFUSED',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EHOSTUNREACH',
  'ENETUNREACH',
]);

/**
 * What went wrong between us and a provider, in our words. A failure that is ours already passes unchanged, and an
 * aborted call fails for the reason it was aborted for.
 */
export function toFailure(error: unknown, provider: string, signal: AbortSignal): GatewayError {
  if (error instanceof GatewayError) return error;
  const code = codeOf(error);
  const unreached = NEVER_MADE.has(code) && { unreached: true };
  if (signal.aborted && signal.reason instanceof GatewayError) {
    const { reason } = signal;
    return unreached ? new GatewayError(reason.code, { ...reason.details, ...unreached }) : reason;
  }
  if (TIMEOUTS.has(code)) {
    const message = `${provider} did not answer in time.`;
    return new GatewayError('timeout', { provider, message, ...unreached, cause: error });
  }
  if (code !== '') {
    const message = `The connection to ${provider} failed (${code}).`;
    return new GatewayError('provider_unreachable', { provider, message, ...unreached, cause: error });
  }
  return new GatewayError('internal_error', {
    message: 'The gateway failed unexpectedly. Quote the request id to its operator.',
    cause: error,
  });
}

/** The name that the failing part gave an error, wherever in its causes it stands; empty when it gave none. */
export function codeOf(error: unknown): string {
  if (typeof error !== 'object' || error === null) return '';
  if ('code' in error && typeof error.code === 'string') return error.code;
  // undici leaves the code out when the answer is no HTTP at all.
  if ('name' in error && error.name === 'HTTPParserError') return 'not HTTP';
  return 'cause' in error ? codeOf(error.cause) : '';
}
