import { bookedOf, dollarAttributes, stale } from '../../ledger/counter.ts';
import { type Moment, momentOf } from '../../ledger/windows.ts';
import type { Bill } from '../../world.ts';
import type { Memory, Write } from './counters.ts';
import { talliesOf } from './end.ts';
import { type Intent, intent } from './intent.ts';
import { type Persistence, persistently } from './persist.ts';

/** A call as it is booked where nothing was held for it. */
export type Booking = { readonly id: string; readonly moment: Moment; readonly bill: Bill; readonly now: number };

/**
 * Sees to it that a call is booked. Asked again after a failure, it tries once more as long. To be asked at once: whoever
 * joins a batch waits with it.
 */
export type Booked = () => Promise<void>;

/** What a bookkeeper needs. */
export type Means = {
  readonly write: Write;
  readonly memory: Memory;
  readonly persistence: Persistence;
  /** How long a booking may wait for others to leave with, in milliseconds. */
  readonly restMs: number;
};

/** Calls that are booked in one write. */
type Batch = {
  /** What they come to, by the attribute. Final once they have left. */
  readonly sums: Record<string, number>;
  readonly sign: string;
  latest: Booking;
  /** The change but for its sign, once they have left: a repetition must come to the same. */
  change?: Intent;
  made?: Promise<void> | undefined;
  doubtful: boolean;
};

/**
 * Books calls in counters that have no limits, and where therefore no place was taken. Calls that wait for the same
 * counter are one write: their sum. A write whose answer was lost is repeated, and ADD is not idempotent: each write
 * leaves a sign that refuses its own repetition, and takes away the signs of earlier writes that are known to have
 * arrived and were sent only once. So an item carries about as many signs as there are environments.
 */
export function bookkeeper({ write, memory, persistence, restMs }: Means) {
  const open = new Map<string, Batch>();
  const known = new Map<string, Set<string>>();
  const arrivedIn = (scopeId: string): Set<string> => {
    const found = known.get(scopeId) ?? new Set();
    known.delete(scopeId); // so that it counts as the youngest
    const [oldest] = known.keys();
    if (known.size >= MOST_REMEMBERED && oldest !== undefined) known.delete(oldest); // its signs go with age
    known.set(scopeId, found);
    return found;
  };

  /** What leaves now; who comes later leaves with the next. */
  const leaving = (scopeId: string, batch: Batch): Intent => {
    if (open.get(scopeId) === batch) open.delete(scopeId);
    batch.change ??= first(scopeId, batch);
    // A sign goes with age, which must not be before the last repetition has come.
    return { ...batch.change, set: { [batch.sign]: persistence.now() + persistence.forMs } };
  };

  const first = (scopeId: string, { sums, sign, latest: { moment, now } }: Batch): Intent => {
    const gone = [...arrivedIn(scopeId)].slice(0, MOST_AT_ONCE);
    return intent({
      add: sums,
      remove: [...gone, ...stale(memory.seen(scopeId), momentOf(now, moment.offsetMs))],
      absent: [sign],
    });
  };

  const written = async (scopeId: string, batch: Batch): Promise<void> => {
    try {
      const { done, twins } = await write(scopeId, () => leaving(scopeId, batch), { restMs });
      const arrived = arrivedIn(scopeId);
      for (const each of batch.change?.remove ?? []) arrived.delete(each);
      // Of a write that had no answer a twin may still be on its way: its sign goes with age.
      if (done && !twins && !batch.doubtful) arrived.add(batch.sign);
    } catch (error) {
      batch.doubtful = true;
      throw error;
    }
  };

  const made = async (scopeId: string, batch: Batch): Promise<void> => {
    try {
      await persistently(() => written(scopeId, batch), persistence);
    } catch (error) {
      batch.made = undefined; // whoever asks again has it tried again
      throw error;
    }
  };

  return (scopeId: string, booking: Booking): Booked => {
    const batch = open.get(scopeId) ?? { sums: {}, sign: bookedOf(booking.id), latest: booking, doubtful: false };
    batch.latest = booking;
    addTo(batch.sums, booking);
    if (!open.has(scopeId)) open.set(scopeId, batch);
    return () => {
      batch.made ??= made(scopeId, batch);
      return batch.made;
    };
  };
}

function addTo(sums: Record<string, number>, { moment, bill }: Booking): void {
  const { day, month, total } = dollarAttributes(moment);
  for (const name of [day, month, total]) sums[name] = (sums[name] ?? 0) + bill.nanoDollars;
  for (const [name, count] of Object.entries(talliesOf(bill))) sums[name] = (sums[name] ?? 0) + count;
}

/** Anybody may name a user, and each is a counter. */
const MOST_REMEMBERED = 5_000;

/** An expression has room for only so many. */
const MOST_AT_ONCE = 50;
