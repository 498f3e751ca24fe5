import { type ErrorCode, GatewayError } from '../../errors.ts';
import { parseJson } from '../../json-text.ts';
import { tooLong } from '../compatible/meaning.ts';
import { masked } from '../mask.ts';
import { toRetryAfterMs } from '../retry-after.ts';
import { byStatus } from '../statuses.ts';
import { wireObject } from '../wire.ts';

type Headers = Readonly<Record<string, string | undefined>>;

/** What the service's exceptions stand for. https://docs.aws.amazon.com/bedrock/latest/userguide/troubleshooting-api-error-codes.html */
const named: Readonly<Record<string, ErrorCode>> = {
  ValidationException: 'invalid_request_error',
  AccessDeniedException: 'provider_credentials',
  UnrecognizedClientException: 'provider_credentials',
  InvalidSignatureException: 'provider_credentials',
  IncompleteSignatureException: 'provider_credentials',
  InvalidClientTokenId: 'provider_credentials',
  ExpiredTokenException: 'provider_credentials',
  MissingAuthenticationTokenException: 'provider_credentials',
  OptInRequired: 'provider_credentials',
  CredentialsProviderError: 'provider_credentials',
  TokenProviderError: 'provider_credentials',
  ProviderError: 'provider_credentials',
  ResourceNotFoundException: 'model_not_found',
  ModelTimeoutException: 'timeout',
  ModelErrorException: 'provider_error',
  ModelStreamErrorException: 'provider_error',
  ModelNotReadyException: 'rate_limit_exceeded',
  ThrottlingException: 'rate_limit_exceeded',
  TooManyRequestsException: 'rate_limit_exceeded',
  ServiceQuotaExceededException: 'rate_limit_exceeded',
  InternalServerException: 'provider_error',
  InternalFailure: 'provider_error',
  ServiceUnavailableException: 'provider_overloaded',
};

/** What the service says beside the words everybody has. */
const TOO_LONG =
  /input tokens exceeded|tokens exceeds? (?:the )?max\w* length|exceeds? (?:the )?(?:model'?s? )?max\w* (?:number of )?(?:input|context|tokens?)/i;

/** A model that this region, or this account, calls by another name or not at all: another target may have it. */
const NOT_HERE =
  /model identifier is invalid|on-demand throughput isn.t supported|access denied.*model|not (?:supported|available) in (?:this|the) region/i;

/** A refusal by its name in `x-amzn-errortype`: the caller's own mistakes keep the service's reason, all else is told in our words. */
export function toError(status: number, headers: Headers, body: string, provider: string): GatewayError {
  const name = (headers['x-amzn-errortype'] ?? '').replace(/:.*$/, '');
  const retryAfterMs = toRetryAfterMs(headers);
  const wait = retryAfterMs === undefined ? {} : { retryAfterMs };
  const otherwise = byStatus[status] ?? (status >= 400 && status < 500 ? 'invalid_request_error' : 'provider_error');
  return failure({ name, otherwise, message: messageIn(body), provider, details: { upstreamStatus: status, ...wait } });
}

/** An exception inside an answer that began well: its name begins with a small letter there. */
export function toStreamError(exception: unknown, provider: string): GatewayError {
  const { name, message } = wireObject(exception);
  const said = typeof name === 'string' ? name.charAt(0).toUpperCase() + name.slice(1) : '';
  const text = typeof message === 'string' ? messageIn(message) : '';
  return failure({ name: said, otherwise: 'provider_error', message: text, provider, details: { inBand: true } });
}

type Failing = {
  readonly name: string;
  readonly otherwise: ErrorCode;
  readonly message: string;
  readonly provider: string;
  readonly details: { readonly upstreamStatus?: number; readonly inBand?: boolean; readonly retryAfterMs?: number };
};

function failure({ name, otherwise, message, provider, details }: Failing): GatewayError {
  const stands = (Object.hasOwn(named, name) ? named[name] : undefined) ?? otherwise;
  const code = nearer(stands, message);
  const param = code === 'unsupported_parameter' ? { param: 'model' } : {};
  return new GatewayError(code, { provider, ...details, ...param, message: inWords(code, name, message, provider) });
}

/** The service says some things under the name of others. */
function nearer(code: ErrorCode, message: string): ErrorCode {
  if (code === 'invalid_request_error' && (tooLong(message) || TOO_LONG.test(message)))
    return 'context_length_exceeded';
  if (code === 'invalid_request_error' && NOT_HERE.test(message)) return 'unsupported_parameter';
  if (code === 'provider_overloaded' && /throttl/i.test(message)) return 'rate_limit_exceeded';
  return code;
}

function inWords(code: ErrorCode, name: string, message: string, provider: string): string {
  switch (code) {
    case 'invalid_request_error':
    case 'unsupported_parameter':
    case 'context_length_exceeded':
      return message || `${provider} refused the request.`;
    case 'model_not_found':
      return `${provider} does not have this model${message === '' ? '.' : `: ${message}`}`;
    case 'provider_credentials':
      return name.endsWith('ProviderError')
        ? `The gateway has no AWS credentials for ${provider}. Its operator must give it a role or a key.`
        : `${provider} refused the gateway's credentials${name === '' ? '' : ` (${name})`}. Its operator must check them, and which models they may call.`;
    case 'rate_limit_exceeded':
      return `${provider} is limiting the rate of calls.`;
    case 'provider_overloaded':
      return `${provider} is overloaded.`;
    case 'request_too_large':
      return `${provider} refused the request as too large.`;
    case 'timeout':
      return `${provider} did not answer in time.`;
    default:
      return `${provider} failed${name === '' ? '' : ` (${name})`}.`;
  }
}

/** `{"message":…}`, or a text. */
function messageIn(body: string): string {
  let parsed: unknown;
  try {
    parsed = parseJson(body);
  } catch {
    parsed = { message: body.startsWith('<') ? '' : body };
  }
  const { message, Message } = wireObject(parsed);
  const text = [message, Message].find((each) => typeof each === 'string') ?? '';
  return withoutSecrets(String(text)).slice(0, 1000);
}

/** Keys of AWS, and the account that an ARN names. */
const withoutSecrets = (text: string): string =>
  masked(text)
    .replace(/\b(?:AKIA|ASIA|ABSK)[\w+/=]{8,}/g, '[key]')
    .replace(/\bbedrock-api-key-\S+/g, '[key]')
    .replace(/\b(arn:aws[\w-]*:[\w-]*:[\w-]*:)\d{12}\b/g, '$1[account]');
