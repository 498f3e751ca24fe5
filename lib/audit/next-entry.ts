import { type Change, DAY_END, type Entry, hashOf, type Link, type Position } from './entry.ts';

/** A place has six digits for it. */
const LAST_NUMBER = 999_999;

/** The newest entry, as far as the next one depends on it. */
export type Head = Link & { readonly ended: boolean };

/** When it is, in epoch milliseconds, and for how many days entries are kept: for ever, where it does not say. */
export type Moment = { readonly now: number; readonly keptDays?: number | undefined };

/**
 * The entry that comes next: of the change, or, where the newest is of a day that is over, the end of that day. Of all
 * who want to write next only one can, for the chain goes on in one place: a new day begins after the old one's end.
 */
export function nextEntry(head: Head | undefined, change: Change, moment: Moment): Entry {
  const today = new Date(moment.now).toISOString().slice(0, 10);
  if (head === undefined) return written({ day: today, number: 1 }, undefined, change, moment);
  const { ended, ...previous } = head;
  if (ended) return written({ day: later(today, head.day), number: 1 }, previous, change, moment);
  const position = { day: head.day, number: head.number + 1 };
  const over = head.day < today || position.number === LAST_NUMBER;
  return written(position, previous, over ? endOf(head.day, moment) : change, moment);
}

/** The end of a day, which nobody brought about. */
const endOf = (day: string, { now }: Moment): Change => ({
  at: new Date(now).toISOString(),
  principal: 'sluice',
  action: DAY_END,
  subject: `day ${day}`,
  source: `end of ${day}`,
});

/** Today, unless a clock that is ahead has ended it: then the day after. */
function later(today: string, ended: string): string {
  if (today > ended) return today;
  return new Date(Date.parse(ended) + 86_400_000).toISOString().slice(0, 10);
}

function written(position: Position, previous: Link | undefined, change: Change, { now, keptDays }: Moment): Entry {
  const entry = {
    v: 1 as const,
    ...position,
    ...change,
    logged: new Date(now).toISOString(),
    ...(keptDays !== undefined && { ttl: Math.floor(now / 1000) + keptDays * 86_400 }),
    ...(previous && { previous }),
  };
  return { ...entry, hash: hashOf(entry) };
}
