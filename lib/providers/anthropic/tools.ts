import { GatewayError } from '../../errors.ts';
import { isObject, type Json, type JsonObject } from '../../openai/json.ts';
import type { ChatRequest } from '../../openai/request.ts';
import { refused } from '../parameters.ts';
import type { Abilities } from './abilities.ts';
import { enforceable } from './schema.ts';

export type Tools = {
  readonly tools?: readonly JsonObject[];
  readonly tool_choice?: JsonObject;
  readonly dropped: readonly string[];
};

/** The tools the caller offers, and whether the model must, may or must not call them. */
export function toTools(request: ChatRequest, abilities: Abilities, provider: string): Tools {
  const offered = Array.isArray(request.tools) ? request.tools : [];
  const tools = offered.map((tool, at) => toTool(tool, `tools[${at}]`, abilities, provider));
  const tool_choice = toChoice(request, tools, abilities, provider);
  const strict = offered.some((tool) => functionOf(tool).strict === true);
  return {
    ...(tools.length > 0 && { tools }),
    ...(tool_choice !== undefined && { tool_choice }),
    dropped: strict && !abilities.schemas ? ['strict'] : [],
  };
}

function toTool(tool: Json, param: string, { schemas }: Abilities, provider: string): JsonObject {
  if (!isObject(tool) || tool.type !== 'function')
    throw refused(`${param}.type`, provider, 'only functions can be offered');
  const { name, description, parameters, strict } = functionOf(tool);
  const schema = toInputSchema(parameters, `${param}.function.parameters`);
  const held = strict === true && schemas;
  return {
    name,
    ...(typeof description === 'string' && description !== '' && { description }),
    input_schema: held ? enforceable(schema, `${param}.function.parameters`) : schema,
    ...(held && { strict: true }),
    ...(isObject(tool.cache_control) && { cache_control: tool.cache_control }),
  };
}

/** The schema of a tool's input, whose root must be an object. */
function toInputSchema(parameters: Json | undefined, param: string): JsonObject {
  if (!isObject(parameters) || Object.keys(parameters).length === 0) return { type: 'object', properties: {} };
  const { type = 'object' } = parameters;
  if (type === 'object') return { ...parameters, type };
  throw new GatewayError('invalid_request_error', { param, message: `${param} must be the schema of an object.` });
}

/** No choice at all where the model may do as it likes. */
function toChoice(
  { tool_choice: asked, parallel_tool_calls }: ChatRequest,
  tools: readonly JsonObject[],
  { forcing }: Abilities,
  provider: string,
): JsonObject | undefined {
  const chosen = choiceOf(asked, tools, provider);
  if (tools.length === 0) return undefined;
  if (chosen?.type === 'none') return chosen;
  if ((chosen?.type === 'any' || chosen?.type === 'tool') && !forcing)
    throw refused('tool_choice', provider, 'this model cannot be made to call a tool, only be asked to in words');
  if (parallel_tool_calls === false) return { type: 'auto', ...chosen, disable_parallel_tool_use: true };
  return chosen;
}

function choiceOf(asked: Json | undefined, tools: readonly JsonObject[], provider: string): JsonObject | undefined {
  if (asked === undefined || asked === null) return undefined;
  if (asked === 'auto' || asked === 'none') return { type: asked };
  if (asked === 'required' && tools.length > 0) return { type: 'any' };
  if (typeof asked === 'string')
    throw wrong(asked === 'required' ? 'demands a tool, but there are none' : 'is unknown');
  if (!isObject(asked) || asked.type !== 'function')
    throw refused('tool_choice', provider, 'only auto, none, required or one named function can be said');
  const { name } = functionOf(asked);
  if (!tools.some((tool) => tool.name === name)) throw wrong('names a function that is not among tools');
  return { type: 'tool', name };
}

const functionOf = (value: Json): JsonObject => (isObject(value) && isObject(value.function) ? value.function : {});

const wrong = (problem: string) =>
  new GatewayError('invalid_request_error', { param: 'tool_choice', message: `tool_choice ${problem}.` });
