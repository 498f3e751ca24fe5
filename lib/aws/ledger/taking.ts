import { GatewayError } from '../../errors.ts';
import type { Scope } from '../../ledger/admission.ts';
import { type Counter, idOf } from '../../ledger/counter.ts';
import type { Written } from './counters.ts';
import { callOff, leave } from './end.ts';
import type { InBackground, Parts } from './parts.ts';
import { type Place, take } from './place.ts';
import { Unmade } from './writer.ts';

/** A place that is asked for. */
export type Asked = { readonly scope: Scope; readonly place: Place };

/** What became of it. */
export type Taken = Asked & { readonly written: Written };

/** How a counter stands. */
export type Standing = { readonly scope: Scope; readonly counter: Counter };

/** Takes places in several counters, and gives them back. What cannot be done at once is done in the background. */
export function taking({ write, memory, persistence, timeoutMs }: Parts, inBackground: InBackground) {
  const { now } = persistence;
  const calledOff = (place: Place) => inBackground(idOf(place.mark), () => callOff(place, now(), write, memory));

  return {
    /** Takes all at once. Where it cannot be known whether one was taken, all are called off, and the ledger is unavailable. */
    async takeAll(asked: readonly Asked[]): Promise<readonly Taken[]> {
      const within = { ...memory, withinMs: timeoutMs };
      const tried = await Promise.allSettled(asked.map(({ scope, place }) => take(place, scope, write, within)));
      const taken: Taken[] = [];
      let failure: unknown;
      for (const [index, each] of asked.entries()) {
        const outcome = tried[index];
        if (outcome?.status === 'fulfilled') taken.push({ ...each, written: outcome.value });
        else {
          failure = outcome?.reason;
          if (!(failure instanceof Unmade)) calledOff(each.place);
        }
      }
      if (taken.length === asked.length) return taken;
      for (const { place, written } of taken) if (written.done || written.twins) calledOff(place);
      throw unavailable(failure);
    },

    /** Gives back what was taken in some counters when others had no room, and tells how all counters stand then. */
    giveBack(taken: readonly Taken[]): Promise<readonly Standing[]> {
      return Promise.all(
        taken.map(async ({ scope, place, written }) => {
          if (!written.done) {
            if (written.twins) calledOff(place); // refused, but a twin of it may still come
            return { scope, counter: written.counter };
          }
          const leaving = { outcome: 'undone', twins: written.twins, now: now() } as const;
          try {
            return { scope, counter: (await leave(place, leaving, write, memory)).counter };
          } catch (cause) {
            calledOff(place);
            throw unavailable(cause);
          }
        }),
      );
    },
  };
}

/** What a caller is told when its limits cannot be checked. */
export const unavailable = (cause?: unknown) =>
  new GatewayError('gateway_unavailable', {
    message: 'What this call may cost cannot be checked right now. Try again shortly.',
    retryAfterMs: 1_000,
    cause,
  });
