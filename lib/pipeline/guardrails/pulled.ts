import type { ChatChunk, ChatStream } from '../../openai/answer.ts';
import type { World } from '../../world.ts';

type Batch = readonly ChatChunk[];

/** A stream that is read with a clock. */
export type Pulled = {
  /** What comes next, that it has ended, or that nothing came in time: then the next call waits for the same, and nothing is lost. */
  readonly next: (withinMs?: number) => Promise<Batch | 'late' | 'ended'>;
  /** All that is left of it. */
  readonly rest: () => AsyncIterable<Batch>;
  /** Lets go of what is left. */
  readonly leave: () => Promise<void>;
};

/** Reads a stream with a clock. */
export function pulled(chunks: ChatStream, { timer }: Pick<World, 'timer'>): Pulled {
  const pieces = chunks[Symbol.asyncIterator]();
  let coming: Promise<Batch | 'ended'> | undefined;

  const next = async (): Promise<Batch | 'ended'> => {
    coming ??= pieces.next().then(({ done, value }) => (done ? 'ended' : value));
    return coming.finally(() => {
      coming = undefined;
    });
  };

  const inTime = async (ms: number): Promise<Batch | 'late' | 'ended'> => {
    const { promise: late, resolve } = Promise.withResolvers<'late'>();
    const cancel = timer(Math.max(0, ms), () => resolve('late'));
    coming ??= pieces.next().then(({ done, value }) => (done ? 'ended' : value));
    const first = await Promise.race([coming, late]).finally(cancel);
    return first === 'late' ? first : next();
  };

  return {
    next: (withinMs) => (withinMs === undefined ? next() : inTime(withinMs)),

    async *rest() {
      for (let step = await next(); step !== 'ended'; step = await next()) yield step;
    },

    async leave() {
      const left = pieces.return?.();
      if (coming === undefined) await left;
      else left?.catch(() => {}); // its turn comes after what is still awaited, and may be long in coming
    },
  };
}
