import { type Announcements, announcedUntil, lateOf } from './latecomers.ts';
import { DAY_MS, settled, utcDayOf } from './quarter.ts';
import type { Quarter } from './quarters-in.ts';
import type { Books } from './roll-tenant.ts';
import { exact, type Summary } from './summaries.ts';
import { merge, noSums, type Sums } from './sums.ts';
import type { Kind } from './usage-keys.ts';

/** Writes down what a tenant's quarters and days come to, in a run that began at a moment. */
export function summingUp(tenant: string, { summaries, latecomers, log }: Books, startedAt: number) {
  const done = new Set<number>();
  const failed = new Set<number>();
  const put = async (kind: Kind, start: number, { sums, counted }: Summary): Promise<void> => {
    // Where a writer died before it wrote, there may be no record that says how long this is kept.
    const summary = { counted, sums: { ...sums, keptUntil: sums.keptUntil || announcedUntil(start) } };
    await summaries.put(tenant, kind, start, summary);
    if (summary.counted > 0) await latecomers.count(tenant, kind, start, counted);
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
        if (announced === undefined) await latecomers.announce({ tenant, madeAt: start }, startedAt);
        // No sums have counted it, and nobody looks into it again until more comes.
        return latecomers.count(tenant, 'quarter', start, announced?.late ?? 1);
      }
      if (announced === undefined) return put('quarter', start, { sums, counted: 0 });
      if (!settled(announced.lateAt, startedAt)) return; // it is stale, and found as such by the next run
      return put('quarter', start, { sums, counted: announced.late });
    },

    /**
     * Sums up a day from its quarters, if all of them are known exactly; otherwise it is left to them. They are read one
     * by one, for a busy tenant's may be large.
     */
    async day(start: number, known: Announcements): Promise<void> {
      const span = { start, end: start + DAY_MS };
      const sums = noSums();
      const left = new Set([...known.quarters.keys()].filter((quarter) => utcDayOf(quarter) === start));
      for await (const [quarter, standing] of summaries.oneByOne(tenant, 'quarter', span)) {
        const its = exact(standing, lateOf(known, 'quarter', quarter));
        if (its === undefined || failed.has(quarter) || !merged(sums, its)) return;
        left.delete(quarter);
      }
      if (left.size > 0) return;
      const counted = lateOf(known, 'day', start);
      if (sums.all.calls > 0 || counted > 0) await put('day', start, { sums, counted });
    },
  };
}

/** Adds sums to sums; false where that is more than can be told exactly, as whoever asks for it is told. */
function merged(sums: Sums, other: Sums): boolean {
  try {
    merge(sums, other);
    return true;
  } catch {
    return false;
  }
}
