import { GatewayError } from '../errors.ts';
import { endOfString, parseJson } from '../json-text.ts';

/** What JSON can say. */
export type Json = null | boolean | number | string | readonly Json[] | JsonObject;
export type JsonObject = { readonly [name: string]: Json | undefined };

/** True for an object; TypeScript does not see by itself that a readonly array is none. */
export const isObject = (value: Json | undefined): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** Deeper than any honest request; shallow enough for every recursive reader behind us, JSON.stringify included. */
const MOST_LEVELS = 128;
/** The same of a JSON that stands in a text of a request, or that a provider sends. */
const MOST_FOREIGN_LEVELS = 512;

const utf8 = new TextDecoder('utf-8', { fatal: true });

/** Reads a request body: UTF-8, JSON, not absurdly nested; anything else is the caller's mistake, said in words. */
export function readJson(bytes: Uint8Array): Json {
  const text = decoded(bytes);
  // Before it is parsed: six megabytes of brackets would keep the parser busy for seconds.
  if (deeperThan(MOST_LEVELS, text)) {
    throw new GatewayError('invalid_request_error', {
      message: `The body is nested deeper than ${MOST_LEVELS} levels.`,
    });
  }
  return parsed(text);
}

function decoded(bytes: Uint8Array): string {
  try {
    return utf8.decode(bytes);
  } catch (cause) {
    throw new GatewayError('invalid_request_error', { message: 'The body is not valid UTF-8.', cause });
  }
}

function parsed(text: string): Json {
  try {
    return parseJson(text);
  } catch (cause) {
    throw new GatewayError('invalid_request_error', { message: 'The body is not valid JSON.', cause });
  }
}

/** True for a JSON text that must not be parsed, for whoever goes through it, or writes it out again, would run out of stack. */
export const tooDeep = (text: string): boolean => deeperThan(MOST_FOREIGN_LEVELS, text);

/** Counts the brackets outside strings, and leaps over strings: most of a chat is in them. */
function deeperThan(most: number, text: string): boolean {
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
