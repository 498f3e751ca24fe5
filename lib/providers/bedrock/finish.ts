import type { FinishReason } from '../../openai/answer.ts';

const reasons: Readonly<Record<string, FinishReason>> = {
  end_turn: 'stop',
  stop_sequence: 'stop',
  tool_use: 'tool_calls',
  max_tokens: 'length',
  model_context_window_exceeded: 'length',
  guardrail_intervened: 'content_filter',
  content_filtered: 'content_filter',
};

/** Words whose meaning OpenAI's word has whole. */
const SAME = new Set(['end_turn', 'stop_sequence', 'tool_use', 'max_tokens']);

export type Finish = { readonly finish_reason: FinishReason; readonly native_finish_reason?: string };

/** A stop reason in OpenAI's words, with the service's own beside it where that says more: malformed output, a word nobody knows. */
export function toFinish(word: unknown): Finish {
  const native = typeof word === 'string' ? word : '';
  const finish_reason = (Object.hasOwn(reasons, native) ? reasons[native] : undefined) ?? 'stop';
  return SAME.has(native) ? { finish_reason } : { finish_reason, native_finish_reason: native };
}
