import type { ChatChunk, ChatStream, ChunkChoice, Delta, ToolCallDelta } from '../openai/answer.ts';
import { fieldWay, UNCHANGED, type Way } from './answer.ts';
import type { Pieces } from './restoring.ts';
import type { Restoring } from './vault.ts';

/** Texts of one choice that are under way, by where they stand. */
type Texts = Map<string, Pieces>;

/**
 * A streamed answer with its values in their places, wherever its chunks were cut. What is held back comes before the
 * finish of its choice, and before the end. Log probabilities go, for they spell placeholders; an answer to a request in
 * which nothing was hidden is the very same.
 */
export async function* restoredStream(chunks: ChatStream, way: Way): ChatStream {
  if (!way.vault.holds()) return yield* chunks;
  const open = new Map<number, Texts>();
  let last: ChatChunk | undefined;
  for await (const batch of chunks) {
    const said = batch.flatMap((chunk) => restoredChunk(chunk, open, way));
    last = batch.at(-1) ?? last;
    if (said.length > 0) yield said;
  }
  const rest = last === undefined ? [] : restOf(last, [...open.keys()], open);
  if (rest.length > 0) yield rest;
}

/** A chunk with what it says; before it, what was held back of other fields, and of choices that end with it. */
function restoredChunk(chunk: ChatChunk, open: Map<number, Texts>, way: Way): readonly ChatChunk[] {
  const before = chunk.choices.flatMap(({ index, delta }) => restOf(chunk, [index], open, spokenFields(delta)));
  const choices = chunk.choices.map((choice) => {
    const texts: Texts = open.get(choice.index) ?? new Map();
    open.set(choice.index, texts);
    return restoredChoice(choice, texts, way);
  });
  const ended = choices.filter(({ finish_reason }) => finish_reason !== null && finish_reason !== undefined);
  if (ended.length === 0) return [...before, { ...chunk, choices }];
  // What a chunk with a finish says comes before what was held back, so the two are parted.
  const spoken = ended
    .filter(({ delta }) => Object.keys(delta).length > 0)
    .map((choice) => ({ ...choice, finish_reason: null }));
  const first = spoken.length === 0 ? [] : [{ ...headOf(chunk), choices: spoken }];
  const rest = restOf(
    chunk,
    ended.map(({ index }) => index),
    open,
  );
  if (rest.length === 0) return [...before, { ...chunk, choices }];
  const ends = choices.map((choice) => (ended.includes(choice) ? { ...choice, delta: {} } : choice));
  return [...before, ...first, ...rest, { ...chunk, choices: ends }];
}

const headOf = ({ id, object, created, model }: ChatChunk) => ({ id, object, created, model });

/** What a delta goes on with. Calls go on beside each other, by their indexes, and an empty text beside any other. */
const spokenFields = (delta: Delta | undefined): readonly string[] =>
  Object.entries(delta ?? {}).flatMap(([name, value]) =>
    UNCHANGED.has(name) || value === '' || value === null || value === undefined ? [] : [name],
  );

/** What was held back of some choices, said; once a field is given, of all but it. */
function restOf(
  chunk: ChatChunk,
  indexes: readonly number[],
  open: Map<number, Texts>,
  goingOn?: readonly string[],
): readonly ChatChunk[] {
  if (goingOn?.length === 0) return [];
  return indexes.flatMap((index) => {
    const texts = open.get(index) ?? new Map<string, Pieces>();
    return [...texts].flatMap(([place, pieces]) => {
      if (goingOn?.some((name) => place.split('.')[0] === name)) return [];
      const text = pieces.rest();
      if (text === '') return [];
      const choice: ChunkChoice = { index, delta: deltaAt(place, text), finish_reason: null };
      return [{ ...headOf(chunk), choices: [choice] }];
    });
  });
}

/** A place is a field's name, or `tool_calls.0.function.arguments`. */
function deltaAt(place: string, text: string): Delta {
  const [name = '', index, part = '', field = ''] = place.split('.');
  if (index === undefined) return { [name]: text };
  return name === 'tool_calls'
    ? { tool_calls: [{ index: Number(index), [part]: { [field]: text } }] }
    : { [name]: { [index]: text } };
}

function restoredChoice(choice: ChunkChoice, texts: Texts, way: Way): ChunkChoice {
  const { delta, logprobs, ...more } = choice;
  return { ...more, delta: restoredDelta(delta ?? {}, texts, way), ...(logprobs !== undefined && { logprobs: null }) };
}

function restoredDelta(delta: Delta, texts: Texts, way: Way): Delta {
  return Object.fromEntries(
    Object.entries(delta).map(([name, value]) => {
      if (UNCHANGED.has(name)) return [name, value];
      if (typeof value === 'string') return [name, next(texts, name, value, fieldWay(name, way))];
      if (name === 'tool_calls' && delta.tool_calls)
        return [name, delta.tool_calls.map((call) => restoredCall(call, texts, way))];
      if (name === 'function_call')
        return [name, spokenIn(value, 'arguments', `${name}.arguments`, texts, way.vault.inJson)];
      return [name, value];
    }),
  );
}

function restoredCall(call: ToolCallDelta, texts: Texts, { vault }: Way): ToolCallDelta {
  const place = `tool_calls.${call.index}`;
  return {
    ...call,
    ...(call.function && {
      function: spokenIn(call.function, 'arguments', `${place}.function.arguments`, texts, vault.inJson),
    }),
    ...(call.custom !== undefined && {
      custom: spokenIn(call.custom, 'input', `${place}.custom.input`, texts, vault.inText),
    }),
  };
}

/** An object with one of its fields restored, should it have it. */
function spokenIn<T>(given: T, field: string, place: string, texts: Texts, way: Restoring): T {
  if (typeof given !== 'object' || given === null) return given;
  const piece: unknown = Object.entries(given).find(([name]) => name === field)?.[1];
  return typeof piece === 'string' ? { ...given, [field]: next(texts, place, piece, way) } : given;
}

function next(texts: Texts, place: string, piece: string, way: Restoring): string {
  const pieces = texts.get(place) ?? way.pieces();
  texts.set(place, pieces);
  return pieces.next(piece);
}
