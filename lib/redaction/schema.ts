import { isObject, type Json } from '../openai/json.ts';
import { anything, check, each, kept, type Walk } from './walk.ts';

/** Where schemas name properties: names that code goes by. */
const NAMING = new Set(['properties', 'patternProperties', '$defs', 'definitions', 'dependentSchemas']);
/** Lists of such names, and references to schemas. */
const NAMES = new Set(['required', 'dependentRequired', '$ref', '$dynamicRef', '$anchor', '$id', '$schema', 'type']);
/** What the caller's own values stand in. */
const VALUES = new Set(['default', 'const', 'enum', 'examples', 'example']);

/** A JSON Schema in which descriptions and values have been looked through; names of properties are as they were. */
export function hiddenSchema(schema: Json, walk: Walk): Json {
  if (Array.isArray(schema)) return each(schema, (member) => hiddenSchema(member, walk), walk) ?? schema;
  if (!isObject(schema)) return typeof schema === 'string' ? anything(schema, walk) : kept(schema, walk); // numbers are bounds
  return Object.fromEntries(
    Object.entries(schema).map(([name, value]) => {
      check(name, walk);
      if (value === undefined || NAMES.has(name)) return [name, kept(value, walk)];
      if (NAMING.has(name) && isObject(value)) return [name, byName(value, walk)];
      return [name, VALUES.has(name) ? anything(value, walk) : hiddenSchema(value, walk)];
    }),
  );
}

const byName = (schemas: { readonly [name: string]: Json | undefined }, walk: Walk): Json =>
  Object.fromEntries(
    Object.entries(schemas).map(([name, schema]) => {
      check(name, walk);
      return [name, schema === undefined ? schema : hiddenSchema(schema, walk)];
    }),
  );
