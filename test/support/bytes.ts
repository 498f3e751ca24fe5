import fc from 'fast-check';

/** The bytes of a text, in pieces cut at these places. */
export function cut(text: string | Uint8Array, ...at: readonly number[]): readonly Uint8Array[] {
  const bytes = Buffer.from(text);
  const edges = [0, ...[...at].sort((one, other) => one - other), bytes.length];
  return edges.slice(1).map((end, before) => bytes.subarray(edges[before], end));
}

/** Pieces as a body that arrives, one read each. */
export async function* arriving<T>(pieces: Iterable<T>): AsyncGenerator<T> {
  for (const piece of pieces) {
    await null;
    yield piece;
  }
}

/** Pieces that arrive, and then the connection breaks. */
export async function* breaking<T>(pieces: Iterable<T>, error: Error): AsyncGenerator<T> {
  yield* arriving(pieces);
  throw error;
}

/** A few places to cut a body of this many bytes at. */
export const cuts = (length: number) => fc.array(fc.integer({ min: 0, max: length }), { maxLength: 6 });

/** What a promise or an iterable fails with; fails itself when that does not. */
export async function failureOf(work: PromiseLike<unknown> | AsyncIterable<unknown>): Promise<unknown> {
  try {
    await (Symbol.asyncIterator in work ? Array.fromAsync(work) : work);
  } catch (error) {
    return error;
  }
  throw new Error('This should have failed, and did not.');
}

/** What a function throws; fails itself when that does not. */
export function thrownBy(work: () => unknown): unknown {
  try {
    work();
  } catch (error) {
    return error;
  }
  throw new Error('This should have thrown, and did not.');
}
