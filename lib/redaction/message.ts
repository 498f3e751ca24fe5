import { isElsewhere } from '../openai/enclosure.ts';
import { isObject, type Json, type JsonObject } from '../openai/json.ts';
import { checkSeams } from './seams.ts';
import { anything, bytes, each, inFields, kept, type Unscanned, type Walk } from './walk.ts';

/** A message whose every text has been looked through; names of functions, and what is signed, are as they were. */
export function hiddenMessage(message: Json, walk: Walk): Json {
  if (!isObject(message)) return anything(message, walk);
  const same = (value: Json) => kept(value, walk);
  const call = { name: same };
  return inFields(
    message,
    {
      role: same,
      tool_call_id: (id) => callId(id, walk),
      name: (name) => (message.role === 'function' || message.role === 'tool' ? same(name) : person(name, walk)),
      content: (content) => (Array.isArray(content) ? hiddenParts(content, walk) : anything(content, walk)),
      tool_calls: (calls) => each(calls, (one) => hiddenCall(one, walk), walk) ?? calls,
      function_call: (called) => (isObject(called) ? inFields(called, call, walk) : anything(called, walk)),
      reasoning_details: (details) => each(details, (detail) => hiddenDetail(detail, walk), walk) ?? details,
    },
    walk,
  );
}

/** A call's id. The thoughts it may carry were written of what had been hidden, and must come back unchanged; such as hold something all the same, from before, are left out. */
function callId(id: Json, { hide, scan, unfold }: Walk): Json {
  if (typeof id !== 'string') return id;
  const { id: plain, thoughts } = unfold(id);
  const holds = thoughts.some(({ text = '', signature = '', redacted = '' }) =>
    [text, ...[signature, redacted].filter((seal) => !isSeal(seal))].some((each) => scan(each).length > 0),
  );
  return hide(plain) + (holds ? '' : id.slice(plain.length));
}

/** Names of people may be of letters, digits, `_` and `-` alone: their placeholders have no brackets, and do not come back. */
function person(name: Json, { hide }: Walk): Json {
  return typeof name === 'string' ? hide(name).replace(/\[([A-Z0-9-]+(?:_\d+_[a-z0-9]+)?)\]/g, '$1') : name;
}

function hiddenCall(call: Json, walk: Walk): Json {
  if (!isObject(call)) return anything(call, walk);
  const name = (given: Json) => kept(given, walk);
  const called = (given: Json) => (isObject(given) ? inFields(given, { name }, walk) : anything(given, walk));
  return inFields(call, { id: (id) => callId(id, walk), function: called, custom: called }, walk);
}

function hiddenParts(parts: readonly Json[], walk: Walk): Json {
  checkSeams(parts, walk);
  return parts.map((part) => hiddenPart(part, walk));
}

/** A part of a message. Media are listed, not read: what stands behind a URL, too, though the URL itself is a text. */
function hiddenPart(part: Json, walk: Walk): Json {
  if (!isObject(part)) return anything(part, walk);
  const ways: Record<string, (value: Json) => Json> = {};
  for (const [name, { kind, field }] of Object.entries(media)) {
    if (part[name] === undefined || (part.type !== name && part.type !== undefined)) continue;
    ways[name] = (given) => (isObject(given) ? hiddenMedium(given, kind, field, walk) : medium(given, kind, walk));
  }
  return inFields(part, ways, walk);
}

/** What holds media, and where their bytes stand. */
const media = {
  image_url: { kind: 'image', field: 'url' },
  input_audio: { kind: 'audio', field: 'data' },
  video_url: { kind: 'video', field: 'url' },
  file: { kind: 'file', field: 'file_data' },
} as const;

function hiddenMedium(given: JsonObject, kind: Unscanned, field: string, walk: Walk): Json {
  const { filename, file_id: kept } = given;
  if (kind === 'file' && typeof kept === 'string') walk.unscanned.add(kind);
  const name = typeof filename === 'string' ? filename : undefined;
  return inFields(given, { [field]: (value) => medium(value, kind, walk, name) }, walk);
}

/** Bytes as they may leave; the URL of what a provider fetches is a text, and what it fetches nobody looks into. */
function medium(value: Json, kind: Unscanned, walk: Walk, name?: string): Json {
  if (typeof value === 'string' && isElsewhere(value)) walk.unscanned.add(kind);
  return bytes(value, kind, walk, name);
}

/** A signed thought is of use only as its writer wrote it, from what had been hidden before; what it holds all the same goes. What is encrypted nobody reads. */
function hiddenDetail(detail: Json, walk: Walk): Json {
  const again = { ...walk, hide: walk.hideAgain };
  const sealed = (value: Json) => (typeof value === 'string' && isSeal(value) ? value : kept(value, walk));
  return isObject(detail) ? inFields(detail, { signature: sealed, data: sealed }, again) : anything(detail, again);
}

const isSeal = (text: string): boolean => /^[\w+/=-]{64,}$/.test(text);
