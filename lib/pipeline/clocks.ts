import { GatewayError } from '../errors.ts';
import type { World } from '../world.ts';

/** How long one upstream call may take, in milliseconds; what is left out has no limit of its own. */
export type TimeLimits = {
  readonly firstTokenMs: number | undefined;
  readonly betweenTokensMs: number;
  readonly callMs: number | undefined;
};

/** The clocks that run while a provider is called. */
export type Clocks = {
  /** Fires when the call is over for everybody, or this upstream call has taken too long. */
  readonly signal: AbortSignal;
  /** The first content is here. */
  readonly begun: () => void;
  /** Passes a stream on, and ends the call where the silence in it is too long. */
  readonly paced: <Piece>(pieces: AsyncIterable<Piece>) => AsyncIterable<Piece>;
  readonly stop: () => void;
};

/** Starts the clocks of one upstream call. */
export function startClocks(limits: TimeLimits, provider: string, signal: AbortSignal, world: World): Clocks {
  const over = new AbortController();
  const ring = (ms: number | undefined, problem: string) => {
    if (ms === undefined) return () => {};
    const message = `${provider} ${problem} within ${Math.round(ms)} ms.`;
    return world.timer(ms, () => over.abort(new GatewayError('timeout', { provider, message })));
  };
  const stopCall = ring(limits.callMs, 'did not end its answer');
  const stopFirst = ring(limits.firstTokenMs, 'did not begin to answer');
  const stop = () => {
    stopCall();
    stopFirst();
  };

  async function* paced<Piece>(pieces: AsyncIterable<Piece>): AsyncIterable<Piece> {
    const iterator = pieces[Symbol.asyncIterator]();
    try {
      for (let first = true; ; first = false) {
        // Before the first piece the other clock runs; while the reader takes its time, none does.
        const stopSilence = first ? () => {} : ring(limits.betweenTokensMs, 'did not go on with its answer');
        const next = await iterator.next().finally(stopSilence);
        if (next.done) return;
        yield next.value;
      }
    } finally {
      stop();
      await iterator.return?.();
    }
  }

  return { signal: AbortSignal.any([signal, over.signal]), begun: stopFirst, paced, stop };
}
