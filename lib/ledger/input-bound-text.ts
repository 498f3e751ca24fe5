import { type Fields, isFields, listOf, type Quotable } from './ceiling-request.ts';
import { kindOf } from './media.ts';

/** What a tool call's id holds besides itself: ids of ours carry thoughts, folded small. */
export type Unfold = (id: string) => unknown;

/**
 * The bytes of a text, and so the most tokens it can be, for a token is never less than a byte. Some tokenizers compose
 * characters first, which makes a few of them longer: U+0958 is three bytes, and six composed.
 */
export function textBytes(text: string): number {
  const bytes = Buffer.byteLength(text);
  return bytes === text.length ? bytes : Math.max(bytes, Buffer.byteLength(text.normalize('NFC')));
}

/** The bytes of all text in a request that may become prompt, whatever field it stands in; media are none. */
export function bytesOf(request: Quotable, unfold: Unfold): number {
  const told = Object.entries(request).filter(
    ([name, value]) => !apart.has(name) && (typeof value === 'string' || typeof value === 'object'),
  );
  return (
    sum(request.messages, (message) => bytesOfMessage(message, unfold)) + sum(told, ([, value]) => bytesOfValue(value))
  );
}

/** Fields that never become prompt; `messages` and `prediction` are counted elsewhere. What nobody knows may become prompt. */
const apart: ReadonlySet<string> = new Set([
  ...['messages', 'prediction', 'model', 'user', 'safety_identifier', 'metadata', 'stop', 'stream_options'],
  ...['service_tier', 'speed', 'inference_geo', 'prompt_cache_key', 'prompt_cache_retention', 'cache_control'],
  ...['tool_choice', 'function_call', 'reasoning_effort', 'verbosity', 'modalities', 'audio', 'logit_bias'],
]);

function bytesOfMessage(message: Fields, unfold: Unfold): number {
  return sum(Object.entries(message), ([name, value]) => {
    switch (name) {
      case 'role':
      case 'cache_control':
        return 0;
      case 'content':
        return (Array.isArray(value) ? sum(value, bytesOfPart) : bytesOfValue(value)) + respelled(message);
      case 'tool_calls':
        return sum(listOf(value), (call) => bytesOfCall(call, unfold));
      default:
        return bytesOfValue(value);
    }
  });
}

/** Of a medium, only its name may be read as text. */
function bytesOfPart(part: unknown): number {
  if (!isFields(part)) return bytesOfValue(part);
  if (kindOf(part) === undefined) return bytesOfOthers(part, ['type', 'cache_control']);
  return isFields(part.file) ? bytesOfValue(part.file.filename) : 0;
}

function bytesOfCall(call: unknown, unfold: Unfold): number {
  if (!isFields(call)) return bytesOfValue(call);
  const { id, function: called } = call;
  const own = isFields(called) ? bytesOfOthers(called, []) : bytesOfValue(called);
  const spelled = isFields(called) && typeof called.arguments === 'string' ? exponentsIn(called.arguments) : 0;
  return own + spelled + (typeof id === 'string' ? bytesOfStrings(unfold(id)) : 0) + bytesOfOthers(call, callFields);
}

/**
 * Some dialects read what a tool was told or said as JSON, and write it anew: `1e20` becomes 21 digits, and that is the
 * longest a number can become.
 */
function respelled({ role, content }: Fields): number {
  if (role !== 'tool') return 0;
  return typeof content === 'string' ? exponentsIn(content) : exponentsIn(JSON.stringify(content ?? ''));
}

const exponentsIn = (json: string): number => 20 * (json.match(EXPONENT)?.length ?? 0);
const EXPONENT = /(?:^|["[:,\s])-?\d+(?:\.\d+)?e\+?\d/gi;

const callFields = ['id', 'type', 'index', 'function'];

const bytesOfOthers = (fields: Fields, known: readonly string[]): number =>
  sum(Object.entries(fields), ([name, value]) => (known.includes(name) ? 0 : bytesOfValue(value)));

/** A string as it is, and anything else as it is written in JSON. */
function bytesOfValue(value: unknown): number {
  if (value === undefined || value === null) return 0;
  return textBytes(typeof value === 'string' ? value : JSON.stringify(value));
}

function bytesOfStrings(value: unknown): number {
  if (typeof value === 'string') return textBytes(value);
  return typeof value === 'object' && value !== null ? sum(Object.values(value), bytesOfStrings) : 0;
}

function sum<Item>(items: readonly Item[], each: (item: Item) => number): number {
  return items.reduce((total, item) => total + each(item), 0);
}
