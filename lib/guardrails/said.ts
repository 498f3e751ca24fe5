import type { ChatCompletion, Delta } from '../openai/answer.ts';
import { isObject, type Json } from '../openai/json.ts';

/** Where in an answer a text stands, as `0.content`, and a piece of it. */
export type Said = readonly [place: string, text: string];

/** What nobody reads as text: names of things, encrypted thoughts, which are given again in the clear, and bytes. */
const NO_TEXT = new Set(['role', 'id', 'type', 'index', 'tool_call_id', 'reasoning_details', 'data', 'format']);

/** All texts of a choice's delta. Those of one place, in their order, are one text. */
export const saidIn = (index: number, delta: Delta): readonly Said[] => textsIn(delta as Json, String(index));

/** All texts of a whole answer. */
export const saidBy = ({ choices }: ChatCompletion): readonly Said[] =>
  choices.flatMap(({ index, message }) => textsIn(message as Json, String(index)));

function textsIn(value: Json | undefined, place: string): readonly Said[] {
  if (typeof value === 'string') return value === '' ? [] : [[place, value]];
  if (Array.isArray(value))
    return value.flatMap((member: Json, at) => textsIn(member, `${place}.${indexOf(member) ?? at}`));
  if (!isObject(value)) return [];
  return Object.entries(value).flatMap(([name, member]) =>
    NO_TEXT.has(name) ? [] : textsIn(member, `${place}.${name}`),
  );
}

/** A call says which it is, for in a delta it stands alone. */
const indexOf = (member: Json): number | undefined =>
  isObject(member) && typeof member.index === 'number' ? member.index : undefined;
