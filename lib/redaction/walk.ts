import { percentDecoded } from '../openai/base64.ts';
import type { unfolding } from '../openai/carried.ts';
import { type Enclosure, enclosed, toEnclosure } from '../openai/enclosure.ts';
import { isObject, type Json, type JsonObject } from '../openai/json.ts';
import type { Scanner } from './scanner.ts';

/** A text as it may leave. */
export type Hide = (text: string) => string;

/** What of a request cannot be looked into: bytes, tokens, and what a provider fetches itself. */
export type Unscanned = 'image' | 'audio' | 'video' | 'file' | 'tokens';

/** What becomes of the texts of a request. */
export type Ways = {
  readonly hide: Hide;
  /** The same for what a model wrote of what had been hidden before. */
  readonly hideAgain: Hide;
  /** What is to be found in a text, for those that cannot be another, as the name of a function. */
  readonly scan: Scanner;
  /** Throws the refusal of a request in which these kinds of values stand where they cannot be taken out. */
  readonly refuse: (kinds: readonly string[]) => void;
};

/** What a walk through a request does with what it meets. */
export type Walk = Ways & {
  readonly unscanned: Set<Unscanned>;
  /** The thoughts that a call's id carries. */
  readonly unfold: ReturnType<typeof unfolding>;
};

/** A list with each of its members changed; what is no list, where one should stand, is looked through all the same. */
export function each(value: Json | undefined, change: (member: Json) => Json, walk: Walk): Json | undefined {
  if (!Array.isArray(value)) return anything(value, walk);
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
export const hiddenName = (name: string, { hide }: Pick<Walk, 'hide'>): string =>
  /^[A-Za-z_]{1,32}$/.test(name) ? name : hide(name);

/** All texts in whatever is given. */
export function anything<T extends Json | undefined>(value: T, walk: Walk): Json | T {
  if (typeof value === 'string') return walk.hide(value);
  if (typeof value === 'number') return asText(value) === undefined ? value : asNumber(value, walk);
  if (Array.isArray(value)) return each(value, (member) => anything(member, walk), walk) ?? value;
  return isObject(value) ? inFields(value, {}, walk) : value;
}

/** Refuses a text that must stay as it is and must not leave. */
export function check(text: string, { scan, refuse }: Walk): void {
  const findings = scan(text);
  if (findings.length > 0) refuse(findings.map(({ kind }) => kind));
}

/** What must stay as it is, once it is known that nothing in it must not leave. */
export function kept<T extends Json | undefined>(value: T, walk: Walk): T {
  if (typeof value === 'string') check(value, walk);
  else if (typeof value === 'number') check(asText(value) ?? '', walk);
  else if (Array.isArray(value)) for (const member of value) kept(member, walk);
  else if (isObject(value))
    for (const [name, member] of Object.entries(value)) {
      check(name, walk);
      kept(member, walk);
    }
  return value;
}

/**
 * A file, an image or a sound, perhaps with a name, as it may leave. One that is a text is hidden as any text, and goes on
 * in UTF-8 where it was in anything else: what leaves is what was looked at. Other bytes are nobody's text, and stay.
 */
export function bytes(value: Json, family: Unscanned, walk: Walk, name?: string): Json {
  if (typeof value !== 'string') return anything(value, walk);
  const given = toEnclosure(value, { name, usual: family === 'file' ? '' : `${family}/*` });
  if (given === undefined) return anything(value, walk);
  const { head, mediaType, text, readings } = given;
  check(head, walk);
  if (head.includes('%')) check(percentDecoded(head).toString(), walk);
  if (text !== undefined) {
    const may = walk.hide(text.meant);
    return may === text.meant && text.utf8 ? asGiven(value, given, walk) : enclosed(may, mediaType);
  }
  walk.unscanned.add(family);
  for (const reading of readings) check(reading, walk);
  return asGiven(value, given, walk);
}

/** What stays as it is, unless it could be read as it stands. */
function asGiven(value: string, { head, wellFormed, wordless }: Enclosure, walk: Walk): Json {
  if (!wellFormed) return anything(value, walk);
  if (!wordless) check(value.slice(head.length), walk);
  return value;
}

/** No value that could be told from a number has fewer digits. */
const LEAST_NUMBER = 1e8;

/** A number as it might be somebody's; undefined where it is too small. */
const asText = (value: number): string | undefined =>
  Number.isInteger(value) && Math.abs(value) >= LEAST_NUMBER ? String(Math.abs(value)) : undefined;

function asNumber(value: number, { hide }: Walk): Json {
  const written = String(Math.abs(value));
  const instead = hide(written);
  return instead === written ? value : instead;
}
