import type { ChunkChoice, FinishReason } from '../../openai/answer.ts';
import type { Origin } from '../provider.ts';
import { type Wire, wireList, wireObject } from '../wire.ts';
import { openCalls } from './calls.ts';
import { nativeFinish, toFinish } from './finish.ts';
import { present, speaks, toSaid } from './said.ts';

/** One choice of a stream, while it arrives. */
export type Choice = {
  /** What a chunk says of it: nothing, or one choice of a chunk. */
  readonly read: (wire: Wire) => ChunkChoice | undefined;
  readonly finished: () => boolean;
  /** The end of it, with its finish. */
  readonly end: () => readonly ChunkChoice[];
};

/**
 * Follows one choice of a stream. Its finish is kept back to its end: some vendors finish, and then say more, or
 * finish again.
 */
export function openChoice(origin: Origin, index: number): Choice {
  const calls = openCalls(origin, index);
  let finish: FinishReason | null = null;
  let native: object = {};
  let last: ChunkChoice | undefined; // what came with the finish, or after it
  let begun = false;

  const toChoice = ({ index: _, delta, message, finish_reason: __, usage: ___, ...fields }: Wire): ChunkChoice => {
    // Perplexity sends the whole message so far beside each delta.
    const wire = wireObject(delta ?? message);
    const called = calls.add(wireList(wire.tool_calls));
    const said = toSaid(wire);
    const whole = called.length > 0 ? { ...said, tool_calls: called } : said;
    return { index, delta: whole, ...fields, finish_reason: null };
  };
  const first = (choice: ChunkChoice): ChunkChoice => {
    if (begun) return choice;
    begun = true;
    return { ...choice, delta: { role: 'assistant', ...choice.delta } };
  };

  return {
    read(wire) {
      const choice = toChoice(wire);
      const ends = toFinish(wire.finish_reason, origin.provider);
      if (ends !== null) native = nativeFinish(wire.finish_reason, ends);
      finish = ends ?? finish;
      if (finish === null) return first(choice);
      const before = last;
      if (before !== undefined && !holdsMore(choice)) return undefined;
      last = choice;
      return before && first(before);
    },
    finished: () => finish !== null,
    end() {
      const { delta, ...fields } = last ?? { index, delta: {} };
      const called = [...(delta.tool_calls ?? []), ...calls.end()];
      const said = { ...delta, ...(called.length > 0 && { tool_calls: called }) };
      return [first({ ...native, ...fields, delta: said, finish_reason: finish })];
    },
  };
}

const holdsMore = ({ delta, index: _, finish_reason: __, ...fields }: ChunkChoice): boolean =>
  speaks(delta) || Object.values(fields).some(present);
