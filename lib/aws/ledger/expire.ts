import { noUsage } from '../../catalog/usage.ts';
import { type Counter, endedOf, idOf } from '../../ledger/counter.ts';
import type { Marker, Witness } from '../../ledger/marker.ts';
import { takenBy } from '../../ledger/taken.ts';
import type { Bill, CallRecord } from '../../world.ts';
import type { CallBook } from '../journal.ts';
import type { Memory, Read, Write } from './counters.ts';
import { leave } from './end.ts';
import type { Place } from './place.ts';

/** Ends the calls in a counter that nobody ended in their time: their process is gone. Gives how many there were. */
export type Expire = (scopeId: string, counter: Counter) => Promise<number>;

/** What ending such calls takes. */
export type Means = {
  readonly write: Write;
  readonly read: Read;
  readonly memory: Memory;
  readonly book: CallBook;
  readonly now: () => number;
};

/**
 * A call that was written down is booked as written. One that was let in, but not written down, is charged what was
 * held for it and recorded as abandoned, for only its process knew whether it was served: refunded, it could be spent
 * twice. One that was never let in, for it has no place in some of its counters, is as if it had never been.
 */
export function expiring(means: Means): Expire {
  const { write, memory, now } = means;
  return async (scopeId, counter) => {
    if (!counter.overdue(now())) return 0;
    const over = Object.entries(counter.markers).filter(([, { expiresAt }]) => expiresAt <= now());
    for (const [mark, marker] of over) {
      const outcome = await outcomeOf(mark, marker, means);
      const place: Place = { scopeId, mark, marker, taken: takenBy(marker) };
      // Only its process knew whether all it sent has arrived.
      await leave(place, { outcome, twins: true, now: now() }, write, memory);
    }
    return over.length;
  };
}

async function outcomeOf(mark: string, marker: Marker, means: Means): Promise<Bill | 'undone'> {
  const { read, book } = means;
  const { witness } = marker;
  const known = await written(book, witness.tenant, mark);
  if (known !== undefined) return known;
  if ('first' in witness) {
    const first = await read(witness.first);
    const its = first.markers[mark];
    if (its !== undefined) return outcomeOf(mark, its, means);
    if (isEnded(mark, first)) return chargeOf(marker);
  } else {
    const others = await Promise.all(witness.others.map(read));
    const admitted = others.every((each) => each.markers[mark] !== undefined || isEnded(mark, each));
    if (admitted) await book.record(abandoned(mark, witness, marker));
  }
  // A mark goes only after its call was written down, or when it is called off: what was missing may be in the book now.
  return (await written(book, witness.tenant, mark)) ?? 'undone';
}

/** What the book says of a mark. Where the call was let in under another mark, this one is of an asking that came to nothing. */
async function written(book: CallBook, tenant: string, mark: string): Promise<Bill | 'undone' | undefined> {
  const entry = await book.entryOf(tenant, idOf(mark));
  if (entry === undefined) return undefined;
  return entry.mark === undefined || entry.mark === mark ? entry.bill : 'undone';
}

/** True where a call has been settled though it could not be written down. */
const isEnded = (mark: string, { counts }: Counter): boolean => Object.hasOwn(counts, endedOf(mark));

const chargeOf = ({ nanoDollars }: Marker): Bill => ({ usage: noUsage, nanoDollars, estimated: true });

function abandoned(mark: string, witness: Witness, marker: Marker): CallRecord {
  const { tenant, keyId, model, user, feature } = witness;
  const { moment, expiresAt } = marker;
  return {
    id: idOf(mark),
    mark,
    tenant,
    keyId,
    ...(user !== '' && { user }),
    ...(feature !== '' && { feature }),
    at: moment.at,
    endpoint: '',
    stream: false,
    requestedModel: model,
    model,
    attempts: [],
    status: 'abandoned',
    errorCode: 'abandoned',
    bill: chargeOf(marker),
    totalMs: expiresAt - moment.at,
    ownMs: 0,
  };
}
