import { endOfString } from '../json-text.ts';

/** What JSON can say. */
export type Json = null | boolean | number | string | readonly Json[] | JsonObject;
export type JsonObject = { readonly [name: string]: Json | undefined };

/** True for an object; TypeScript does not see by itself that a readonly array is none. */
export const isObject = (value: Json | undefined): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** Of a JSON that stands in a text of a request, or that a provider sends: shallow enough for every reader behind us. */
const MOST_FOREIGN_LEVELS = 512;

/** True for a JSON text that must not be parsed, for whoever goes through it, or writes it out again, would run out of stack. */
export const tooDeep = (text: string): boolean => beyond({ levels: MOST_FOREIGN_LEVELS }, text) !== undefined;

/** How intricate a JSON text may be: its levels below the first, the names, objects and lists that are in it, and the values. */
export type Intricacy = { readonly levels: number; readonly pieces?: number; readonly values?: number };

/** Which of these a JSON text has more of. Counts outside strings, and leaps over them: most of a chat is in them. */
export function beyond(most: Intricacy, text: string): keyof Intricacy | undefined {
  const { levels, pieces = Number.POSITIVE_INFINITY, values = Number.POSITIVE_INFINITY } = most;
  if (text.length <= Math.min(2 * levels, pieces)) return undefined; // what nests, opens and closes
  let depth = -1;
  let [counted, listed] = [0, 1];
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (code === QUOTE) at = endOfString(text, at);
    else if (code === OPEN_LIST || code === OPEN_OBJECT) {
      counted++;
      if (++depth > levels) return 'levels';
    } else if (code === CLOSE_LIST || code === CLOSE_OBJECT) depth--;
    else if (code === COLON) counted++;
    else if (code === COMMA) listed++;
    if (counted > pieces) return 'pieces';
    if (listed > values) return 'values';
  }
  return undefined;
}

/** The marks of a JSON text, as character codes. */
export const [QUOTE, COMMA, COLON] = [0x22, 0x2c, 0x3a];
export const [OPEN_LIST, CLOSE_LIST, OPEN_OBJECT, CLOSE_OBJECT] = [0x5b, 0x5d, 0x7b, 0x7d];
