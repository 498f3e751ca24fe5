import { endOfString, parseJson } from '../json-text.ts';

/** Gives what `parseJson` would give. What texts have in common, their values may share: nobody may change them. */
export type Parse = (text: string) => unknown;

/** Of those that must be parsed, the texts at which is looked for what recurs: no short series is worth it, nor one in which nothing does. */
const LOOKED_AT = { after: 24, until: 40 };

/**
 * Parses texts of which each is mostly the one before, but for a few words: the events of a stream. What is between these
 * words is then only compared, not parsed again.
 */
export function openSeries(): Parse {
  let before = '';
  let form: Form | undefined;
  let parsed = 0;
  return (text) => {
    const words = form && wordsIn(text, form.parts);
    if (form !== undefined && words !== undefined) return form.filled(words);
    const value = parseJson(text);
    parsed++;
    if (parsed > LOOKED_AT.after && parsed <= LOOKED_AT.until) form = formOf(before, text) ?? form;
    before = text;
    return value;
  };
}

/** What texts of a series have in common: what stands around their words, and the value that has other words in it. */
type Form = { readonly parts: readonly string[]; readonly filled: Filled };
type Filled = (words: readonly string[]) => unknown;

/** The words of a text that has these parts around them, and nothing else. */
function wordsIn(text: string, parts: readonly string[]): readonly string[] | undefined {
  const words: string[] = [];
  let at = 0;
  for (const part of parts) {
    const start = at + part.length;
    if (text.slice(at, start) !== part) return undefined; // `startsWith` takes as long as to parse it
    if (start === text.length) return words.length === parts.length - 1 ? words : undefined;
    if (text[start] !== '"') return undefined;
    at = endOfString(text, start) + 1;
    words.push(JSON.parse(text.slice(start, at)));
  }
  return undefined;
}

/** What two texts have in common, if they differ in nothing but the strings that are values in them. */
function formOf(before: string, text: string): Form | undefined {
  const parts = partsOf(before, text);
  // With no escape in them, no string of the parts can be a gap's.
  if (parts === undefined || parts.some((part) => part.includes('\\'))) return undefined;
  const gaps = parts.slice(1).map((_, at) => `\0${at}`);
  const gapped = parts.map((part, at) => (at === 0 ? part : JSON.stringify(gaps[at - 1]) + part)).join('');
  const open = new Set(gaps);
  const filled = fillingOf(parseJson(gapped), open);
  // One that is still open is a name, or what another of its name stands for.
  return filled === undefined || open.size > 0 ? undefined : { parts, filled };
}

/** What stands between the strings in which two texts differ, if these are all. */
function partsOf(before: string, text: string): readonly string[] | undefined {
  const parts: string[] = [];
  let [from, at, was] = [0, 0, 0];
  for (;;) {
    const [start, started] = [text.indexOf('"', at), before.indexOf('"', was)];
    if (start < 0 || started < 0) break;
    if (text.slice(at, start) !== before.slice(was, started)) return undefined;
    [at, was] = [endOfString(text, start) + 1, endOfString(before, started) + 1];
    if (text.slice(start, at) === before.slice(started, was)) continue;
    parts.push(text.slice(from, start));
    from = at;
  }
  return text.slice(at) === before.slice(was) ? [...parts, text.slice(from)] : undefined;
}

/** Gives a value with words in the place of its gaps; undefined where it has none. */
function fillingOf(value: unknown, open: Set<string>): Filled | undefined {
  if (typeof value === 'string') {
    const at = Number(value.slice(1));
    return open.delete(value) ? (words) => words[at] : undefined;
  }
  if (typeof value !== 'object' || value === null) return undefined;
  if (Array.isArray(value)) {
    const items = value.map((each) => fillingOf(each, open));
    if (items.every((filled) => filled === undefined)) return undefined;
    return (words) => value.map((each, at) => items[at]?.(words) ?? each);
  }
  const fields = Object.entries(value).flatMap(([name, each]) => {
    const filled = fillingOf(each, open);
    return filled === undefined ? [] : [{ name, filled }];
  });
  if (fields.length === 0) return undefined;
  return (words) => {
    const copy: Record<string, unknown> = { ...value };
    for (const { name, filled } of fields) copy[name] = filled(words);
    return copy;
  };
}
