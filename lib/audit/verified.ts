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

/** The first thing wrong in a log that is read in order; undefined where nothing is. That its newest entries were cut shows only by what was noted of them elsewhere. */
export function verified(log: readonly Found[], look: Look): Fault | undefined {
  let before: Entry | undefined;
  for (const found of log) {
    const problem = problemOf(found, before, look);
    if (problem !== undefined) return { place: found.place, problem };
    before = found.entry;
  }
  return undefined;
}

/** What is wrong with an entry after the one before it, which was right; undefined where nothing is. */
export function problemOf({ place, entry }: Found, before: Entry | undefined, look: Look): string | undefined {
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
