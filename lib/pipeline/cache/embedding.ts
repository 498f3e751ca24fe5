import { GatewayError } from '../../errors.ts';
import { quoteEmbedding } from '../../ledger/ceiling.ts';
import type { Target } from '../../providers/provider.ts';
import { either } from '../../wire/either.ts';
import { traceAttempts } from '../call-spans.ts';
import { openEmbeddings } from '../open-embeddings.ts';
import { openTally } from '../tally.ts';
import type { Cacheable } from './cacheable.ts';

/** What a vector is asked for with. */
export type Embedding = {
  readonly text: string;
  readonly target: Target;
  readonly dimensions: number | undefined;
};

/** Longer than any embedding takes. One that comes too late to find anything by is still good for what is kept. */
const LONGEST_MS = 5_000;

/** The most an embedding can come to, in nano-dollars. */
export const ceilingOf = ({ text, target, dimensions }: Embedding): number =>
  quoteEmbedding(toRequest(text, target, dimensions), [target]).nanoDollars;

/**
 * The vector of a text, of length one, on the account of the call that needs it. Throws what asking for it fails with;
 * what it costs is then on the account all the same.
 */
export async function vectorOf(
  { text, target, dimensions }: Embedding,
  cacheable: Cacheable,
): Promise<readonly number[]> {
  const { patience, tally, hold, world } = cacheable;
  const { visit, caller, ask, signal } = tally;
  const request = toRequest(text, target, dimensions);
  const own = openTally({
    visit,
    caller,
    ask: { ...ask, request: { model: target.name } },
    endpoint: '/v1/embeddings',
    boundsFor: (each) => quoteEmbedding(request, [each]),
    signal,
    tick: world.tick,
  });
  tally.cache.asks(own);
  const late = new AbortController();
  // A clock of its own: those of the call stop when its answer is out, and this may still be under way.
  const cancel = world.timer(LONGEST_MS, () =>
    late.abort(new GatewayError('timeout', { message: 'The embedding took too long.' })),
  );
  const inTime = {
    signal: either(patience.signal, late.signal),
    leftMs: () => Math.min(patience.leftMs(), LONGEST_MS),
  };
  try {
    // Whoever is cooled down is so for all who call it; that another way is open, namely without, is always true.
    const going = { patience: inTime, tally: own, world, hold, followed: true };
    const found = await openEmbeddings(request)({ target, timeouts: {} }, going);
    return unit(found.vectors[0] ?? []);
  } finally {
    cancel();
    traceAttempts(own);
  }
}

const toRequest = (text: string, { name }: Target, dimensions: number | undefined) => ({
  model: name,
  input: [text],
  ...(dimensions !== undefined && { dimensions }),
});

/** A vector at length one: then the product of two is the cosine between them. */
function unit(vector: readonly number[]): readonly number[] {
  const length = Math.hypot(...vector);
  return length > 0 ? vector.map((each) => each / length) : vector;
}
