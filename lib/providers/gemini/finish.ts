import type { FinishReason } from '../../openai/answer.ts';

const FILTERED = new Set([
  'SAFETY',
  'RECITATION',
  'LANGUAGE',
  'BLOCKLIST',
  'PROHIBITED_CONTENT',
  'SPII',
  'MODEL_ARMOR',
  'IMAGE_SAFETY',
  'IMAGE_PROHIBITED_CONTENT',
  'IMAGE_RECITATION',
]);

/**
 * A finish reason in OpenAI's words. `STOP` ends calls of tools as well as text. Whatever else ends an answer,
 * malformed calls included, ends it as `stop`, with Gemini's own word beside it.
 * https://ai.google.dev/api/generate-content#FinishReason
 */
export function toFinish(reason: string, calls: number): FinishReason {
  if (reason === 'STOP') return calls > 0 ? 'tool_calls' : 'stop';
  if (reason === 'MAX_TOKENS') return 'length';
  return FILTERED.has(reason) ? 'content_filter' : 'stop';
}

/** True for an end whose calls are to be made: those of an answer that was stopped, filtered or malformed are not. */
export const callable = (reason: string): boolean => reason === 'STOP' || reason === 'MAX_TOKENS';

/** Gemini's own word, where ours does not say the same. */
export const nativeFinish = (reason: string) =>
  reason === 'STOP' || reason === 'MAX_TOKENS' ? {} : { native_finish_reason: reason };
