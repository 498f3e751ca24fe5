import { createHash } from 'node:crypto';
import { GatewayError } from '../../errors.ts';
import type { ToolCallDelta } from '../../openai/answer.ts';
import type { Origin } from '../provider.ts';
import { type Wire, wireObject, wireText } from '../wire.ts';

/** One call while it arrives. */
type Slot = {
  readonly index: number;
  readonly id: string;
  /** The id the vendor gave, if it gave one. */
  readonly wireId: string | undefined;
  name: string;
  /** What came beside the name and in its function, until the name is known to be whole. */
  beside: Wire;
  within: Wire;
  /** True once id and name have left. */
  begun: boolean;
  /** Arguments that may still turn out to be none. */
  held: string;
  /** True once arguments have left. */
  said: boolean;
  ended: boolean;
  /** A custom tool's call, which has a text where others have arguments. */
  custom: boolean;
};

/** The tool calls of one choice of a stream. */
export type Calls = {
  /** The calls of a delta as OpenAI streams them: whole indices, id and name once, arguments in pieces. */
  readonly add: (wires: readonly Wire[]) => readonly ToolCallDelta[];
  /** What is still to be said of a call that is over: one without arguments has said nothing yet, and `{}` is what that means. */
  readonly close: (index: unknown) => readonly ToolCallDelta[];
  /** The same of all calls. */
  readonly end: () => readonly ToolCallDelta[];
};

/** Follows the tool calls of one choice, which may take turns: one that begins does not end another. */
export function openCalls(origin: Origin, choice: number): Calls {
  const slots: Slot[] = [];
  const byIndex = new Map<unknown, Slot>();
  const byId = new Map<string, Slot>();

  const find = ({ index, id, function: called }: Wire): Slot | undefined => {
    const given = wireText(id);
    const named = wireText(wireObject(called).name) !== undefined;
    if (typeof index !== 'number') return (given && byId.get(given)) || (named ? undefined : slots.at(-1));
    const slot = byIndex.get(index);
    // Some number every call 0: another id with a name is another call. One that repeats a call under a new id has no name.
    const another = named && given !== undefined && slot?.wireId !== undefined && slot.wireId !== given;
    return another ? byId.get(given) : slot;
  };

  const open = ({ index, id }: Wire): Slot => {
    const at = slots.length;
    const given = wireText(id);
    const ours = given === undefined || byId.has(given) ? madeId(origin, choice, at) : given;
    const fresh = {
      name: '',
      beside: {},
      within: {},
      begun: false,
      held: '',
      said: false,
      ended: false,
      custom: false,
    };
    const slot = { index: at, id: ours, wireId: given, ...fresh };
    slots.push(slot);
    byIndex.set(typeof index === 'number' ? index : at, slot);
    byId.set(given ?? ours, slot);
    return slot;
  };

  return {
    add: (wires) =>
      wires.flatMap((wire) => {
        const known = find(wire);
        const begun = known === undefined ? slots.flatMap(begin) : []; // calls begin in the order of their indices
        return [...begun, ...feed(known ?? open(wire), wire, origin.provider)];
      }),
    close(index) {
      const slot = byIndex.get(index);
      return slot === undefined ? [] : close(slot);
    },
    end: () => slots.flatMap(close),
  };
}

/** Arguments as text: '' and `null` are how some say that there are none. */
export function toArguments(value: unknown): string {
  const text = piece(value);
  return NONE_YET.test(text) && isNone(text) ? '{}' : text;
}

/** An id for a call that has none of its own: the same for the same call, and within the 40 characters OpenAI takes. */
export function madeId({ stamp }: Origin, choice: number, at: number): string {
  return `call_${createHash('sha256').update(`${stamp.id} ${choice} ${at}`).digest('hex').slice(0, 24)}`;
}

/** How '' and `null` begin. */
const NONE_YET = /^\s*(n(u(ll?)?)?)?\s*$/;
const isNone = (text: string) => text.trim() === '' || text.trim() === 'null';

const piece = (value: unknown): string => {
  if (typeof value === 'string') return value;
  return typeof value === 'object' && value !== null ? JSON.stringify(value) : '';
};

function feed(slot: Slot, wire: Wire, provider: string): readonly ToolCallDelta[] {
  const { id: _, index: __, type, function: called, ...rest } = wire;
  slot.custom ||= called === undefined && typeof type === 'string' && type !== 'function';
  if (slot.custom) return [{ ...wire, index: slot.index }]; // it travels as it came
  const { name, arguments: json, ...more } = wireObject(called);
  slot.held += piece(json);
  if (slot.ended) return resumed(slot, provider);
  if (!slot.begun) {
    const named = wireText(name);
    if (named !== undefined && named !== slot.name) slot.name += named; // in pieces by some, repeated by others
    slot.beside = { ...slot.beside, ...rest };
    slot.within = { ...slot.within, ...more };
    return named === undefined || typeof json === 'string' || slot.held !== '' ? begin(slot) : [];
  }
  const text = released(slot);
  const said = { ...more, ...(text !== '' && { arguments: text }) };
  const news = { ...rest, ...(Object.keys(said).length > 0 && { function: said }) };
  return Object.keys(news).length > 0 ? [{ ...news, index: slot.index }] : [];
}

/** A call that was taken to have no arguments may say so again, and nothing else. */
function resumed({ held }: Slot, provider: string): readonly ToolCallDelta[] {
  if (isNone(held) || held.trim() === '{}') return [];
  throw new GatewayError('provider_error', {
    provider,
    message: `${provider} went on with a tool call that was over.`,
  });
}

/** The opening of a call whose name is whole. */
function begin(slot: Slot): readonly ToolCallDelta[] {
  return slot.begun || slot.name === '' ? [] : [opening(slot, released(slot))];
}

function opening(slot: Slot, json: string): ToolCallDelta {
  slot.begun = true;
  const { index, id, name, beside, within } = slot;
  return { ...beside, index, id, type: 'function', function: { ...within, name, arguments: json } };
}

/** What of the arguments may leave: nothing while they may be none at all. */
function released(slot: Slot): string {
  if (!slot.said && NONE_YET.test(slot.held)) return '';
  const text = slot.held;
  slot.said = true;
  slot.held = '';
  return text;
}

function close(slot: Slot): readonly ToolCallDelta[] {
  if (slot.said || slot.ended || slot.custom) return [];
  slot.ended = true;
  if (slot.name === '' && slot.wireId === undefined && isNone(slot.held)) return []; // nobody was called
  const json = isNone(slot.held) ? '{}' : slot.held;
  slot.held = '';
  return [slot.begun ? { index: slot.index, function: { arguments: json } } : opening(slot, json)];
}
