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
export const tooDeep = (text: string): boolean => deeperThan(MOST_FOREIGN_LEVELS, text);

/** True for a JSON text of more than `most` levels. Counts the brackets outside strings, and leaps over strings: most of a chat is in them. */
export function deeperThan(most: number, text: string): boolean {
  if (text.length <= 2 * most) return false; // what nests, opens and closes
  let depth = -1;
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (code === QUOTE) at = endOfString(text, at);
    else if ((code === 0x5b || code === 0x7b) && ++depth > most) return true;
    else if (code === 0x5d || code === 0x7d) depth--;
  }
  return false;
}

const QUOTE = 0x22;
