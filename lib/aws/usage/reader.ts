import type { DynamoDB } from '@aws-sdk/client-dynamodb';
import { callItems, toCounted } from '../counted-call.ts';
import { inParallel } from '../in-parallel.ts';
import type { TableNames } from '../tables.ts';
import { latecomers, lateOf } from './latecomers.ts';
import { DAY_MS, QUARTER_MS, quarterOf, utcDayOf } from './quarter.ts';
import { rolledItems } from './rolled.ts';
import { exact, summaries } from './summaries.ts';
import { add, merge, noSums, type Sums } from './sums.ts';
import type { Span } from './usage-keys.ts';

/** A call's time is that of its id, but for what it took to send its request, or waited to be let in. */
const ASIDE_MS = 15 * 60_000;
const AT_A_TIME = 8;

/** What is asked: whose calls, since when, and the time it is. */
export type UsageAsked = { readonly tenant: string; readonly since: number; readonly now: number };

/**
 * Tells what a tenant's calls come to since a moment: as many of them as it can from what was summed up, the others call by
 * call. That are those of stretches that the moment cuts, that are not summed up yet, or to which calls came late since.
 */
export function usageReader(client: DynamoDB, names: TableNames) {
  const records = callItems(client, names);
  const standing = summaries(client, names.calls);
  const late = latecomers(client, names.calls);
  const rolled = rolledItems(client, names.calls);
  return async ({ tenant, since, now }: UsageAsked, tell: (calls: number) => void): Promise<Sums> => {
    const sums = noSums();
    const from = Math.max(0, quarterOf(since - ASIDE_MS));
    // Read first, and the summaries last: so each call is in a summary, or announced, or after it.
    const summedUpTo = await rolled.find(tenant, now);
    const upTo = Math.max(from, summedUpTo?.upTo ?? 0);
    const until = Math.max(upTo, now);
    // A busy tenant's can be many: they are read in parts beside each other. A gateway's clock may be before ours.
    const tail = read([
      ...split({ start: upTo, end: until }, AT_A_TIME),
      { start: until, end: Number.POSITIVE_INFINITY },
    ]);
    await Promise.all([tail, summedUp()]);
    return sums;

    async function summedUp(): Promise<void> {
      const announced = await late.within(tenant, { start: utcDayOf(from), end: upTo });
      // A day's summary of after that may be of when a clock was ahead.
      const whole = { start: utcDayOf(from + DAY_MS - 1), end: Math.min(utcDayOf(upTo), summedUpTo?.daysUpTo ?? 0) };
      const days = await standing.within(tenant, 'day', whole);
      const gaps = joined(
        every(DAY_MS, { start: utcDayOf(from), end: upTo }).flatMap((day) => {
          const known = days.get(day);
          const inside = day >= whole.start && day < whole.end;
          const its = inside && known !== undefined && exact(known, lateOf(announced, 'day', day));
          if (its && count(its)) return [];
          return [{ start: Math.max(from, day), end: Math.min(upTo, day + DAY_MS) }];
        }),
      );
      const left: Span[] = [];
      await inParallel(gaps, AT_A_TIME, async (gap) => {
        const quarters = await standing.within(tenant, 'quarter', gap);
        const known = new Set([...quarters.keys(), ...announced.quarters.keys()].filter(within(gap))); // others are empty
        for (const start of known) {
          const sums = exact(quarters.get(start), lateOf(announced, 'quarter', start));
          if (sums === undefined || !count(sums)) left.push({ start, end: start + QUARTER_MS });
        }
      });
      await read(joined(left.sort((one, other) => one.start - other.start)));
    }

    /** Counts what is all since the moment, and nothing of what is all before it; false where some is on either side. */
    function count(its: Sums): boolean {
      if (its.first >= since) merge(sums, its);
      else if (its.last >= since) return false;
      tell(sums.all.calls);
      return true;
    }

    async function read(spans: readonly Span[]): Promise<void> {
      await inParallel(spans, AT_A_TIME, async (span) => {
        for await (const page of records(tenant, span)) {
          for (const item of page) if (!(Number(item.at) < since)) add(sums, toCounted(item));
          tell(sums.all.calls);
        }
      });
    }
  };
}

const within =
  ({ start, end }: Span) =>
  (moment: number) =>
    moment >= start && moment < end;

/** The moments of a span at which something begins that is so long. */
function every(length: number, { start, end }: Span): readonly number[] {
  return Array.from({ length: Math.max(0, Math.ceil((end - start) / length)) }, (_, at) => start + at * length);
}

/** Spans, in their order, those that touch as one. */
function joined(spans: readonly Span[]): readonly Span[] {
  const all: Span[] = [];
  for (const { start, end } of spans) {
    const before = all.at(-1);
    if (before?.end === start) all.splice(-1, 1, { start: before.start, end });
    else all.push({ start, end });
  }
  return all;
}

/** A span as so many that are equally long. */
function split({ start, end }: Span, parts: number): readonly Span[] {
  const length = Math.ceil((end - start) / parts);
  return length === 0
    ? []
    : every(length, { start, end }).map((each) => ({ start: each, end: Math.min(end, each + length) }));
}
