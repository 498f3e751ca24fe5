import { GatewayError } from '../../errors.ts';
import type { Json, JsonObject } from '../../openai/json.ts';
import type { ChatRequest } from '../../openai/request.ts';
import { refused } from '../parameters.ts';
import { objectIn, objectsIn, textIn } from './fields.ts';
import { toSchema } from './schema.ts';

/** https://ai.google.dev/api/caching#FunctionDeclaration */
const NAME = /^[a-zA-Z_][\w.:-]{0,127}$/;

type Calling = {
  readonly mode: 'AUTO' | 'ANY' | 'NONE' | 'VALIDATED';
  readonly allowedFunctionNames?: readonly string[];
};

/** The functions a model may call, and whether it must. */
export function toTools({ tools, tool_choice }: ChatRequest, provider: string): JsonObject {
  const declared = objectsIn(tools).map((tool, at) => {
    if (tool.type !== 'function')
      throw refused(`tools[${at}]`, provider, `${provider} knows tools of type function only`);
    return objectIn(tool.function);
  });
  const strict = declared.some((one) => one.strict === true);
  const calling = toCalling(tool_choice, strict, provider);
  checkCalling(calling, declared);
  if (declared.length === 0) return {};
  return {
    tools: [{ functionDeclarations: declared.map(toDeclaration) }],
    ...(calling && { toolConfig: { functionCallingConfig: calling } }),
  };
}

function toDeclaration({ name, description, parameters }: JsonObject, at: number): JsonObject {
  if (typeof name !== 'string' || !NAME.test(name)) {
    const param = `tools[${at}].function.name`;
    throw new GatewayError('invalid_request_error', {
      param,
      message: `${param} must begin with a letter or an underscore, and hold only letters, digits, underscores, dots, colons and dashes.`,
    });
  }
  const schema = objectIn(parameters);
  return {
    name,
    ...(textIn(description) && { description }),
    // A function that takes nothing leaves its parameters out.
    ...(Object.keys(schema).length > 0 && { parametersJsonSchema: toSchema(schema) }),
  };
}

/** A call that is demanded must be possible. */
function checkCalling(calling: Calling | undefined, declared: readonly JsonObject[]): void {
  if (calling?.mode === 'ANY' && declared.length === 0) throw wrong('demands a tool, but there are none');
  const names = declared.map(({ name }) => name);
  if (calling?.allowedFunctionNames?.some((name) => !names.includes(name)))
    throw wrong('names a function that is not among tools');
}

const wrong = (problem: string) =>
  new GatewayError('invalid_request_error', { param: 'tool_choice', message: `tool_choice ${problem}.` });

/** Strict tools ask for arguments that keep to their schema: `VALIDATED` promises that, and so does `ANY`. */
function toCalling(choice: Json | undefined, strict: boolean, provider: string): Calling | undefined {
  if (choice === undefined || choice === null) return strict ? { mode: 'VALIDATED' } : undefined;
  if (choice === 'auto') return { mode: strict ? 'VALIDATED' : 'AUTO' };
  if (choice === 'none') return { mode: 'NONE' };
  if (choice === 'required') return { mode: 'ANY' };
  const { type, function: named, allowed_tools } = objectIn(choice);
  const name = textIn(objectIn(named).name);
  if (type === 'function' && name !== undefined) return { mode: 'ANY', allowedFunctionNames: [name] };
  if (type !== 'allowed_tools') throw refused('tool_choice', provider);
  const { mode, tools } = objectIn(allowed_tools);
  return {
    mode: mode === 'required' ? 'ANY' : 'VALIDATED',
    allowedFunctionNames: objectsIn(tools).flatMap((tool) => textIn(objectIn(tool.function).name) ?? []),
  };
}
