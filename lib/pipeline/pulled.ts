import { countsIn } from '../guardrails/held.ts';
import type { ChatChunk, ChatStream } from '../openai/answer.ts';
import type { World } from '../world.ts';

/** A stream that is read with a clock: what comes, that it has ended, or that nothing came in time. */
export type Pulled = {
  /** What comes next. `late` loses nothing: the next call waits for the same. Without a time it waits as long as it takes. */
  readonly next: (withinMs?: number) => Promise<readonly ChatChunk[] | 'late' | 'ended'>;
  /** Reads to the end, and gives what only an end says: chunks that count. */
  readonly rest: () => Promise<readonly ChatChunk[]>;
  /** Lets go of what is left. */
  readonly leave: () => Promise<void>;
};

/** Reads a stream with a clock. */
export function pulled(chunks: ChatStream, { timer }: Pick<World, 'timer'>): Pulled {
  const pieces = chunks[Symbol.asyncIterator]();
  let coming: Promise<readonly ChatChunk[] | 'ended'> | undefined;

  const next: Pulled['next'] = async (withinMs) => {
    coming ??= pieces.next().then(({ done, value }) => (done ? 'ended' : value));
    const { promise: late, resolve } = Promise.withResolvers<'late'>();
    const cancel = withinMs === undefined ? () => {} : timer(Math.max(0, withinMs), () => resolve('late'));
    try {
      const step = await (withinMs === undefined ? coming : Promise.race([coming, late]));
      if (step !== 'late' && step !== 'ended') coming = undefined;
      return step;
    } catch (error) {
      coming = undefined;
      throw error;
    } finally {
      cancel();
    }
  };

  return {
    next,

    async rest() {
      const counts: ChatChunk[] = [];
      for (let step = await next(); step !== 'ended'; step = await next())
        if (step !== 'late') counts.push(...countsIn(step));
      return counts;
    },

    async leave() {
      coming?.catch(() => {}); // nobody awaits it any more
      await pieces.return?.();
    },
  };
}
