import { GatewayError } from '../errors.ts';
import { parseJson } from '../json-text.ts';
import { beyond, type Json } from './json.ts';
import { keepTexts } from './verbatim.ts';

/** Deeper than any honest request; shallow enough for every recursive reader behind us, JSON.stringify included. */
const MOST_LEVELS = 128;
/** More than any honest request has; few enough to be read in the blink of an eye. */
const MOST_PIECES = 250_000;
/** Numbers and texts are read faster. No vendor embeds as many tokens in one request. */
const MOST_VALUES = 1_000_000;

const utf8 = new TextDecoder('utf-8', { fatal: true });

/** Reads a request body: UTF-8, JSON, not absurdly nested; anything else is the caller's mistake, said in words. */
export function readJson(bytes: Uint8Array): Json {
  const text = decoded(bytes);
  // Before it is parsed: six megabytes of brackets, or of names, would keep the parser busy for seconds, and all callers waiting.
  const excess = beyond({ levels: MOST_LEVELS, pieces: MOST_PIECES, values: MOST_VALUES }, text);
  if (excess !== undefined) throw new GatewayError('invalid_request_error', { message: tooMuch[excess] });
  const body = parsed(text);
  keepTexts(text, body);
  return body;
}

const tooMuch = {
  levels: `The body is nested deeper than ${MOST_LEVELS} levels.`,
  pieces: `The body has more than ${MOST_PIECES} names, objects and lists.`,
  values: `The body has more than ${MOST_VALUES} values.`,
} as const;

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
