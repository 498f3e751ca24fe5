import { type Announcements, lateOf } from './latecomers.ts';
import { DAY_MS, QUARTER_MS, settled } from './quarter.ts';
import type { Quarter } from './quarters-in.ts';
import type { Books } from './roll-tenant.ts';
import { exact, type Summary } from './summaries.ts';
import { merge, noSums, type Sums } from './sums.ts';

/** A record that cannot be read is announced for as long as any may be kept. */
const LONGEST_DAYS = 3_650;

/** Writes down what a tenant's quarters and days come to, in a run that began at a moment. */
export function summingUp(tenant: string, { summaries, latecomers, log }: Books, startedAt: number) {
  const done = new Set<number>();
  const failed = new Set<number>();
  const put = async (kind: 'quarter' | 'day', start: number, summary: Summary): Promise<void> => {
    await summaries.put(tenant, kind, start, summary);
    if (summary.counted > 0) await latecomers.count(tenant, kind, start, summary);
  };
  return {
    /** The quarters that were looked into. */
    done,

    /** Sums up a quarter whose records were read after it was known what had been announced. */
    async quarter({ start, sums, failure }: Quarter, known: Announcements): Promise<void> {
      done.add(start);
      const announced = known.quarters.get(start);
      if (failure !== undefined) {
        log.error('A quarter of an hour cannot be summed up.', { tenant, start, cause: String(failure) });
        failed.add(start);
        // As if something were to come: so it is read call by call, and whoever asks for it is told what is wrong.
        const record = { tenant, madeAt: start, keptDays: LONGEST_DAYS };
        if (announced === undefined) await latecomers.announce(record, startedAt);
        return;
      }
      if (announced === undefined) return put('quarter', start, { sums, counted: 0 });
      if (!settled(announced.lateAt, startedAt)) return; // it is stale, and found as such by the next run
      // Where the writer died before it wrote, there may be no record that says how long this is kept.
      const kept = { ...sums, keptUntil: sums.keptUntil || announced.keptUntil };
      return put('quarter', start, { sums: kept, counted: announced.late });
    },

    /** Sums up a day from its quarters, if all of them are known exactly; otherwise it is left to them. */
    async day(start: number, known: Announcements): Promise<void> {
      const quarters = await summaries.within(tenant, 'quarter', { start, end: start + DAY_MS });
      const its: Sums[] = [];
      for (let quarter = start; quarter < start + DAY_MS; quarter += QUARTER_MS) {
        const sums = exact(quarters.get(quarter), lateOf(known, 'quarter', quarter));
        if (sums === undefined || failed.has(quarter)) return;
        its.push(sums);
      }
      const sums = mergedSums(its);
      const counted = lateOf(known, 'day', start);
      if (sums === undefined || (sums.all.calls === 0 && counted === 0)) return;
      await put('day', start, { sums, counted });
    },
  };
}

/** Sums as one; undefined where that is more than can be told exactly, as whoever asks for it is told. */
function mergedSums(all: readonly Sums[]): Sums | undefined {
  const sums = noSums();
  try {
    for (const each of all) merge(sums, each);
    return sums;
  } catch {
    return undefined;
  }
}
