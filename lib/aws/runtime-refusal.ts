import type { Inbound } from '../wire/send.ts';
import { once } from '../wire/several.ts';
import type { Sdk } from './runtime-clients.ts';

/** A refusal of the service, as an answer. A connection that failed is thrown. */
export function toRefusal(error: unknown, { BedrockRuntimeServiceException }: Sdk): Inbound {
  if (!(error instanceof Error)) throw error;
  if (/^(Credentials|Token)?ProviderError$/.test(error.name)) return refusal(403, error.name, error.message);
  const response = responseOf(error);
  if (response === undefined) throw asConnectionFailure(error);
  const { statusCode, headers } = response;
  // It began well, and could not be read to its end.
  if (statusCode < 300) throw 'code' in error ? error : Object.assign(error, { code: 'EBADMSG' });
  // Any other error is one of reading: what answered was not the service.
  const spoken = error instanceof BedrockRuntimeServiceException && error.message !== 'UnknownError';
  return refusal(statusCode, error.name, spoken ? error.message : '', headers['retry-after']);
}

type Response = { readonly statusCode: number; readonly headers: Readonly<Record<string, string | undefined>> };

/** The HTTP response that the SDK hides in its errors. */
export const responseOf = (error: unknown): Response | undefined =>
  error instanceof Error && '$response' in error ? (error.$response as Response) : undefined;

function refusal(status: number, name: string, message: string, retryAfter?: string): Inbound {
  const headers = { 'x-amzn-errortype': name, ...(retryAfter !== undefined && { 'retry-after': retryAfter }) };
  return { status, headers, body: once(JSON.stringify({ message })) };
}

/** A failure to reach the service with the code that tells which; the SDK gives some of its timeouts only a name. */
export function asConnectionFailure(error: unknown): unknown {
  if (!(error instanceof Error) || 'code' in error || error.name !== 'TimeoutError') return error;
  return Object.assign(error, { code: 'ETIMEDOUT' });
}
