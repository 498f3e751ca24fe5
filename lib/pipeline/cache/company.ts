import { following } from '../../wire/either.ts';
import type { Visit } from '../visit.ts';

/** Who waits for a call: its own caller, and the callers of the same who joined it. */
export type Company = {
  /** Fires when nobody waits any more, or the door's own time is over. */
  readonly signal: AbortSignal;
  /** Counts one more who waits, until the function it gives is called; undefined where nobody is left to join, or may. */
  readonly join: () => (() => void) | undefined;
  /** Lets nobody join any more, unless somebody has: then false. */
  readonly close: () => boolean;
  /** Whether others wait, besides its own caller. */
  readonly others: () => boolean;
};

/** The company of a visit. A caller who hangs up ends a call only when no other waits for it. */
export function accompanied({ signal, over }: Pick<Visit, 'signal' | 'over'>): Company {
  const ended = following(over);
  let others = 0;
  let open = true;
  const look = (): void => {
    if (signal.aborted && others === 0) ended.abort(signal.reason);
  };
  if (signal.aborted) look();
  else signal.addEventListener('abort', look, { once: true });
  return {
    signal: ended.signal,
    join: () => {
      if (!open || ended.signal.aborted) return undefined;
      others += 1;
      let waits = true;
      return () => {
        if (waits) others -= 1;
        waits = false;
        look();
      };
    },
    close: () => {
      if (others === 0) open = false;
      return !open;
    },
    others: () => others > 0,
  };
}
