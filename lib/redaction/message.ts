import { plainId } from '../openai/carried.ts';
import { isObject, type Json } from '../openai/json.ts';
import { anything, each, inFields, type Walk } from './walk.ts';

const same = (value: Json): Json => value;

/** A message whose every text has been looked through; names of functions, and what is signed, are as they were. */
export function hiddenMessage(message: Json, walk: Walk): Json {
  if (!isObject(message)) return anything(message, walk);
  const call = { name: same };
  return inFields(
    message,
    {
      role: same,
      tool_call_id: (id) => callId(id, walk),
      name: (name) => (message.role === 'function' || message.role === 'tool' ? name : person(name, walk)),
      content: (content) =>
        Array.isArray(content) ? (each(content, (part) => hiddenPart(part, walk)) ?? content) : anything(content, walk),
      tool_calls: (calls) => each(calls, (one) => hiddenCall(one, walk)) ?? calls,
      function_call: (called) => (isObject(called) ? inFields(called, call, walk) : anything(called, walk)),
      reasoning_details: (details) => each(details, (detail) => hiddenDetail(detail, walk)) ?? details,
    },
    walk,
  );
}

/** A call's id; the thoughts it may carry were written of what had been hidden, and must come back unchanged. */
function callId(id: Json, { hide }: Walk): Json {
  if (typeof id !== 'string') return id;
  const plain = plainId(id);
  return hide(plain) + id.slice(plain.length);
}

/** Names of people may be of letters, digits, `_` and `-` alone: their placeholders have no brackets, and do not come back. */
function person(name: Json, { hide }: Walk): Json {
  return typeof name === 'string' ? hide(name).replace(/\[([A-Z0-9-]+(?:_\d+_[a-z0-9]+)?)\]/g, '$1') : name;
}

function hiddenCall(call: Json, walk: Walk): Json {
  if (!isObject(call)) return anything(call, walk);
  const called = (given: Json) => (isObject(given) ? inFields(given, { name: same }, walk) : anything(given, walk));
  return inFields(call, { id: (id) => callId(id, walk), function: called, custom: called }, walk);
}

/** A part of a message. Media are listed, not read: what stands behind a URL, too, though the URL itself is a text. */
function hiddenPart(part: Json, walk: Walk): Json {
  if (!isObject(part)) return anything(part, walk);
  const ways: Record<string, (value: Json) => Json> = {};
  const fields = (given: Json, own: Record<string, (value: Json) => Json>) =>
    isObject(given) ? inFields(given, own, walk) : anything(given, walk);
  for (const [name, { kind, bytes }] of Object.entries(media)) {
    if (part[name] === undefined || (part.type !== name && part.type !== undefined)) continue;
    walk.unscanned.add(kind);
    ways[name] = (given) =>
      fields(given, Object.fromEntries(bytes.map((each) => [each, (value) => fileText(value, walk)])));
  }
  return inFields(part, ways, walk);
}

/** What holds media, and where their bytes stand. */
const media = {
  image_url: { kind: 'image', bytes: [] },
  input_audio: { kind: 'audio', bytes: ['data'] },
  video_url: { kind: 'video', bytes: [] },
  file: { kind: 'file', bytes: ['file_data', 'file_id'] },
} as const;

/** Base64 stays; anything else is a text, whatever it is called. */
const fileText = (value: Json, walk: Walk): Json =>
  typeof value === 'string' && /^[A-Za-z0-9+/]*={0,2}$/.test(value) ? value : anything(value, walk);

/** A signed thought is of use only as its writer wrote it, from what had been hidden before; what it holds all the same goes. */
function hiddenDetail(detail: Json, walk: Walk): Json {
  const again = { ...walk, hide: walk.hideAgain };
  return isObject(detail) ? inFields(detail, { signature: same, data: same }, again) : anything(detail, again);
}
