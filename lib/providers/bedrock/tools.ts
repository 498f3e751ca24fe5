import { GatewayError } from '../../errors.ts';
import { isObject, type Json, type JsonObject } from '../../openai/json.ts';
import type { ChatRequest } from '../../openai/request.ts';
import { abilitiesOf } from '../anthropic/abilities.ts';
import { enforceable } from '../anthropic/schema.ts';
import { refused } from '../parameters.ts';
import { type Block, cachePoint } from './blocks.ts';
import { isClaude, toFamily } from './family.ts';
import { fitted } from './ids.ts';
import type { Message } from './messages.ts';

export type Tools = {
  readonly toolConfig?: JsonObject;
  /** A call is demanded. */
  readonly forced: boolean;
  readonly dropped: readonly string[];
};

/** What the caller offers, or, where the history holds calls of tools no longer offered, what it called them. */
export function toTools(request: ChatRequest, messages: readonly Message[], model: string, provider: string): Tools {
  const offered = Array.isArray(request.tools) ? request.tools : [];
  const claude = isClaude(toFamily(model));
  const holds = claude && abilitiesOf(model).schemas;
  // Nova caches prompts, but takes no cache points among its tools.
  // https://docs.aws.amazon.com/bedrock/latest/userguide/prompt-caching.html
  const tools = offered.flatMap((tool, at) => [
    { toolSpec: toToolSpec(tool, `tools[${at}]`, holds, provider) },
    ...(claude ? toCachePoint(tool) : []),
  ]);
  const toolChoice = toChoice(request.tool_choice, offered, provider);
  if (toolChoice !== undefined && claude && !abilitiesOf(model).forcing)
    throw refused('tool_choice', provider, 'this model cannot be made to call a tool, only be asked to in words');
  const called = namesCalled(messages);
  const silenced = request.tool_choice === 'none';
  const dropped = [
    ...(!holds && offered.some((tool) => functionOf(tool).strict === true) ? ['strict'] : []),
    ...(!claude && offered.flatMap(toCachePoint).length > 0 ? ['cache_control'] : []),
  ];
  // There is no way to forbid calls but to offer nothing, and a history with calls must offer something.
  if (called.length === 0 && (silenced || tools.length === 0)) return { forced: false, dropped };
  return {
    toolConfig: {
      tools: tools.length > 0 ? tools : called.map((name) => ({ toolSpec: { name, inputSchema: anything } })),
      ...(toolChoice !== undefined && { toolChoice }),
    },
    forced: toolChoice !== undefined,
    dropped: silenced ? [...dropped, 'tool_choice'] : dropped,
  };
}

const anything = { json: { type: 'object', properties: {} } };

const toCachePoint = (tool: Json): readonly Block[] =>
  isObject(tool) && isObject(tool.cache_control) ? [cachePoint(tool.cache_control)] : [];

function toToolSpec(tool: Json, param: string, holds: boolean, provider: string): JsonObject {
  if (!isObject(tool) || tool.type !== 'function')
    throw refused(`${param}.type`, provider, 'only functions can be offered');
  const { name, description, parameters, strict } = functionOf(tool);
  // A name changed on its way out would come back changed.
  if (typeof name !== 'string' || name !== fitted(name))
    throw wrong(`${param}.function.name`, 'must be 1 to 64 letters, digits, underscores and hyphens');
  const schema = toInputSchema(parameters, `${param}.function.parameters`);
  const held = strict === true && holds;
  return {
    name,
    ...(typeof description === 'string' && description !== '' && { description }),
    inputSchema: { json: held ? enforceable(schema, `${param}.function.parameters`) : schema },
    ...(held && { strict: true }),
  };
}

/** The schema of a tool's input, whose root must be an object. */
function toInputSchema(parameters: Json | undefined, param: string): JsonObject {
  if (!isObject(parameters) || Object.keys(parameters).length === 0) return anything.json;
  const { type = 'object' } = parameters;
  if (type === 'object') return { ...parameters, type };
  throw wrong(param, 'must be the schema of an object');
}

/** No choice at all where the model may do as it likes. */
function toChoice(asked: Json | undefined, offered: readonly Json[], provider: string): JsonObject | undefined {
  if (asked === undefined || asked === null || asked === 'auto' || asked === 'none') return undefined;
  if (asked === 'required' && offered.length > 0) return { any: {} };
  if (typeof asked === 'string')
    throw wrong('tool_choice', asked === 'required' ? 'demands a tool, but there are none' : 'is unknown');
  if (!isObject(asked) || asked.type !== 'function')
    throw refused('tool_choice', provider, 'only auto, none, required or one named function can be said');
  const { name } = functionOf(asked);
  if (!offered.some((tool) => functionOf(tool).name === name))
    throw wrong('tool_choice', 'names a function that is not among tools');
  return { tool: { name } };
}

function namesCalled(messages: readonly Message[]): readonly string[] {
  const calls = messages.flatMap(({ content }) =>
    content.flatMap(({ toolUse }) => (isObject(toolUse) ? [toolUse] : [])),
  );
  return [...new Set(calls.flatMap(({ name }) => (typeof name === 'string' ? [name] : [])))];
}

const functionOf = (value: Json): JsonObject => (isObject(value) && isObject(value.function) ? value.function : {});

const wrong = (param: string, problem: string) =>
  new GatewayError('invalid_request_error', { param, message: `${param} ${problem}.` });
