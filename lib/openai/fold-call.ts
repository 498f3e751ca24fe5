import type { ToolCallDelta } from './answer.ts';
import { isFields } from './fold-fields.ts';

/** A tool call as far as it was said. */
export type FoldedCall = Readonly<Record<string, unknown>>;

/** Words that come in pieces; all else of a call is as it was said last. */
const IN_PIECES = new Set(['id', 'name', 'arguments', 'input']);

/** A call with one more piece of it. Fields we do not know, and tools of other kinds, travel along. */
export const added = (call: FoldedCall, { index: _, ...piece }: ToolCallDelta): FoldedCall => joined(call, piece);

function joined(before: FoldedCall, piece: FoldedCall): FoldedCall {
  const whole: Record<string, unknown> = { ...before };
  for (const [name, value] of Object.entries(piece)) {
    const said = whole[name];
    if (value === null || value === undefined) continue;
    if (typeof value === 'string' && IN_PIECES.has(name))
      whole[name] = `${typeof said === 'string' ? said : ''}${value}`;
    else whole[name] = isFields(value) ? joined(isFields(said) ? said : {}, value) : value;
  }
  return whole;
}

/** A call that is whole. One that is of no other kind calls a function, by an id, a name and arguments. */
export function toCall(call: FoldedCall): FoldedCall {
  const { type = 'function', function: called, ...more } = call;
  if (type !== 'function') return call;
  return { id: '', ...more, type, function: { name: '', arguments: '', ...(isFields(called) ? called : {}) } };
}
