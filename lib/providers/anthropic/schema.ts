import { GatewayError } from '../../errors.ts';
import { isObject, type Json, type JsonObject } from '../../openai/json.ts';

/** What a schema may say as it stands. */
const PLAIN = new Set(['type', 'title', 'description', 'const', 'enum', 'default', 'required']);
const NAMED = new Set(['properties', '$defs', 'definitions']);
const LISTED = new Set(['anyOf', 'allOf']);
const FORMATS = new Set('date-time time date duration email hostname uri ipv4 ipv6 uuid'.split(' '));
/** Says nothing about the value. */
const REMARKS = new Set(['$schema', '$id', '$comment', 'additionalProperties']);

/**
 * A schema as Claude can be held to it: objects are closed, and limits it cannot enforce move into the description,
 * where the model reads them. So do Anthropic's own SDKs.
 * https://platform.claude.com/docs/en/build-with-claude/structured-outputs#json-schema-limitations
 */
export function enforceable(schema: JsonObject, param: string): JsonObject {
  if (typeof schema.$ref === 'string') return { $ref: schema.$ref, ...definitionsOf(schema, param) };
  const kept: Record<string, Json> = {};
  const told: string[] = [];
  for (const [name, value] of Object.entries(schema)) {
    if (value === undefined || REMARKS.has(name)) continue;
    if (PLAIN.has(name) || allowed(name, value)) kept[name] = value;
    else if (NAMED.has(name) && isObject(value)) kept[name] = eachNamed(value, `${param}.${name}`);
    else if (LISTED.has(name) && Array.isArray(value)) kept[name] = eachListed(value, `${param}.${name}`);
    else if (name === 'oneOf' && Array.isArray(value)) kept.anyOf = eachListed(value, `${param}.${name}`);
    else if (name === 'items' && isObject(value)) kept.items = enforceable(value, `${param}.items`);
    else told.push(`${name}: ${JSON.stringify(value)}`);
  }
  if (told.length > 0) kept.description = [schema.description, `{${told.join(', ')}}`].filter(Boolean).join('\n\n');
  if (!holds(schema.type, 'object')) return kept;
  if (schema.additionalProperties && !isObject(schema.properties)) throw open(param);
  return { ...kept, additionalProperties: false };
}

/** What references point at stays beside one, where the schema itself is a reference. */
function definitionsOf(schema: JsonObject, param: string): JsonObject {
  const given = ['$defs', 'definitions'].flatMap((name) => {
    const value = schema[name];
    return isObject(value) ? [[name, eachNamed(value, `${param}.${name}`)] as const] : [];
  });
  return Object.fromEntries(given);
}

const allowed = (name: string, value: Json): boolean =>
  (name === 'format' && typeof value === 'string' && FORMATS.has(value)) ||
  (name === 'minItems' && (value === 0 || value === 1));

function eachNamed(schemas: JsonObject, param: string): JsonObject {
  return Object.fromEntries(
    Object.entries(schemas).map(([name, each]) => [
      name,
      isObject(each) ? enforceable(each, `${param}.${name}`) : each,
    ]),
  );
}

function eachListed(schemas: readonly Json[], param: string): readonly Json[] {
  return schemas.map((each, at) => (isObject(each) ? enforceable(each, `${param}[${at}]`) : each));
}

const holds = (type: Json | undefined, word: string): boolean =>
  type === word || (Array.isArray(type) && type.includes(word));

/** Closed, a map of any names could only ever be empty. */
const open = (param: string) =>
  new GatewayError('unsupported_parameter', {
    param,
    message: `${param} is an object of any property names, which this provider cannot be held to. Name its properties.`,
  });
