import type { Window } from './limits.ts';

/** How far a time zone is ahead of UTC at a moment, in milliseconds. Throws a RangeError for a zone that nobody knows. */
export function offsetAt(timezone: string, at: number): number {
  if (timezone === 'UTC') return 0;
  const second = Math.floor(at / 1000) * 1000;
  const fields: Record<string, number> = {};
  for (const { type, value } of formatOf(timezone).formatToParts(second)) fields[type] = Number(value);
  const { year = 0, month = 1, day = 1, hour = 0, minute = 0, second: seconds = 0 } = fields;
  return Date.UTC(year, month - 1, day, hour, minute, seconds) - second;
}

const formats = new Map<string, Intl.DateTimeFormat>();

function formatOf(timeZone: string): Intl.DateTimeFormat {
  const known = formats.get(timeZone);
  if (known !== undefined) return known;
  const numeric = 'numeric';
  const format = new Intl.DateTimeFormat('en-US', {
    timeZone,
    hourCycle: 'h23',
    year: numeric,
    month: numeric,
    day: numeric,
    hour: numeric,
    minute: numeric,
    second: numeric,
  });
  formats.set(timeZone, format);
  return format;
}

/** The names of the windows a moment is in. Of one kind, they sort as time does. */
export type Moment = {
  readonly at: number;
  readonly offsetMs: number;
  /** `20261123`, by the local calendar. */
  readonly day: string;
  readonly month: string;
  /** When the local hour began, in UTC: `202611231200`. An hour that clocks repeat is two hours. */
  readonly hour: string;
  readonly minute: string;
  readonly previousMinute: string;
  /** The part of the minute that is over, from 0 up to 1. */
  readonly elapsed: number;
};

const MINUTE_MS = 60_000;
const HOUR_MS = 3_600_000;

/** The windows of a moment on a clock that is so far ahead of UTC. */
export function momentOf(at: number, offsetMs: number): Moment {
  const local = stamp(at + offsetMs);
  return {
    at,
    offsetMs,
    day: local.slice(0, 8),
    month: local.slice(0, 6),
    hour: stamp(Math.floor((at + offsetMs) / HOUR_MS) * HOUR_MS - offsetMs),
    minute: stamp(at),
    previousMinute: stamp(at - MINUTE_MS),
    elapsed: (at % MINUTE_MS) / MINUTE_MS,
  };
}

/** `202611231305` of an epoch. */
function stamp(at: number): string {
  const minute = Math.floor(at / MINUTE_MS);
  const known = stamps.get(minute);
  if (known !== undefined) return known;
  const made = new Date(at).toISOString().replace(/[-T:]/g, '').slice(0, 12);
  if (stamps.size >= MOST_STAMPS) stamps.clear();
  stamps.set(minute, made);
  return made;
}

// Every mark in a counter asks for four, and calls that are under way at once share their minutes.
const stamps = new Map<number, string>();
const MOST_STAMPS = 1_000;

const LONGEST_DAY_MS = 26 * HOUR_MS;
const LONGEST_MONTH_MS = 32 * 24 * HOUR_MS;

/** When the window that a moment is in is over, by the clock of a time zone; undefined for the one that never is. */
export function endOf(window: Window, at: number, timezone: string): number | undefined {
  switch (window) {
    case 'minute':
      return (Math.floor(at / MINUTE_MS) + 1) * MINUTE_MS;
    case 'hour':
      return change(at, HOUR_MS, (time) => momentOf(time, offsetAt(timezone, time)).hour);
    case 'day':
      return change(at, LONGEST_DAY_MS, (time) => momentOf(time, offsetAt(timezone, time)).day);
    case 'month':
      return change(at, LONGEST_MONTH_MS, (time) => momentOf(time, offsetAt(timezone, time)).month);
    case 'total':
      return undefined;
  }
}

/** The first whole second within `within` at which a name changes: midnight may not exist, and days have 23 to 25 hours. */
function change(at: number, within: number, nameAt: (time: number) => string): number {
  const now = nameAt(at);
  let before = Math.floor(at / 1000);
  let after = Math.ceil((at + within) / 1000);
  while (after - before > 1) {
    const middle = Math.floor((before + after) / 2);
    if (nameAt(middle * 1000) === now) before = middle;
    else after = middle;
  }
  return after * 1000;
}
