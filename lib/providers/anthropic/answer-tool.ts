import type { ChunkChoice } from '../../openai/answer.ts';
import type { JsonObject } from '../../openai/json.ts';
import type { ChatRequest } from '../../openai/request.ts';
import { refused } from '../parameters.ts';

/**
 * The tool by which a model without structured output is held to a schema: it must call it, and the call's input is the
 * answer. https://platform.claude.com/docs/en/agents-and-tools/tool-use/implement-tool-use#json-mode
 */
export const ANSWER_TOOL = 'sluice_answer_in_this_form';

/** The tool and its choice, for a schema a model cannot be held to otherwise. Tools of the caller's leave no room for it. */
export function answerTool(schema: JsonObject, { tools }: ChatRequest, provider: string) {
  const others = Array.isArray(tools) && tools.length > 0;
  if (others) throw refused('response_format', provider, 'this model takes tools or a schema, not both');
  if (schema.type !== 'object') {
    throw refused('response_format', provider, 'this model can only be held to a schema of type object');
  }
  const description = 'Give your whole answer by calling this tool once.';
  return {
    tools: [{ name: ANSWER_TOOL, description, input_schema: schema }],
    tool_choice: { type: 'tool', name: ANSWER_TOOL },
  };
}

/** The end of an answer that was given through the tool: no call of the client's, so it simply stops. */
export const plainly = (finish: ChunkChoice): ChunkChoice =>
  finish.finish_reason === 'tool_calls' ? { ...finish, finish_reason: 'stop' } : finish;
