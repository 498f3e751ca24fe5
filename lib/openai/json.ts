import { GatewayError } from '../errors.ts';

/** What JSON can say. */
export type Json = null | boolean | number | string | readonly Json[] | JsonObject;
export type JsonObject = { readonly [name: string]: Json | undefined };

/** Deeper than any honest request; shallow enough for every recursive reader behind us, JSON.stringify included. */
const MOST_LEVELS = 128;

const utf8 = new TextDecoder('utf-8', { fatal: true });

/** Reads a request body: UTF-8, JSON, not absurdly nested; anything else is the caller's mistake, said in words. */
export function readJson(bytes: Uint8Array): Json {
  const body = parsed(decoded(bytes));
  if (deeperThan(MOST_LEVELS, body)) {
    throw new GatewayError('invalid_request_error', {
      message: `The body is nested deeper than ${MOST_LEVELS} levels.`,
    });
  }
  return body;
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
    return JSON.parse(text);
  } catch (cause) {
    throw new GatewayError('invalid_request_error', { message: 'The body is not valid JSON.', cause });
  }
}

/** Walks level by level: no recursion, so that no depth can exhaust the stack. */
function deeperThan(most: number, root: Json): boolean {
  let level: Json[] = [root];
  for (let depth = 0; level.length > 0; depth++) {
    if (depth > most) return true;
    const next: Json[] = [];
    for (const value of level) {
      if (typeof value !== 'object' || value === null) continue;
      for (const each of Object.values(value)) if (typeof each === 'object' && each !== null) next.push(each);
    }
    level = next;
  }
  return false;
}
