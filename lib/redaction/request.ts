import { unfolding } from '../openai/carried.ts';
import { isObject, type Json, type JsonObject } from '../openai/json.ts';
import { hiddenMessage } from './message.ts';
import { hiddenSchema } from './schema.ts';
import { anything, each, hiddenName, inFields, kept, type Unscanned, type Walk, type Ways } from './walk.ts';

/** A request that may leave, and what it holds that nobody looked into. */
export type Hidden<T> = { readonly request: T; readonly unscanned: readonly Unscanned[] };

/**
 * A chat or an embedding request in which every text has been through `hide`: texts, tool calls, names of files and of
 * people, descriptions, values in schemas, metadata, names of fields, and whatever stands in fields that nobody here
 * knows; numbers, too, where they could be a card's. What others go by and so must stay, as the model, the names of
 * functions and of properties, and parameters, is looked at, and refused where it holds what must not leave; so is a
 * value that is cut in two by the end of a part. Bytes, and what is encrypted, are listed as unscanned, or left.
 */
export function hidden<T extends JsonObject>(request: T, ways: Ways): Hidden<T> {
  const walk: Walk = { ...ways, unscanned: new Set(), unfold: unfolding() };
  const fields = Object.entries(request).map(([name, value]) => [hiddenName(name, walk), field(name, value, walk)]);
  const rest = Object.keys(request).flatMap((name) => (hiddenName(name, walk) === name ? [] : [[name, undefined]]));
  return {
    request: { ...request, ...Object.fromEntries(rest), ...Object.fromEntries(fields) },
    unscanned: [...walk.unscanned].sort(),
  };
}

/** Parameters that are numbers. */
const NUMBERS = new Set([
  'dimensions',
  'frequency_penalty',
  'max_completion_tokens',
  'max_tokens',
  'min_p',
  'n',
  'presence_penalty',
  'repetition_penalty',
  'seed',
  'temperature',
  'top_k',
  'top_logprobs',
  'top_p',
]);

function field(name: string, value: Json | undefined, walk: Walk): Json | undefined {
  if (NUMBERS.has(name) && typeof value === 'number') return kept(value, walk);
  switch (name) {
    case 'model':
      return kept(value, walk);
    case 'messages':
      return each(value, (message) => hiddenMessage(message, walk), walk);
    case 'tools':
      return each(
        value,
        (tool) =>
          isObject(tool)
            ? inFields(tool, { function: (given) => hiddenFunction(given, walk) }, walk)
            : anything(tool, walk),
        walk,
      );
    case 'functions':
      return each(value, (given) => hiddenFunction(given, walk), walk);
    case 'tool_choice':
    case 'function_call':
      return isObject(value) ? named(value, walk) : anything(value, walk);
    case 'response_format':
      return isObject(value)
        ? inFields(value, { json_schema: (given) => hiddenFunction(given, walk) }, walk)
        : anything(value, walk);
    case 'input':
      return hiddenInput(value, walk);
    default:
      return anything(value, walk);
  }
}

/** What a function, or an answer's schema, is: its name stays, for code goes by it. */
function hiddenFunction(given: Json, walk: Walk): Json {
  const schema = (value: Json) => hiddenSchema(value, walk);
  return isObject(given)
    ? inFields(given, { name: (name) => kept(name, walk), parameters: schema, schema }, walk)
    : anything(given, walk);
}

/** `{ type, function: { name } }`, or `{ name }`. */
const named = (choice: JsonObject, walk: Walk): JsonObject =>
  inFields(choice, { name: (name) => kept(name, walk), function: (given) => hiddenFunction(given, walk) }, walk);

/** Inputs of an embedding: texts, or tokens, which say the same to whoever can read them. */
function hiddenInput(input: Json | undefined, walk: Walk): Json | undefined {
  if (!Array.isArray(input)) return anything(input, walk);
  const inputs: readonly Json[] = input;
  return inputs.map((one) => {
    if (!isToken(one) && !(Array.isArray(one) && one.every(isToken))) return anything(one, walk);
    walk.unscanned.add('tokens');
    return one;
  });
}

const isToken = (value: Json): boolean => typeof value === 'number';
