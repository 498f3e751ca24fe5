import { GatewayError } from '../../errors.ts';
import { parseJson } from '../../json-text.ts';
import { isObject, type Json, type JsonObject, tooDeep } from '../../openai/json.ts';
import { endless, MOST_ANSWER_BYTES } from '../../wire/bounded.ts';
import { primed } from '../../wire/primed.ts';
import { sseEvents } from '../../wire/sse.ts';

const SPACE = 0x20;
const OPENING_BRACKET = 0x5b;
const OPENING_BRACE = 0x7b;

/**
 * The objects of a streamed answer, those of one read together. They come as server-sent events, as we ask for; whoever
 * stands between and forgets `alt=sse` gives them as a JSON array, cut anywhere.
 */
export async function* payloads(body: AsyncIterable<Uint8Array>, provider: string): AsyncIterable<JsonObject[]> {
  let array = false;
  const whole = await primed(body, (bytes) => {
    const first = bytes.find((byte) => byte > SPACE);
    array = first === OPENING_BRACKET || first === OPENING_BRACE;
    return first !== undefined;
  });
  for await (const texts of array ? objects(whole) : events(whole)) {
    const read: JsonObject[] = [];
    try {
      for (const text of texts) if (text !== '[DONE]') read.push(parsed(text, provider)); // some proxies end so
    } finally {
      if (read.length > 0) yield read; // before the failure that came with them
    }
  }
}

async function* events(body: AsyncIterable<Uint8Array>): AsyncIterable<readonly string[]> {
  for await (const batch of sseEvents(body)) yield batch.map(({ data }) => data);
}

/** Every balanced `{…}` of a text is an object; what stands between is the array's. */
async function* objects(body: AsyncIterable<Uint8Array>): AsyncIterable<readonly string[]> {
  const decoder = new TextDecoder();
  let begun: string[] = []; // pieces of an object that is not whole: put together for each read, a long one takes ages
  let length = 0;
  let depth = 0;
  let quoted = false;
  let escaped = false;
  for await (const bytes of body) {
    const text = decoder.decode(bytes, { stream: true });
    const whole: string[] = [];
    let from = 0;
    for (let at = 0; at < text.length; at++) {
      const sign = text[at];
      if (escaped) escaped = false;
      else if (quoted && sign === '\\') escaped = true;
      else if (sign === '"') quoted = !quoted;
      else if (quoted) continue;
      else if (sign === '{' && depth++ === 0) from = at;
      else if (sign === '}' && depth > 0 && --depth === 0) {
        whole.push([...begun, text.slice(from, at + 1)].join(''));
        begun = [];
      }
    }
    if (depth > 0) begun.push(text.slice(from));
    length = depth > 0 && whole.length === 0 ? length + text.length : text.length;
    if (length > MOST_ANSWER_BYTES) throw endless();
    if (whole.length > 0) yield whole;
  }
}

function parsed(text: string, provider: string): JsonObject {
  if (tooDeep(text)) throw malformed(provider);
  let value: Json;
  try {
    value = parseJson(text);
  } catch (cause) {
    throw malformed(provider, cause);
  }
  if (!isObject(value)) throw malformed(provider);
  return value;
}

const malformed = (provider: string, cause?: unknown) =>
  new GatewayError('provider_error', {
    provider,
    message: `${provider} answered with something that is not the JSON it promises.`,
    cause,
  });
