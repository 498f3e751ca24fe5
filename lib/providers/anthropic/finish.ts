import type { ChunkChoice, FinishReason } from '../../openai/answer.ts';
import { type Wire, wireObject } from '../wire.ts';

const reasons: Readonly<Record<string, FinishReason>> = {
  end_turn: 'stop',
  stop_sequence: 'stop',
  tool_use: 'tool_calls',
  max_tokens: 'length',
  pause_turn: 'stop',
  model_context_window_exceeded: 'length',
  refusal: 'content_filter',
};

/** Said by OpenAI's word as well as by Claude's. */
const PLAIN = new Set(['end_turn', 'stop_sequence', 'tool_use', 'max_tokens']);

/** The end of an answer: why, in OpenAI's words, in Claude's where they say more, and the reason of a refusal as its text. */
export function toFinish({ stop_reason, stop_details }: Wire): ChunkChoice | undefined {
  if (typeof stop_reason !== 'string') return undefined;
  const { explanation } = wireObject(stop_details);
  const refused = stop_reason === 'refusal' && typeof explanation === 'string' && explanation !== '';
  return {
    index: 0,
    delta: refused ? { refusal: explanation } : {},
    finish_reason: Object.hasOwn(reasons, stop_reason) ? (reasons[stop_reason] ?? 'stop') : 'stop',
    ...(!PLAIN.has(stop_reason) && { native_finish_reason: stop_reason }),
    ...(typeof stop_details === 'object' && stop_details !== null && { stop_details }),
  };
}
