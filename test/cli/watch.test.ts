import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { openWatch } from '../../lib/cli/watch.ts';
import { idMaker } from '../../lib/ids.ts';

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;

/** A call by when it began, and when it is written down. */
type Call = { readonly id: string; readonly at: number; readonly written: number };

const call = (at: number, tookMs: number): Call => ({ id: idMaker('req_', () => at)(), at, written: at + tookMs });

/** What a watch shows that looks at these moments, with when it shows it. */
function watched(calls: readonly Call[], since: number, looks: readonly number[]) {
  const watch = openWatch(since);
  return looks.flatMap((now) => {
    const { from } = watch.look(now);
    const found = calls.filter(({ at, written }) => written <= now && at >= from);
    return watch.fresh(found).map(({ id }) => ({ id, now }));
  });
}

describe('a watch', () => {
  test('shows every call once that ends while it looks, however long it took and the looks take', () => {
    const start = 1_000 * HOUR_MS;
    const calls = fc.array(
      fc.record({
        writtenMs: fc.integer({ min: 1, max: HOUR_MS }),
        tookMs: fc.integer({ min: 0, max: 32 * MINUTE_MS }),
      }),
      { maxLength: 60 },
    );
    fc.assert(
      fc.property(calls, fc.infiniteStream(fc.integer({ min: 1_000, max: 40_000 })), (made, gaps) => {
        const all = made.map(({ writtenMs, tookMs }) => call(start + writtenMs - tookMs, tookMs));
        const looks = [start];
        // Long enough after the last is written for the deepest look to come round.
        for (const gap of gaps) {
          const last = looks.at(-1) ?? start;
          if (last > start + 3 * HOUR_MS) break;
          looks.push(last + gap);
        }
        const shown = watched(all, start, looks).map(({ id }) => id);
        expect([...shown].sort()).toEqual(all.map(({ id }) => id).sort());
      }),
    );
  });

  const everySecond = (start: number, count: number) => Array.from({ length: count }, (_, at) => start + at * 1_000);

  test('shows a short call at the next look, and one of half an hour within about a minute', () => {
    const start = 1_000 * HOUR_MS;
    const short = call(start + 500_100, 20_000);
    const long = call(start - 1_300_000, 31 * MINUTE_MS);
    const [shownLong, shownShort] = watched([short, long], start, everySecond(start, 800)).sort((one, other) =>
      one.id < other.id ? -1 : 1,
    );
    expect(shownShort).toEqual({ id: short.id, now: start + 521_000 });
    expect(shownLong?.id).toBe(long.id);
    expect((shownLong?.now ?? 0) - long.written).toBeLessThan(65_000);
  });

  test('begins with the calls since a moment, and leaves what ended before', () => {
    const now = 1_000 * HOUR_MS;
    const before = call(now - 6 * MINUTE_MS, 1_000);
    const after = call(now - 4 * MINUTE_MS, 1_000);
    const late = call(now - 10 * MINUTE_MS, 10 * MINUTE_MS + 500);
    const shown = watched([before, after, late], now - 5 * MINUTE_MS, everySecond(now, 200));
    expect(shown.map(({ id }) => id)).toEqual([after.id, late.id]);
    const hours = call(now - 5 * HOUR_MS, 1);
    expect(watched([hours, late], now - 6 * HOUR_MS, [now])).toEqual([{ id: hours.id, now }]);
  });
});
