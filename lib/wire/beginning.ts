/** More than any answer, or refusal, that is not a stream. */
const MOST_BYTES = 4 * 1024 * 1024;

/** Keeps the bytes that pass until the first event shows that they are a stream. */
export function beginning() {
  let kept: Uint8Array[] | undefined = [];
  let length = 0;
  const keep = (step: IteratorResult<Uint8Array>): IteratorResult<Uint8Array> => {
    length += step.done ? 0 : step.value.length;
    if (!step.done && length <= MOST_BYTES) kept?.push(step.value);
    return step;
  };
  return {
    // No generator: once they are a stream, its reads cost nothing more.
    keeping: (body: AsyncIterable<Uint8Array>): AsyncIterable<Uint8Array> => ({
      [Symbol.asyncIterator]: () => {
        const bytes = body[Symbol.asyncIterator]();
        return {
          next: () => (kept === undefined ? bytes.next() : bytes.next().then(keep)),
          return: async () => (await bytes.return?.()) ?? { done: true, value: undefined },
        };
      },
    }),
    forget: () => {
      kept = undefined;
    },
    text: () => Buffer.concat(kept ?? []).toString('utf8'),
  };
}
