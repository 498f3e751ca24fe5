import { type ErrorCode, GatewayError } from '../../errors.ts';
import { type Wire, wireObject } from './wire.ts';

type Headers = Readonly<Record<string, string | undefined>>;

/** Which of our errors a provider's status stands for. A refused credential is ours, not the caller's; redirects are never followed. */
const codes: Readonly<Record<number, ErrorCode>> = {
  400: 'invalid_request_error',
  401: 'provider_credentials',
  402: 'provider_credentials',
  403: 'provider_credentials',
  404: 'model_not_found',
  408: 'timeout',
  413: 'request_too_large',
  422: 'invalid_request_error',
  429: 'rate_limit_exceeded',
  503: 'provider_overloaded',
  504: 'timeout',
  529: 'provider_overloaded',
};

const TOO_LONG = /context[ _]length|maximum context|prompt is too long|too many tokens/i;

/** A refusal by status: the caller's own mistakes keep the provider's reason, everything else is told in our words. */
export function toError(status: number, headers: Headers, body: string, provider: string): GatewayError {
  const { message, param, code: said } = reason(body);
  const retryAfterMs = toRetryAfter(headers);
  const details = { provider, upstreamStatus: status, ...(retryAfterMs === undefined ? {} : { retryAfterMs }) };
  if (status >= 300 && status < 400)
    return new GatewayError('provider_credentials', {
      ...details,
      message: `${provider} sent a redirect (${status}), which is not followed.`,
    });
  const why = message || `${provider} refused the request (${status}).`;
  const code = codes[status] ?? (status < 500 ? 'invalid_request_error' : 'provider_error');
  if (code === 'invalid_request_error' && (said === 'context_length_exceeded' || TOO_LONG.test(message))) {
    return new GatewayError('context_length_exceeded', { ...details, message: why, ...param });
  }
  if (code === 'invalid_request_error' && said === 'content_filter')
    return new GatewayError('content_filter', { ...details, message: why, ...param });
  if (code === 'invalid_request_error') return new GatewayError(code, { ...details, message: why, ...param });
  return new GatewayError(code, { ...details, message: inOurWords(code, provider, status) });
}

/** An error inside an answer that began with 200: the provider failed, whatever number it gives the failure. */
export function toStreamError(wire: Wire, provider: string): GatewayError {
  const { code, type } = wireObject(wire.error);
  const word = [code, type].find((each) => typeof each === 'string' && /^[a-z_]{1,40}$/.test(each));
  return new GatewayError('provider_error', {
    provider,
    message: `${provider} failed while it answered${word === undefined ? '' : ` (${word})`}.`,
  });
}

function inOurWords(code: ErrorCode, provider: string, status: number): string {
  switch (code) {
    case 'provider_credentials':
      return `${provider} refused the gateway's credentials (${status}). Its operator must check the key configured for ${provider}.`;
    case 'model_not_found':
      return `${provider} does not know this model (${status}).`;
    case 'request_too_large':
      return `${provider} refused the request as too large (${status}).`;
    case 'rate_limit_exceeded':
      return `${provider} is limiting the rate of calls (${status}).`;
    default:
      return `${provider} failed (${status}).`;
  }
}

function reason(body: string) {
  let parsed: unknown;
  try {
    parsed = JSON.parse(body);
  } catch {
    return { message: '', param: {}, code: undefined };
  }
  const wire = wireObject(parsed);
  const error = wireObject(wire.error);
  const message = [error.message, wire.error, wire.message, wire.detail].find((each) => typeof each === 'string');
  return {
    message: masked(String(message ?? '')).slice(0, 1000),
    param: typeof error.param === 'string' ? { param: masked(error.param).slice(0, 200) } : {},
    code: error.code,
  };
}

/** Some providers quote the key they refuse. */
const masked = (text: string) =>
  text.replace(/\b(sk|pk|rk|gsk|xai|key)[-_][\w-]{8,}/gi, '[key]').replace(/Bearer\s+\S+/gi, 'Bearer [key]');

function toRetryAfter(headers: Headers): number | undefined {
  return decimal(headers['retry-after-ms'], 1) ?? decimal(headers['retry-after'], 1000);
}

/** A plain number times `unit`; a date, a word or nothing is no number. */
function decimal(value: string | undefined, unit: number): number | undefined {
  return value !== undefined && /^\d{1,9}(\.\d{1,9})?$/.test(value.trim()) ? Number(value) * unit : undefined;
}
