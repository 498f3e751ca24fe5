import type { Json, JsonObject } from '../../openai/json.ts';
import type { ChatRequest } from '../../openai/request.ts';
import { toTurns } from '../../openai/turns.ts';
import { unsaid } from '../parameters.ts';
import type { Target } from '../provider.ts';
import { toContents } from './contents.ts';
import { toGenerationConfig } from './generation-config.ts';
import { toThinking } from './thinking.ts';
import { toTools } from './tools.ts';

/** A chat request as a GenerateContentRequest, and the parameters that found no place in it. */
export function toRequest(request: ChatRequest, target: Target): { body: JsonObject; dropped: readonly string[] } {
  const provider = target.provider.name;
  const { reasoning_effort } = request;
  const dropped = unsaid(request, 'gemini', provider);
  const { system, contents } = toContents(toTurns(request), target);
  const thinking = toThinking(reasoning_effort, target.model);
  return {
    body: {
      ...(system.length > 0 && { systemInstruction: { parts: system } }),
      contents,
      ...toTools(request, provider),
      generationConfig: toGenerationConfig(request, thinking, provider),
    },
    dropped: unheeded(reasoning_effort, thinking) ? [...dropped, 'reasoning_effort'] : dropped,
  };
}

/** True for a model that does not think and should, or thinks and should not. */
function unheeded(effort: Json | undefined, thinking: JsonObject | undefined): boolean {
  if (effort === undefined || effort === null) return false;
  if (effort === 'none') return thinking !== undefined && thinking.thinkingBudget !== 0;
  return thinking === undefined;
}
