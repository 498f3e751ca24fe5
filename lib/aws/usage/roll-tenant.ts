import type { Log } from '../../world.ts';
import type { CallItem } from '../counted-call.ts';
import { type Announcements, bothOf, type Latecomers, lateOf } from './latecomers.ts';
import { DAY_MS, firstOpen, QUARTER_MS, settled, utcDayOf } from './quarter.ts';
import { type Quarter, quartersIn } from './quarters-in.ts';
import { nothingRolled, type RolledItems } from './rolled.ts';
import { summingUp } from './sum-up.ts';
import type { Summaries } from './summaries.ts';
import { noSums } from './sums.ts';
import type { Span } from './usage-keys.ts';

/** Where a tenant's calls, and what they come to, are read and written. */
export type Books = {
  readonly records: (tenant: string, span: Span) => AsyncIterable<readonly CallItem[]>;
  readonly summaries: Summaries;
  readonly latecomers: Latecomers;
  readonly rolled: RolledItems;
  readonly now: () => number;
  readonly log: Log;
};

/** A run over all tenants. */
export type Run = {
  /** When it stops, whatever is left. */
  readonly until: number;
  /** Whether no call can be under way in a gateway of a version that announces nothing. */
  readonly steady: boolean;
};

/** Where such calls may be under way, only what is so old is summed up. */
const AT_FIRST_MS = 3_600_000;
/** A day is summed up when most of what comes late to it is there, for with each latecomer that is done anew. */
const DAY_IS_OVER_MS = 3_600_000;
/** After so many quarters it is noted how far all is summed up: there begins who comes after a run that was killed. */
const NOTED_EACH = 96;

/**
 * Sums up what was closed since the last time, what has become stale since, and, once a day, the days that are over; gives
 * whether it came to an end before a moment.
 *
 * Why sums are exact though gateways write, runs die or meet, and somebody reads, all at once and on clocks that are a
 * minute apart:
 * - A quarter is closed five minutes after its end. What comes two minutes after its end is announced before it is
 *   written: so all that is not announced is there when a quarter is closed.
 * - A run knows of the announcements before it reads records, and counts one only when it is three minutes old and its
 *   record there. What it does not count, is announced or not yet written: it counts one too few, never one too many.
 * - Announcements never become fewer while there are records or sums. Sums that counted as many as a reader finds are
 *   those of all there is; where they counted fewer, or are not there, or not whole, the reader reads the records.
 * - Until where all is summed up is noted last, and read first. Before it, a quarter is summed up, or announced, or empty.
 * - All is written by putting what can be put again, parts before what names them; older sums never replace newer ones.
 *   A run that dies, or that another overtakes, leaves what was true before, or what is.
 */
export async function rollTenant(tenant: string, books: Books, { until, steady }: Run): Promise<boolean> {
  const { records, latecomers, rolled, now } = books;
  const startedAt = now();
  let its = (await rolled.find(tenant, startedAt)) ?? nothingRolled;
  const from = its.upTo;
  // What was closed by a clock that is a little before ours stays closed.
  const limit = Math.max(from, firstOpen(steady ? startedAt : startedAt - AT_FIRST_MS));
  const recent = Math.max(0, utcDayOf(from) - DAY_MS);
  let known = await latecomers.within(tenant, { start: recent, end: limit });
  const sumUp = summingUp(tenant, books, startedAt);

  try {
    for await (const quarter of quartersIn(records(tenant, { start: from, end: limit }))) {
      await sumUp.quarter(quarter, known);
      its = {
        upTo: quarter.start + QUARTER_MS,
        daysUpTo: its.daysUpTo || utcDayOf(quarter.start),
        keptUntil: Math.max(its.keptUntil, quarter.sums.keptUntil),
      };
      if (sumUp.done.size % NOTED_EACH === 0) await rolled.put(tenant, its);
      if (now() > until) return false;
    }
  } finally {
    if (its.upTo > from) await rolled.put(tenant, its);
  }

  const daysOver = utcDayOf(limit - DAY_IS_OVER_MS);
  const newDay = its.daysUpTo > 0 && daysOver > its.daysUpTo;
  // What comes so late is rare, and is looked for once a day: until then its quarters are read call by call.
  if (newDay) known = bothOf(known, await latecomers.within(tenant, { start: 0, end: recent }));
  for (const start of staleQuarters(known, startedAt)) {
    if (now() > until) return false;
    if (!sumUp.done.has(start)) await sumUp.quarter(await quarterAt(start, tenant, books), known);
  }
  if (!newDay) return now() <= until;
  for (const day of new Set([...daysFrom(its.daysUpTo, daysOver), ...staleDays(known, daysOver)])) {
    if (now() > until) return false;
    await sumUp.day(day, known);
  }
  // Also where nobody calls any more: so its last day is told as one.
  await rolled.put(tenant, { ...its, upTo: limit, daysUpTo: daysOver });
  return now() <= until;
}

async function quarterAt(start: number, tenant: string, { records }: Books): Promise<Quarter> {
  for await (const quarter of quartersIn(records(tenant, { start, end: start + QUARTER_MS }))) return quarter;
  return { start, sums: noSums() };
}

const staleQuarters = ({ quarters }: Announcements, now: number): readonly number[] =>
  [...quarters].flatMap(([start, { late, counted, lateAt }]) =>
    late !== counted && settled(lateAt, now) ? [start] : [],
  );

/** Days before another of which the summary has not counted all that came late. */
function staleDays(known: Announcements, before: number): readonly number[] {
  const days = new Set([...known.quarters.keys()].map(utcDayOf));
  return [...days].filter((day) => day < before && lateOf(known, 'day', day) !== (known.days.get(day) ?? 0));
}

function* daysFrom(first: number, before: number): Iterable<number> {
  for (let day = first; day < before; day += DAY_MS) yield day;
}
