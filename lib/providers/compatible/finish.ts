import { GatewayError } from '../../errors.ts';
import type { FinishReason } from '../../openai/answer.ts';

const reasons: Readonly<Record<string, FinishReason>> = {
  stop: 'stop',
  eos: 'stop',
  eos_token: 'stop',
  end_turn: 'stop',
  stop_sequence: 'stop',
  complete: 'stop',
  length: 'length',
  max_tokens: 'length',
  model_length: 'length',
  model_context_window_exceeded: 'length',
  tool_calls: 'tool_calls',
  tool_call: 'tool_calls',
  tool_use: 'tool_calls',
  function_call: 'function_call',
  content_filter: 'content_filter',
  sensitive: 'content_filter',
  safety: 'content_filter',
  recitation: 'content_filter',
  refusal: 'content_filter',
};

/** Words that end an answer because the vendor could not go on. */
const failures = new Set(['error', 'abort', 'network_error', 'insufficient_system_resource']);

/**
 * A compatible vendor's finish reason in OpenAI's five words; null while there is none. A word nobody knows ends the
 * answer as `stop`; one that stands for a failure is thrown.
 */
export function toFinish(word: unknown, provider: string): FinishReason | null {
  if (typeof word !== 'string' || word === '') return null;
  const known = word.toLowerCase();
  if (failures.has(known)) {
    throw new GatewayError('provider_error', {
      provider,
      message: `${provider} could not finish its answer (${known}).`,
    });
  }
  return Object.hasOwn(reasons, known) ? (reasons[known] ?? 'stop') : 'stop';
}

/** The vendor's own word beside ours, where they differ. */
export function nativeFinish(word: unknown, finish: FinishReason | null) {
  return typeof word === 'string' && finish !== null && word !== finish ? { native_finish_reason: word } : {};
}
