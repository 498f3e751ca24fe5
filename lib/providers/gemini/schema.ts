import { isObject, type Json, type JsonObject } from '../../openai/json.ts';

/** Keywords whose value is a schema, a list of schemas, or schemas by name. */
const ONE = new Set(['items', 'additionalProperties', 'not', 'contains', 'propertyNames', 'if', 'then', 'else']);
const MANY = new Set(['anyOf', 'oneOf', 'allOf', 'prefixItems']);
const NAMED = new Set(['properties', '$defs', 'definitions', 'patternProperties']);

/**
 * A JSON Schema for `parametersJsonSchema` and `responseJsonSchema`, which take it as it is but for three habits:
 * `const` is told as an `enum` of one, definitions live in `$defs`, and nothing may stand beside a `$ref`.
 * https://ai.google.dev/api/generate-content#generationconfig
 */
export function toSchema(schema: Json): Json {
  if (!isObject(schema)) return schema;
  const adapted: Record<string, Json | undefined> = {};
  for (const [name, value] of Object.entries(schema)) {
    if (name === '$schema' || value === undefined) continue;
    if (name === 'const') Object.assign(adapted, toEnum(value, schema));
    else if (name === '$ref' && typeof value === 'string') adapted.$ref = value.replace('#/definitions/', '#/$defs/');
    else if (ONE.has(name)) adapted[name] = Array.isArray(value) ? value.map(toSchema) : toSchema(value);
    else if (MANY.has(name) && Array.isArray(value)) adapted[name] = value.map(toSchema);
    else if (NAMED.has(name) && isObject(value))
      adapted[name === 'definitions' ? '$defs' : name] = Object.fromEntries(
        Object.entries(value).map(([key, each]) => [key, each === undefined ? each : toSchema(each)]),
      );
    else adapted[name] = value;
  }
  return alone(adapted);
}

/** An enumeration needs a type to be one of. */
function toEnum(value: Json, { type }: JsonObject): JsonObject {
  if (type !== undefined || value === null || typeof value === 'object') return { enum: [value] };
  return { type: typeof value, enum: [value] };
}

/** A reference with words of its own beside it, as generators write it, said as the only choice of several. */
function alone({ $ref, ...beside }: Record<string, Json | undefined>): JsonObject {
  if ($ref === undefined) return beside;
  if (Object.keys(beside).every((name) => name.startsWith('$'))) return { $ref, ...beside };
  return { ...beside, anyOf: [{ $ref }] };
}
