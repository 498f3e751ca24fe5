import { type ErrorCode, GatewayError } from '../../errors.ts';
import { parseJson } from '../../json-text.ts';
import { masked } from '../mask.ts';
import { toRetryAfterMs } from '../retry-after.ts';
import { byStatus } from '../statuses.ts';
import { type Wire, wireObject } from '../wire.ts';

type Headers = Readonly<Record<string, string | undefined>>;

/** Claude's words for what went wrong. https://platform.claude.com/docs/en/api/errors */
const byType: Readonly<Record<string, ErrorCode>> = {
  invalid_request_error: 'invalid_request_error',
  authentication_error: 'provider_credentials',
  billing_error: 'provider_credentials',
  permission_error: 'provider_credentials',
  not_found_error: 'model_not_found',
  request_too_large: 'request_too_large',
  rate_limit_error: 'rate_limit_exceeded',
  timeout_error: 'timeout',
  api_error: 'provider_error',
  overloaded_error: 'provider_overloaded',
};

/** What an invalid request is told to be, where the message says it better than the type. */
const closer: readonly (readonly [RegExp, ErrorCode])[] = [
  [
    /prompt is too long|exceed(s|ed)? (the )?(context|maximum number of tokens)|context (limit|window)/i,
    'context_length_exceeded',
  ],
  [/content filtering policy/i, 'content_filter'],
  [/credit balance|API usage limits|organization has been disabled/i, 'provider_credentials'],
];

/** Their names of fields, where a caller knows them by another. */
const params: Readonly<Record<string, string>> = {
  stop_sequences: 'stop',
  thinking: 'reasoning_effort',
  output_config: 'response_format',
  metadata: 'user',
  system: 'messages',
};

/** A refusal: the caller's own mistakes keep the provider's reason, everything else is told in our words. */
export function toError(status: number, headers: Headers, body: string, provider: string): GatewayError {
  const retryAfterMs = toRetryAfterMs(headers);
  const details = { provider, upstreamStatus: status, ...(retryAfterMs !== undefined && { retryAfterMs }) };
  if (status >= 300 && status < 400)
    return new GatewayError('provider_credentials', {
      ...details,
      message: `${provider} sent a redirect (${status}), which is not followed.`,
    });
  const { type, message } = reason(body);
  const fallback = byStatus[status] ?? (status < 500 ? 'invalid_request_error' : 'provider_error');
  return failure(codeOf(type, message, fallback), message, details);
}

/** An error inside a stream that began well. */
export function toStreamError(wire: Wire, provider: string): GatewayError {
  const { type, message } = told(wire);
  return failure(codeOf(type, message, 'provider_error'), message, { provider, inBand: true });
}

function codeOf(type: unknown, message: string, fallback: ErrorCode): ErrorCode {
  const code = typeof type === 'string' && Object.hasOwn(byType, type) ? (byType[type] ?? fallback) : fallback;
  if (code !== 'invalid_request_error') return code;
  return closer.find(([pattern]) => pattern.test(message))?.[1] ?? code;
}

type Details = {
  readonly provider: string;
  readonly upstreamStatus?: number;
  readonly inBand?: boolean;
  readonly retryAfterMs?: number;
};

function failure(code: ErrorCode, reason: string, details: Details): GatewayError {
  const { provider, upstreamStatus } = details;
  const status = upstreamStatus === undefined ? '' : ` (${upstreamStatus})`;
  switch (code) {
    case 'invalid_request_error':
    case 'context_length_exceeded':
    case 'content_filter':
      return new GatewayError(code, {
        ...details,
        ...paramIn(reason),
        message: reason || `${provider} refused the request${status}.`,
      });
    case 'provider_credentials':
      return new GatewayError(code, {
        ...details,
        message: `${provider} refused the gateway's credentials or account${status}. Its operator must check the key configured for ${provider}.`,
      });
    case 'model_not_found':
      return new GatewayError(code, {
        ...details,
        message: `${provider} found nothing by this name${status}: ${reason}`,
      });
    case 'request_too_large':
      return new GatewayError(code, { ...details, message: `${provider} refused the request as too large${status}.` });
    case 'rate_limit_exceeded':
      return new GatewayError(code, { ...details, message: `${provider} is limiting the rate of calls${status}.` });
    case 'provider_overloaded':
      return new GatewayError(code, { ...details, message: `${provider} is overloaded${status}.` });
    case 'timeout':
      return new GatewayError(code, { ...details, message: `${provider} did not answer in time${status}.` });
    default:
      return new GatewayError(code, { ...details, message: `${provider} failed${status}.` });
  }
}

/** `max_tokens: 999999 > 64000` names its field first. */
function paramIn(message: string) {
  const field = /^([a-z_]+)(?:\.[\w.]+)?: /.exec(message)?.[1];
  return field === undefined ? {} : { param: params[field] ?? field };
}

function reason(body: string) {
  let parsed: unknown;
  try {
    parsed = parseJson(body);
  } catch {
    return { type: undefined, message: '' };
  }
  return told(wireObject(Array.isArray(parsed) ? parsed[0] : parsed)); // Google answers a stream with a list
}

function told(wire: Wire) {
  const { type, message } = wireObject(wire.error);
  return { type, message: typeof message === 'string' ? masked(message).slice(0, 1000) : '' };
}
