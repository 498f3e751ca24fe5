import { dataUrl } from '../openai/file-data.ts';
import { isObject, type Json, type JsonObject } from '../openai/json.ts';

/** A text as it may leave. */
export type Hide = (text: string) => string;

/** What of a request cannot be looked into: bytes, tokens, and what a provider fetches itself. */
export type Unscanned = 'image' | 'audio' | 'video' | 'file' | 'tokens';

/** What a walk through a request does with what it meets. */
export type Walk = {
  readonly hide: Hide;
  /** The same for what a model wrote of what had been hidden before. */
  readonly hideAgain: Hide;
  readonly unscanned: Set<Unscanned>;
};

/** A list with each of its members changed; what is no list is none of ours, and stays. */
export function each(value: Json | undefined, change: (member: Json) => Json): Json | undefined {
  if (!Array.isArray(value)) return value;
  const members: readonly Json[] = value;
  return members.map(change);
}

/** An object with some of its fields changed in their own way, and all others in the usual. */
export function inFields(
  object: JsonObject,
  ways: Readonly<Record<string, (value: Json) => Json>>,
  walk: Walk,
): JsonObject {
  return Object.fromEntries(
    Object.entries(object).map(([name, value]) => {
      const way = Object.hasOwn(ways, name) ? ways[name] : undefined;
      if (value === undefined) return [name, value];
      return way === undefined ? [hiddenName(name, walk), anything(value, walk)] : [name, way(value)];
    }),
  );
}

/** A field's name of letters alone is a word of some dialect; any other is somebody's text. */
const hiddenName = (name: string, { hide }: Walk): string => (/^[A-Za-z_]{1,32}$/.test(name) ? name : hide(name));

/** No value that could be told from a number has fewer digits. */
const LEAST_NUMBER = 1e8;

/** All texts in whatever is given. */
export function anything<T extends Json | undefined>(value: T, walk: Walk): Json | T {
  if (typeof value === 'string') return text(value, walk);
  if (typeof value === 'number')
    return Number.isInteger(value) && value >= LEAST_NUMBER ? asNumber(value, walk) : value;
  if (Array.isArray(value)) return each(value, (member) => anything(member, walk)) ?? value;
  return isObject(value) ? inFields(value, {}, walk) : value;
}

/** A text; the bytes of a `data:` URL are nothing to be looked into. */
function text(value: string, { hide, unscanned }: Walk): string {
  const data = value.startsWith('data:') ? dataUrl(value) : undefined;
  if (data === undefined) return hide(value);
  const [family = ''] = data.mediaType.split('/');
  unscanned.add(family === 'image' || family === 'audio' || family === 'video' ? family : 'file');
  return value;
}

function asNumber(value: number, { hide }: Walk): Json {
  const written = String(value);
  const instead = hide(written);
  return instead === written ? value : instead;
}
