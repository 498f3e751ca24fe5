import { type ErrorCode, GatewayError } from '../../errors.ts';
import { parseJson } from '../../json-text.ts';
import type { Json, JsonObject } from '../../openai/json.ts';
import { tooLong } from '../compatible/meaning.ts';
import { masked } from '../mask.ts';
import { toRetryAfterMs } from '../retry-after.ts';
import { byStatus } from '../statuses.ts';
import { objectIn, objectsIn } from './fields.ts';

type Headers = Readonly<Record<string, string | undefined>>;

/** Which of our errors Google's stand for. https://cloud.google.com/apis/design/errors#error_model */
const codes: Readonly<Record<string, ErrorCode>> = {
  INVALID_ARGUMENT: 'invalid_request_error',
  OUT_OF_RANGE: 'invalid_request_error',
  // A place or an account that may not use the service: for its operator to mend.
  FAILED_PRECONDITION: 'provider_credentials',
  UNAUTHENTICATED: 'provider_credentials',
  PERMISSION_DENIED: 'provider_credentials',
  NOT_FOUND: 'model_not_found',
  RESOURCE_EXHAUSTED: 'rate_limit_exceeded',
  UNAVAILABLE: 'provider_overloaded',
  DEADLINE_EXCEEDED: 'timeout',
};

/** A bad key is told as a bad argument; the details know better. https://cloud.google.com/apis/design/errors#error_info */
const BAD_KEY = /^(API_KEY|ACCESS_TOKEN|CREDENTIALS|ACCOUNT_STATE|SERVICE_DISABLED|BILLING_DISABLED|CONSUMER)/;
/** What Google says beside the words everybody has. */
const TOO_LONG =
  /\b(token count|tokens|context|prompt|input)\b[^.]*exceeds? the (maximum|limit)|exceeds the maximum number of tokens/i;
/** A file that was uploaded and is not ready, or never will be. */
const FILE_NOT_READY = /\bfile\b.*\bnot\b.*\bACTIVE\b/is;
/** A file that is not there, or is somebody else's: told as if our key were refused. */
const FILE_OF_OTHERS = /permission to access the file/i;
const TOO_LARGE = /payload size exceeds|request (is )?too large/i;

/** A refusal: the caller's own mistakes keep Google's reason, everything else is told in our words. */
export function toError(status: number, headers: Headers, body: string, provider: string): GatewayError {
  return refusal(status, headers, errorIn(body), provider);
}

/** An error inside an answer that began with 200; it says itself which status it would have been. */
export function toStreamError({ error }: JsonObject, provider: string): GatewayError {
  const { code } = objectIn(error);
  return refusal(typeof code === 'number' ? code : 500, {}, objectIn(error), provider);
}

function refusal(status: number, headers: Headers, error: JsonObject, provider: string): GatewayError {
  const retryAfterMs = toRetryAfter(objectsIn(error.details), headers);
  const details = { provider, upstreamStatus: status, ...(retryAfterMs !== undefined && { retryAfterMs }) };
  if (status >= 300 && status < 400)
    return new GatewayError('provider_credentials', {
      ...details,
      message: `${provider} sent a redirect (${status}), which is not followed.`,
    });
  const said = typeof error.message === 'string' ? hidden(error.message).slice(0, 1000) : '';
  const code = toCode(status, error, said);
  const message =
    code === 'invalid_request_error' || code === 'context_length_exceeded'
      ? said || `${provider} refused the request (${status}).`
      : inOurWords(code, provider, status);
  return new GatewayError(code, { ...details, message });
}

function toCode(status: number, error: JsonObject, said: string): ErrorCode {
  const word = typeof error.status === 'string' ? error.status : '';
  const code =
    (Object.hasOwn(codes, word) ? codes[word] : byStatus[status]) ??
    (status < 500 && word === '' ? 'invalid_request_error' : 'provider_error');
  if (word === 'FAILED_PRECONDITION' && FILE_NOT_READY.test(said)) return 'invalid_request_error';
  if (FILE_OF_OTHERS.test(said)) return 'invalid_request_error'; // the caller's file, not our key
  if (code !== 'invalid_request_error') return code;
  const reasons = objectsIn(error.details).map(({ reason }) => reason);
  if (reasons.some((reason) => typeof reason === 'string' && BAD_KEY.test(reason))) return 'provider_credentials';
  if (TOO_LARGE.test(said)) return 'request_too_large';
  return tooLong(said) || TOO_LONG.test(said) ? 'context_length_exceeded' : code;
}

function inOurWords(code: ErrorCode, provider: string, status: number): string {
  switch (code) {
    case 'provider_credentials':
      return `${provider} refused the gateway's credentials (${status}). Its operator must check the key or account configured for ${provider}.`;
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

/** `RetryInfo` says how long to wait, as `34.4s`; the headers may say it too. */
function toRetryAfter(details: readonly JsonObject[], headers: Headers): number | undefined {
  const told = details.find(({ retryDelay }) => typeof retryDelay === 'string')?.retryDelay;
  const [, seconds] = /^(\d+(?:\.\d+)?)s$/.exec(String(told)) ?? [];
  return seconds === undefined ? toRetryAfterMs(headers) : Math.round(Number(seconds) * 1000);
}

/** The error of a body: an object, or alone in a list where the answer would have been streamed as one. */
function errorIn(body: string): JsonObject {
  let value: Json;
  try {
    value = parseJson(body);
  } catch {
    return {};
  }
  return objectIn((Array.isArray(value) ? objectsIn(value)[0] : objectIn(value))?.error);
}

/** Google quotes neither keys nor tokens today; should it begin to, they end here. */
const hidden = (text: string) => masked(text.replace(/\bAIza[\w-]{20,}|\bya29\.[\w.-]+/g, '[key]'));
