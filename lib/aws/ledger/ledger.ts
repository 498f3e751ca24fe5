import type { Hold, Refusal, Reservation } from '../../ledger/admission.ts';
import { crossings, exhaustion } from '../../ledger/alerts.ts';
import { CLAIM_MS, claimOf } from '../../ledger/fairness.ts';
import { momentOf, offsetAt } from '../../ledger/windows.ts';
import type { Bill, Ledger } from '../../world.ts';
import { type Booked, bookkeeper } from './book.ts';
import { leave } from './end.ts';
import { expiring } from './expire.ts';
import { intent } from './intent.ts';
import type { Held, HeldPlace, InBackground, Parts } from './parts.ts';
import { persistently } from './persist.ts';
import { raise } from './raise.ts';
import { reserving } from './reserve.ts';
import { telling } from './telling.ts';

/**
 * Money and limits in table Counters, one item a scope, all scopes of a call at once. A scope with limits has a place
 * taken in it before the call, and is given the rest back after it; one without is only booked.
 */
export function dynamoLedger(parts: Parts): Ledger {
  const { write, memory, log, persistence, restMs } = parts;
  const { now } = persistence;
  const holds = new WeakMap<Hold, Held>();
  const endings = new WeakMap<Hold, Promise<void>>();
  const bookings = new WeakMap<Hold, readonly Booked[]>();
  const bookIn = bookkeeper(parts);
  const expire = expiring({ ...parts, now });
  const tell = telling(parts);
  // By the call: where one counter is away, calls of others do not wait for it.
  const background = new Map<string, readonly Promise<void>[]>();
  const inBackground: InBackground = (id, work) => {
    const done: Promise<void> = persistently(work, persistence)
      .catch((cause: unknown) =>
        log.error('A place in the ledger could not be given back; it goes when it expires.', { cause: String(cause) }),
      )
      .finally(() => {
        const others = background.get(id)?.filter((each) => each !== done) ?? [];
        if (others.length > 0) background.set(id, others);
        else background.delete(id);
      });
    background.set(id, [...(background.get(id) ?? []), done]);
  };
  const reserve = reserving(parts, (hold, held) => holds.set(hold, held), inBackground);

  const settleIn = async (
    { scope, place, twins }: HeldPlace,
    { tenant, timezone }: Hold,
    bill: Bill,
    unwritten: boolean,
  ) => {
    const leaving = { outcome: bill, twins, unwritten, now: now(), restMs };
    const { counter } = await persistently(() => leave(place, leaving, write, memory), persistence);
    const moment = momentOf(now(), place.marker.moment.offsetMs);
    for (const each of crossings(counter, tenant, { scope, moment, timezone })) await tell(scope.id, counter, each);
    await expire(scope.id, counter);
  };

  const bookingsOf = (hold: Hold, held: readonly HeldPlace[], bill: Bill): readonly Booked[] => {
    const moment = momentOf(hold.at, offsetAt(hold.timezone, hold.at));
    const others = hold.scopes.filter(({ id }) => !held.some(({ scope }) => scope.id === id));
    return others.map(({ id }) => bookIn(id, { id: hold.id, moment, bill, now: now() }));
  };

  const settle = async (hold: Hold, bill: Bill, unwritten: boolean): Promise<void> => {
    await holds.get(hold)?.raising; // or it would be given up by a mark that is about to change
    const held = holds.get(hold)?.places ?? [];
    const booked = bookings.get(hold) ?? bookingsOf(hold, held, bill);
    bookings.set(hold, booked); // settled again, it is the same that must be made
    const outcomes = await Promise.allSettled([
      ...held.map((each) => settleIn(each, hold, bill, unwritten)),
      ...booked.map((sure) => sure()),
    ]);
    for (const outcome of outcomes) if (outcome.status === 'rejected') throw outcome.reason;
  };

  return {
    reserve,
    raise: async (hold, nanoDollars) => {
      const held = holds.get(hold);
      return held === undefined ? true : raise(held, nanoDollars, write);
    },
    settle: async (hold, bill, written = true) => {
      const ending = endings.get(hold) ?? settle(hold, bill, !written);
      endings.set(hold, ending);
      try {
        await ending;
      } catch (error) {
        endings.delete(hold);
        throw error;
      }
    },
    idle: async (id) => {
      const left = () => (id === undefined ? [...background.values()].flat() : (background.get(id) ?? []));
      for (let those = left(); those.length > 0; those = left()) await Promise.all(those);
    },
    turnedAway: async ({ scope, window, kind, soon }: Refusal, { tenant, timezone }: Reservation) => {
      const { id, sharer } = scope;
      if (sharer !== undefined) await write(id, intent({ set: { [claimOf(sharer)]: now() + CLAIM_MS } }));
      if (kind !== 'dollars' || window === undefined || soon) return;
      const moment = momentOf(now(), offsetAt(timezone, now()));
      const counter = memory.seen(scope.id);
      for (const each of exhaustion(window, counter, tenant, { scope, moment, timezone }))
        await tell(id, counter, each);
    },
  };
}
