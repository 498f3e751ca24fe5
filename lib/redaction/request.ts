import { isObject, type Json, type JsonObject } from '../openai/json.ts';
import { hiddenMessage } from './message.ts';
import { hiddenSchema } from './schema.ts';
import { anything, each, type Hide, inFields, type Unscanned, type Walk } from './walk.ts';

/** A request that may leave, and what it holds that nobody looked into. */
export type Hidden<T> = { readonly request: T; readonly unscanned: readonly Unscanned[] };

/**
 * A chat or an embedding request in which every text has been through `hide`: texts, tool calls, names of files and of
 * people, descriptions, values in schemas, metadata, names of fields, and whatever stands in fields that nobody here knows; numbers, too,
 * where they could be a card's. Left as they are: the model, names of functions and of the properties in
 * schemas, which code goes by; signatures and encrypted thoughts; and what is then listed as unscanned.
 */
export function hidden<T extends JsonObject>(request: T, hide: Hide, hideAgain = hide): Hidden<T> {
  const walk: Walk = { hide, hideAgain, unscanned: new Set() };
  const fields = Object.entries(request).map(([name, value]) => [name, field(name, value, walk)]);
  return { request: { ...request, ...Object.fromEntries(fields) }, unscanned: [...walk.unscanned].sort() };
}

function field(name: string, value: Json | undefined, walk: Walk): Json | undefined {
  switch (name) {
    case 'model':
      return value;
    case 'messages':
      return each(value, (message) => hiddenMessage(message, walk));
    case 'tools':
      return each(value, (tool) =>
        isObject(tool)
          ? inFields(tool, { function: (given) => hiddenFunction(given, walk) }, walk)
          : anything(tool, walk),
      );
    case 'functions':
      return each(value, (given) => hiddenFunction(given, walk));
    case 'tool_choice':
    case 'function_call':
      return isObject(value) ? named(value, walk) : value;
    case 'response_format':
      return isObject(value)
        ? inFields(value, { json_schema: (given) => hiddenFunction(given, walk) }, walk)
        : anything(value, walk);
    case 'input':
      return hiddenInput(value, walk);
    default:
      return typeof value === 'number' ? value : anything(value, walk); // numbers here are parameters
  }
}

/** What a function, or an answer's schema, is: its name stays, for code goes by it. */
function hiddenFunction(given: Json, walk: Walk): Json {
  const schema = (value: Json) => hiddenSchema(value, walk);
  return isObject(given)
    ? inFields(given, { name: (name) => name, parameters: schema, schema }, walk)
    : anything(given, walk);
}

/** `{ type, function: { name } }`, or `{ name }`. */
const named = (choice: JsonObject, walk: Walk): JsonObject =>
  inFields(choice, { name: (name) => name, function: (given) => hiddenFunction(given, walk) }, walk);

/** Inputs of an embedding: texts, or tokens, which say the same to whoever can read them. */
function hiddenInput(input: Json | undefined, walk: Walk): Json | undefined {
  if (!Array.isArray(input)) return anything(input, walk);
  const inputs: readonly Json[] = input;
  return inputs.map((one) => {
    if (typeof one !== 'number' && !Array.isArray(one)) return anything(one, walk);
    walk.unscanned.add('tokens');
    return one;
  });
}
