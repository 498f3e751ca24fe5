import { DAY_END, type Entry, hashOf, type Link, placeOf } from './entry.ts';

/** What stands in the log's place; no entry where it cannot be read as one. */
export type Found = { readonly place: string; readonly entry: Entry | undefined };

/** What is wrong, and where. */
export type Fault = { readonly place: string; readonly problem: string };

/** How a log is looked at. */
export type Look = {
  /** Whether it is read from its beginning; what is not, is believed up to the first that is read. */
  readonly whole: boolean;
  /** Epoch milliseconds: what had its time until now may be gone. */
  readonly now: number;
};

/** What was seen of a log that is right so far. */
export type Seen = {
  readonly read: number;
  readonly newest?: Entry;
  /** Whether entries before some of these were not there to be seen, and need not be. */
  readonly lacking: boolean;
};

/** Follows a log whose entries it is shown in their order, up to the first that is wrong. That its newest entries were cut shows only by what was noted of them elsewhere. */
export function verifier(look: Look) {
  let seen: Seen = { read: 0, lacking: false };
  return {
    /** What is wrong with the next; undefined where nothing is. */
    see: (found: Found): Fault | undefined => {
      const { read, newest, lacking } = seen;
      const problem = problemOf(found, newest, look);
      if (problem !== undefined) return { place: found.place, problem };
      const { entry } = found;
      seen = {
        read: read + 1,
        ...(entry && { newest: entry }),
        lacking: lacking || entry?.previous?.hash !== newest?.hash,
      };
      return undefined;
    },
    seen: (): Seen => seen,
  };
}

/** What is wrong with an entry after the one before it, which was right; undefined where nothing is. */
function problemOf({ place, entry }: Found, before: Entry | undefined, look: Look): string | undefined {
  if (entry === undefined) return 'cannot be read: it was altered, or Sluice did not write it';
  if (placeOf(entry) !== place) return `is not what was written there, but what it says was at ${placeOf(entry)}`;
  if (hashOf(entry) !== entry.hash) return 'was altered: its hash is not that of what it says';
  if (before === undefined && !look.whole) return undefined;
  const { previous } = entry;
  if (previous === undefined)
    return before === undefined && entry.number === 1 ? undefined : 'says that it is the first of all, and is not';
  if (before === undefined || placeOf(before) !== placeOf(previous))
    return forgotten(previous, look) ? undefined : `comes after ${placeOf(previous)}, which is missing`;
  if (before.hash !== previous.hash)
    return `does not follow from ${placeOf(before)}: one of the two was replaced by another`;
  return follows(entry, before) ? undefined : `cannot come after ${placeOf(before)}`;
}

/** Whether an entry stands where the one after another has to. */
const follows = (entry: Entry, before: Entry): boolean =>
  before.action === DAY_END
    ? entry.day > before.day && entry.number === 1
    : entry.day === before.day && entry.number === before.number + 1;

/** Whether an entry that is not there has had its time. */
const forgotten = ({ ttl }: Link, { now }: Look): boolean => ttl !== undefined && ttl * 1000 <= now;
