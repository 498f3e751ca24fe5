/**
 * Reads a stream up to its first batch that satisfies `answered`, or to its end, and gives the whole stream back: what
 * was read, then the rest. A stream that fails before that fails here, while another target may still be tried.
 */
export async function primed<T>(stream: AsyncIterable<T>, answered: (batch: T) => boolean): Promise<AsyncIterable<T>> {
  const iterator = stream[Symbol.asyncIterator]();
  const read: T[] = [];
  for (;;) {
    const next = await iterator.next();
    if (next.done) break;
    read.push(next.value);
    if (answered(next.value)) break;
  }
  return resumed(read, iterator);
}

async function* resumed<T>(read: readonly T[], iterator: AsyncIterator<T>): AsyncIterable<T> {
  try {
    yield* read;
    for (let next = await iterator.next(); !next.done; next = await iterator.next()) yield next.value;
  } finally {
    await iterator.return?.();
  }
}
