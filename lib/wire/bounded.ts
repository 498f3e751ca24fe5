/** Larger than any answer there is; smaller than what would fill the memory. */
export const MOST_ANSWER_BYTES = 64 * 1024 * 1024;

/** What an answer fails with in whose middle something begins that never ends. */
export const endless = () =>
  Object.assign(new Error('A piece of the answer is longer than any answer.'), { code: 'EMSGSIZE' });

/** A body that fails with this when more of it comes than an answer has, as long as all that comes must be kept. */
export const bounded = (
  body: AsyncIterable<Uint8Array>,
  kept: () => boolean,
  tooLong: () => Error,
): AsyncIterable<Uint8Array> => ({
  // No generator: once it is not kept, its reads cost nothing more.
  [Symbol.asyncIterator]: () => {
    const bytes = body[Symbol.asyncIterator]();
    const leave = async () => (await bytes.return?.()) ?? { done: true, value: undefined };
    let length = 0;
    const counted = async (step: IteratorResult<Uint8Array>): Promise<IteratorResult<Uint8Array>> => {
      length += step.done ? 0 : step.value.length;
      if (length <= MOST_ANSWER_BYTES) return step;
      await leave();
      throw tooLong();
    };
    return { next: () => (kept() ? bytes.next().then(counted) : bytes.next()), return: leave };
  },
});
