const MINUTE_MS = 60_000;
/** In every time zone days begin at a quarter of an hour: Kathmandu is 5:45 ahead, Eucla 8:45. */
export const QUARTER_MS = 15 * MINUTE_MS;
export const DAY_MS = 24 * 60 * MINUTE_MS;

/** So long after the end of a quarter its records are still expected. */
const EXPECTED_MS = 2 * MINUTE_MS;
/**
 * How long what was begun may take to be there: a write to arrive, and clocks to be a minute apart. It is what all
 * summing up rests on, so it is far more than the writes of this house are allowed.
 */
const SETTLED_MS = 3 * MINUTE_MS;
/** How far two clocks may be apart when each is a minute off. */
export const APART_MS = 2 * MINUTE_MS;
/** What a write may take of that. */
const WRITTEN_MS = 30_000;

/** When the quarter of an hour began that a moment is in, by UTC. */
export const quarterOf = (moment: number): number => Math.floor(moment / QUARTER_MS) * QUARTER_MS;

/** When the day began that a moment is in, by UTC. */
export const utcDayOf = (moment: number): number => Math.floor(moment / DAY_MS) * DAY_MS;

/** A quarter, or a day, as its items name it: `2026-11-26T15:15Z`, `2026-11-26`. */
export const quarterName = (start: number): string => `${new Date(start).toISOString().slice(0, 16)}Z`;
export const dayName = (start: number): string => new Date(start).toISOString().slice(0, 10);

/** True when a record of a quarter comes so late that the quarter may be summed up already, or at this moment. */
export const late = (quarter: number, now: number): boolean => now > quarter + QUARTER_MS + EXPECTED_MS;

/** The first quarter that is not closed: all before it can be summed up, for what comes to them now is late, and says so. */
export const firstOpen = (now: number): number => quarterOf(now - EXPECTED_MS - SETTLED_MS);

/** True when no clock that is right can have closed all before a quarter: whoever did had one that was ahead. */
export const ahead = (upTo: number, now: number): boolean => upTo > firstOpen(now + APART_MS);

/** True when a record that was announced as late is there by now, or never will be. */
export const settled = (announcedAt: number, now: number): boolean => now > announcedAt + SETTLED_MS;

/** True when a write took longer than others reckon with. */
export const slow = (startedAt: number, now: number): boolean => now > startedAt + WRITTEN_MS;
