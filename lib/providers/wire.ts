import { GatewayError } from '../errors.ts';
import { parseJson } from '../json-text.ts';
import { tooDeep } from '../openai/json.ts';
import { openSeries, type Parse } from '../openai/json-series.ts';

/** A vendor's JSON object, of which nothing is certain yet. */
export type Wire = { readonly [name: string]: unknown };

/** The JSON object in a text; anything else is a fault of the provider. */
export function asObject(json: string, provider: string, parse: Parse = parseJson): Wire {
  if (tooDeep(json)) throw malformed(provider, json);
  let value: unknown;
  try {
    value = parse(json);
  } catch (cause) {
    throw malformed(provider, json, cause);
  }
  if (!isWire(value)) throw malformed(provider, json);
  return value;
}

/** The same of each text of one stream. */
export function objectSeries(provider: string): (json: string) => Wire {
  const parse = openSeries();
  return (json) => asObject(json, provider, parse);
}

/** An object, or an empty one in its place. */
export function wireObject(value: unknown): Wire {
  return isWire(value) ? value : {};
}

/** A list of objects, or an empty one in its place. */
export function wireList(value: unknown): readonly Wire[] {
  return Array.isArray(value) ? value.map(wireObject) : [];
}

/** A text with something in it. */
export function wireText(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined;
}

/** A number of tokens or seconds, if it is one. */
export function wireCount(value: unknown): number | undefined {
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0 ? value : undefined;
}

const isWire = (value: unknown): value is Wire => typeof value === 'object' && value !== null && !Array.isArray(value);

/** What does not even begin as an answer is none: a proxy's words, or nothing. One that breaks off in the middle was written. */
function malformed(provider: string, text: string, cause?: unknown): GatewayError {
  return new GatewayError('provider_error', {
    provider,
    ...(!text.trimStart().startsWith('{') && { inBand: true }),
    message: `${provider} answered with something that is not the JSON it promises.`,
    cause,
  });
}
