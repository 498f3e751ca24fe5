import type { ToolCallDelta } from '../../openai/answer.ts';
import { carrying } from '../../openai/carried.ts';
import type { JsonObject } from '../../openai/json.ts';
import type { Thought } from '../../openai/thoughts.ts';
import { objectIn, textIn } from './fields.ts';
import { partialArgs } from './partial-args.ts';

/** A call whose arguments may still be coming. */
type Unfinished = {
  readonly id: string;
  readonly name: string;
  readonly thoughts: readonly Thought[];
  readonly args: ReturnType<typeof partialArgs>;
};

/**
 * Collects the calls of one candidate. They come whole, or on Vertex AI in parts: a name that will continue, arguments
 * by path, and an empty one at the end.
 */
export function openCalls(writer: string, newId: (at: number) => string) {
  const calls: Unfinished[] = [];
  let open: Unfinished | undefined;
  return {
    see({ functionCall, thoughtSignature }: JsonObject): void {
      const { id, name, args, partialArgs: pieces, willContinue } = objectIn(functionCall);
      const called = textIn(name);
      if (called !== undefined) {
        const signature = textIn(thoughtSignature);
        open = {
          id: textIn(id) ?? newId(calls.length),
          name: called,
          thoughts: signature === undefined ? [] : [{ writer, signature }],
          args: partialArgs(objectIn(args)),
        };
        calls.push(open);
      }
      open?.args.see(pieces);
      if (willContinue !== true) open = undefined;
    },
    /**
     * The calls, each with its signature folded into its id, for the client to give back. The first also carries those
     * of what was said `before` the calls: many clients give back nothing else.
     */
    all: (before: readonly Thought[]): readonly ToolCallDelta[] =>
      calls.map(({ id, name, thoughts, args }, index) => ({
        index,
        id: carrying({ id, thoughts: index === 0 ? [...before, ...thoughts] : thoughts }),
        type: 'function',
        function: { name, arguments: args.json() },
      })),
  };
}
