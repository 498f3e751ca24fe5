import type { Quirks } from './quirks.ts';
import { atMost } from './tool-ids.ts';

/** OpenAI's models from gpt-5 on and the o-series: they refuse `max_tokens`. A deployment on Azure is recognised by its name. */
const REASONERS = /(?<![a-z0-9])(o[1-9]|gpt-?[5-9])(?!\d)/i;

/** OpenAI itself: every field of a message that it does not know is a 400. https://platform.openai.com/docs/api-reference/chat/create */
export const openaiQuirks: Quirks = {
  limit: (model) => (REASONERS.test(model) ? 'max_completion_tokens' : 'either'),
  assistant: ['role', 'content', 'name', 'refusal', 'audio', 'annotations', 'tool_calls', 'function_call'],
  developer: true,
  toolId: atMost(40),
  hidesThinking: true,
};
