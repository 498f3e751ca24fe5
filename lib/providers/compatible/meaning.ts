import type { ErrorCode } from '../../errors.ts';
import { byStatus } from '../statuses.ts';
import type { Reason } from './reason.ts';

/** Words that say more than a status. */
const words: Readonly<Record<string, ErrorCode>> = {
  context_length_exceeded: 'context_length_exceeded',
  exceed_context_size_error: 'context_length_exceeded',
  too_many_tokens: 'context_length_exceeded',
  too_many_prompt_tokens: 'context_length_exceeded',
  content_filter: 'content_filter',
  content_policy_violation: 'content_filter',
  responsibleaipolicyviolation: 'content_filter',
  data_inspection_failed: 'content_filter',
  flagged: 'content_filter',
  // A 429 that no waiting ends: the gateway's account is empty, as in a 402.
  insufficient_quota: 'provider_credentials',
  credit_balance_exhausted: 'provider_credentials',
  invalid_api_key: 'provider_credentials',
  deploymentnotfound: 'model_not_found',
  rate_limit_exceeded: 'rate_limit_exceeded',
  overloaded_error: 'provider_overloaded',
};

/** How a prompt that is too long is told; each of these is some provider's. A name or a stop sequence that is too long is not. */
const TOO_LONG =
  /context[ _-]?(length|window|size)|maximum (context|prompt|input|sequence)|\b(prompt|input|messages?|conversation|context)( (text|tokens?|length|sequence|history))? (is |are |was )?too long|too many (input )?tokens|token count.{0,40}exceeds|\b(tokens|(prompt|input|context|messages?|total)( \w+)? length).{0,40}exceeds? the (maximum|limit)|max_new_tokens`? must be|reduce the length of the (prompt|input|messages|conversation|context)/i;
/** OpenAI says so of any string: only a message's content is the prompt. */
const CONTENT = /^messages\S*\bcontent\b/;
const BAD_KEY = /(incorrect|invalid|missing) api[ _-]?key|api[ _-]?key (is )?(not valid|invalid)/i;

/** What a refusal means in our words. `own` holds what a vendor means by a status of its own. */
export function meaningOf(status: number, reason: Reason, own: Readonly<Record<number, ErrorCode>> = {}): ErrorCode {
  if (status >= 300 && status < 400) return 'provider_credentials';
  const plain = own[status] ?? byStatus[status] ?? (status < 500 ? 'invalid_request_error' : 'provider_error');
  const said = saidBy(reason);
  switch (plain) {
    case 'invalid_request_error':
    case 'request_too_large':
      return said !== undefined && said !== 'rate_limit_exceeded' && said !== 'model_not_found' ? said : plain;
    case 'provider_credentials':
      return said === 'content_filter' ? said : plain;
    case 'rate_limit_exceeded':
      return said === 'provider_credentials' ? said : plain;
    default:
      return plain;
  }
}

/** True for words that say a prompt is too long, and not something else. */
export const tooLong = (message: string): boolean => TOO_LONG.test(message);

/** What the words of a refusal mean, whatever its status. */
export function saidBy({ words: given, message, param }: Reason): ErrorCode | undefined {
  const word = given.find((each) => Object.hasOwn(words, each));
  if (word !== undefined) return words[word];
  if (tooLong(message)) return 'context_length_exceeded';
  if (given.includes('string_above_max_length') && CONTENT.test(param ?? '')) return 'context_length_exceeded';
  if (/content exists risk/i.test(message)) return 'content_filter'; // DeepSeek's only word for it
  return BAD_KEY.test(message) ? 'provider_credentials' : undefined;
}
