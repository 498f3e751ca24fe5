import { GatewayError } from '../../errors.ts';
import { isObject, type Json, type JsonObject } from '../../openai/json.ts';
import type { ChatRequest } from '../../openai/request.ts';
import { refused } from '../parameters.ts';

/** Whether, and which, tools may or must be called. */
type Choice = { readonly how: 'REQUIRED' | 'NONE' | undefined; readonly only?: readonly string[] };

/**
 * A request's tools as Cohere takes them. It can be made to call some tool, but not a certain one: so a named tool is
 * sent alone, and a call required, which comes to the same. https://docs.cohere.com/docs/tool-use-usage-patterns
 */
export function toTools({ tools, tool_choice }: ChatRequest, provider: string) {
  const functions = Array.isArray(tools) ? tools.map((tool, at) => toFunction(tool, `tools[${at}]`, provider)) : [];
  const choice = toChoice(tool_choice, provider);
  const offered = functions.filter(({ name }) => choice.only?.includes(name) ?? true);
  if (choice.only !== undefined && offered.length < choice.only.length) {
    const message = `tool_choice names a tool that is not among the tools (${choice.only.join(', ')}).`;
    throw new GatewayError('invalid_request_error', { param: 'tool_choice', message });
  }
  // Cohere is strict with all tools or with none.
  const strict = offered.length > 0 && offered.every((each) => each.strict);
  return {
    tools: {
      ...(offered.length > 0 && { tools: offered.map(({ tool }) => tool) }),
      ...(strict && { strict_tools: true }),
      ...(choice.how !== undefined && offered.length > 0 && { tool_choice: choice.how }),
    },
    dropped: !strict && offered.some((each) => each.strict) ? ['tools[].function.strict'] : [],
  };
}

function toFunction(tool: Json, param: string, provider: string) {
  const called = isObject(tool) && isObject(tool.function) ? tool.function : {};
  if (!isObject(tool) || tool.type !== 'function' || typeof called.name !== 'string') throw refused(param, provider);
  const { name, description, parameters, strict } = called;
  const own: JsonObject = {
    name,
    ...(typeof description === 'string' && { description }),
    parameters: isObject(parameters) ? parameters : { type: 'object', properties: {} },
  };
  return { name, strict: strict === true, tool: { type: 'function', function: own } };
}

function toChoice(choice: Json | undefined, provider: string): Choice {
  if (choice === undefined || choice === null || choice === 'auto') return { how: undefined };
  if (choice === 'none') return { how: 'NONE' };
  if (choice === 'required') return { how: 'REQUIRED' };
  if (isObject(choice) && choice.type === 'function') return { how: 'REQUIRED', only: [nameOf(choice)] };
  const allowed = isObject(choice) && isObject(choice.allowed_tools) ? choice.allowed_tools : {};
  if (Array.isArray(allowed.tools)) {
    return { how: allowed.mode === 'required' ? 'REQUIRED' : undefined, only: allowed.tools.map(nameOf) };
  }
  throw refused('tool_choice', provider);
}

function nameOf(tool: Json): string {
  const name = isObject(tool) && isObject(tool.function) ? tool.function.name : undefined;
  if (typeof name === 'string') return name;
  throw new GatewayError('invalid_request_error', {
    param: 'tool_choice',
    message: 'tool_choice.function.name must be a string.',
  });
}
