import type { GatewayError } from '../../errors.ts';
import { toError as toPlainError } from '../compatible/refusal.ts';

type Headers = Readonly<Record<string, string | undefined>>;

/** A refusal of Cohere's: `{id, message}`, at times with an `error_type`; 498 is its filter. https://docs.cohere.com/reference/errors */
export function toError(status: number, headers: Headers, body: string, provider: string): GatewayError {
  return toPlainError(status, headers, body, provider, { 498: 'content_filter' });
}
