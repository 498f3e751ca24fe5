import { GatewayError } from '../errors.ts';
import { following } from '../wire/either.ts';
import type { World } from '../world.ts';
import { watchWaits } from './waits.ts';

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
  /** Passes a stream on, and ends the call where the silence in it is too long once it has begun. */
  readonly paced: <Piece>(pieces: AsyncIterable<Piece>) => AsyncIterable<Piece>;
  /** Passes the body of a whole answer on, paced as a stream is, and tells of its bytes: it has begun with the first of them, not with its head. */
  readonly whole: (body: AsyncIterable<Uint8Array>, arrive?: (bytes: number) => void) => AsyncIterable<Uint8Array>;
  readonly stop: () => void;
  /** Stops, and ends what of the answer may still be on its way. */
  readonly leave: () => void;
};

/** Starts the clocks of one upstream call. */
export function startClocks(limits: TimeLimits, provider: string, signal: AbortSignal, world: World): Clocks {
  const over = following(signal);
  const late = (ms: number, problem: string) => {
    const message = `${provider} ${problem} within ${Math.round(ms)} ms.`;
    over.abort(new GatewayError('timeout', { provider, message }));
  };
  const within = (ms: number | undefined, problem: string) =>
    ms === undefined ? () => {} : world.timer(ms, () => late(ms, problem));
  const stopCall = within(limits.callMs, 'did not end its answer');
  const stopFirst = within(limits.firstTokenMs, 'did not begin to answer');
  const stop = () => {
    stopCall();
    stopFirst();
  };
  let hasBegun = false;
  const begun = () => {
    hasBegun = true;
    stopFirst();
  };

  const leave = () => {
    stop();
    over.abort(new GatewayError('provider_cut', { provider, message: `The answer of ${provider} was left.` }));
  };

  async function* paced<Piece>(pieces: AsyncIterable<Piece>, seen?: (piece: Piece) => void): AsyncIterable<Piece> {
    const iterator = pieces[Symbol.asyncIterator]();
    const { betweenTokensMs: ms } = limits;
    const waits = watchWaits(ms, world, () => late(ms, 'did not go on with its answer'));
    try {
      for (;;) {
        // Before the first content, of which some providers send the role ahead, the other clock runs; while the reader
        // takes its time, none does.
        if (hasBegun) waits.begin();
        const next = await iterator.next();
        waits.end();
        if (next.done) return;
        seen?.(next.value);
        yield next.value;
      }
    } finally {
      waits.stop();
      stop();
      await iterator.return?.();
    }
  }

  const whole: Clocks['whole'] = (body, arrive) =>
    paced(body, ({ length }) => {
      begun();
      arrive?.(length);
    });

  return { signal: over.signal, begun, paced, whole, stop, leave };
}
