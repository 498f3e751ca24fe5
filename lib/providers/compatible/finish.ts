import type { FinishReason } from '../../openai/answer.ts';

const reasons: Readonly<Record<string, FinishReason>> = {
  stop: 'stop',
  length: 'length',
  tool_calls: 'tool_calls',
  content_filter: 'content_filter',
  function_call: 'function_call',
};

/** A compatible vendor's finish reason in OpenAI's five words; null while there is none. A word nobody knows ends the answer as `stop`. */
export function toFinish(word: unknown): FinishReason | null {
  if (typeof word !== 'string' || word === '') return null;
  return Object.hasOwn(reasons, word) ? (reasons[word] ?? 'stop') : 'stop';
}
