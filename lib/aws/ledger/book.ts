import { bookedOf, dollarAttributes, stale } from '../../ledger/counter.ts';
import { type Moment, momentOf } from '../../ledger/windows.ts';
import type { Bill } from '../../world.ts';
import type { Memory, Write } from './counters.ts';
import { talliesOf } from './end.ts';
import { type Intent, intent } from './intent.ts';

/** A call as it is booked where nothing was held for it. */
export type Booking = { readonly id: string; readonly moment: Moment; readonly bill: Bill; readonly now: number };

/**
 * Books calls in counters that have no limits, and where therefore no place was taken. A write whose answer was lost is
 * repeated, and ADD is not idempotent: each write leaves a sign that refuses its own repetition, and takes away the signs
 * of earlier writes that are known to have arrived and were sent only once, as they are when it leaves. So an item
 * carries about as many signs as there are environments, times the calls that leave at once.
 */
export function bookkeeper(write: Write, { seen }: Memory) {
  const known = new Map<string, Set<string>>();
  const doubtful = new Set<string>();
  const arrivedIn = (scopeId: string): Set<string> => {
    const found = known.get(scopeId) ?? new Set();
    known.delete(scopeId); // so that it counts as the youngest
    const [oldest] = known.keys();
    if (known.size >= MOST_REMEMBERED && oldest !== undefined) known.delete(oldest); // its signs go with age
    known.set(scopeId, found);
    return found;
  };
  return async (scopeId: string, { id, moment, bill, now }: Booking): Promise<void> => {
    const sign = bookedOf(id);
    const arrived = arrivedIn(scopeId);
    const { day, month, total } = dollarAttributes(moment);
    const dollars = Object.fromEntries([day, month, total].map((attribute) => [attribute, bill.nanoDollars]));
    const taken: string[] = [];
    const change = (): Intent => {
      taken.push(...[...arrived].filter((each) => each !== sign).slice(0, MOST_AT_ONCE));
      for (const each of taken) arrived.delete(each);
      return intent({
        add: { ...dollars, ...talliesOf(bill) },
        set: { [sign]: now },
        remove: [...taken, ...stale(seen(scopeId), momentOf(now, moment.offsetMs))],
        absent: [sign],
      });
    };
    try {
      const { done, twins } = await write(scopeId, change);
      const doubted = doubtful.delete(`${scopeId} ${sign}`);
      // Of a write that had no answer, or that another process made, a twin may still be on its way: its sign goes with age.
      if (done && !twins && !doubted) arrived.add(sign);
    } catch (error) {
      for (const each of taken) arrived.add(each);
      doubtful.add(`${scopeId} ${sign}`);
      throw error;
    }
  };
}

/** Anybody may name a user, and each is a counter. */
const MOST_REMEMBERED = 5_000;

/** An expression has room for only so many. */
const MOST_AT_ONCE = 50;
