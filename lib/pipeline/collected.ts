import type { Answered } from './reply.ts';

/** A body on its way to its reader. */
export type Collected = {
  readonly body: Answered['body'];
  /** All of it, once it has passed; undefined where it failed, was not read to its end, or is too long to be kept. */
  readonly text: () => string | undefined;
};

const MOST_KEPT_BYTES = 8 * 1024 * 1024;

/** Collects a body while it passes. It is read to its end even when its reader leaves, for it will be asked for again. */
export function collected({ body, sound = () => true }: Answered): Collected {
  const pieces: string[] = [];
  let bytes = 0;
  let state: 'passing' | 'ended' | 'broken' = 'passing';
  const keep = (piece: string) => {
    bytes += Buffer.byteLength(piece);
    if (bytes <= MOST_KEPT_BYTES) pieces.push(piece);
    else pieces.length = 0;
  };
  const text = () => (state === 'ended' && bytes <= MOST_KEPT_BYTES && sound() ? pieces.join('') : undefined);
  if (Array.isArray(body)) {
    for (const piece of body) keep(piece);
    state = 'ended';
    return { body, text };
  }

  async function* passing(): AsyncIterable<string> {
    const iterator = Symbol.asyncIterator in body ? body[Symbol.asyncIterator]() : body[Symbol.iterator]();
    const next = async () => {
      const step = await iterator.next();
      if (step.done) state = 'ended';
      else keep(step.value);
      return step;
    };
    try {
      for (let step = await next(); !step.done; step = await next()) yield step.value;
    } catch (error) {
      state = 'broken';
      throw error;
    } finally {
      while (state === 'passing') await next(); // its reader has left
    }
  }
  return { body: passing(), text };
}
