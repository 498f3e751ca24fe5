import { endless, MOST_ANSWER_BYTES } from './bounded.ts';
import type { Timer } from './timer.ts';

/** What the last bytes of an answer, which its reader does not need, may still take. */
const LAST_BYTES_MS = 50;
/** So much is kept of what comes faster than it is read. */
const MOST_WAITING_BYTES = 65_536;
/** So many pieces are read ahead of what comes with them: by then each provider has said its first words. */
const FIRST_PIECES = 4;

/** A body on its way in, from whoever receives it to whoever reads it. */
export type Incoming = {
  /** A piece is here; false where no more can be taken before something was read. */
  readonly push: (piece: Uint8Array) => boolean;
  /** It is whole, or broken. */
  readonly end: (failure?: Error) => void;
  /** The body to be read, once; `resume` asks for more after a `false`. Without it whoever sends cannot be held back. */
  readonly from: (resume?: () => void) => AsyncIterable<Uint8Array>;
};

/**
 * A body whose reader may leave before its end. One that ends within moments keeps its connection for the next call: the
 * last HTTP chunk often comes a little after a stream's last event. Any other is broken off, by `stop`.
 */
export function incoming(timer: Timer, stop: (reason: Error) => void): Incoming {
  const waiting: Uint8Array[] = [];
  let bytes = 0;
  let full = false;
  let ahead = FIRST_PIECES;
  let behind = false;
  let state: 'open' | 'left' | 'over' = 'open';
  let failure: Error | undefined;
  let wake: (() => void) | undefined;
  let linger: (() => void) | undefined;
  let more: (() => void) | undefined;

  const next = async (): Promise<IteratorResult<Uint8Array, undefined>> => {
    while (waiting.length === 0 && state === 'open')
      await new Promise<void>((resolve) => {
        wake = resolve;
      });
    // What came at once is read at once: a stream's events are many small chunks. But the first words do not wait for the
    // rest: what is written in one turn of Node's loop leaves when it ends, and others' first words may come in between.
    if (behind) await nextTurn();
    const those = waiting.splice(0, ahead > 0 ? ahead : waiting.length);
    const [first] = those;
    if (first !== undefined) {
      behind = ahead > 0 && waiting.length > 0;
      ahead = Math.max(0, ahead - those.length);
      const value = those.length === 1 ? first : Buffer.concat(those);
      bytes -= value.length;
      if (full && waiting.length === 0) {
        full = false;
        more?.();
      }
      return { value, done: false };
    }
    if (failure !== undefined) throw failure;
    return { value: undefined, done: true };
  };
  const leave = async (): Promise<IteratorResult<Uint8Array, undefined>> => {
    if (state === 'open') {
      state = 'left';
      // Not awaited: whoever left is already telling the client that all is said.
      linger = timer(LAST_BYTES_MS, () => stop(new Error('Nobody reads on.')));
      more?.();
    }
    waiting.length = 0;
    bytes = 0;
    return { value: undefined, done: true };
  };

  return {
    push: (piece) => {
      if (state === 'left') return true;
      waiting.push(piece);
      bytes += piece.length;
      wake?.();
      full = more !== undefined && bytes >= MOST_WAITING_BYTES;
      if (more !== undefined) return !full;
      if (bytes > MOST_ANSWER_BYTES) stop(endless());
      return true;
    },
    end: (reason) => {
      linger?.();
      state = 'over';
      failure = reason;
      wake?.();
    },
    from: (resume) => {
      more = resume;
      return { [Symbol.asyncIterator]: () => ({ next, return: leave }) };
    },
  };
}

const nextTurn = () => new Promise((resolve) => void setImmediate(resolve));
