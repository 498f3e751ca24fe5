import { idsSince } from '../ids.ts';

/** The shortest time a call may have taken that every look finds, and how often it doubles until the longest, 32 minutes. */
const SHORT_MS = 30_000;
const DEEPEST = 6;

/** Where to look for calls that are written down meanwhile, at their beginning, so that each is found once. */
export type Watch = ReturnType<typeof openWatch>;

/**
 * Calls are on record by when they began, and are written down when they end. Every look goes back to the last one, and
 * by half a minute more; every second one by a minute more than the last that did, every fourth by two, and so on.
 * Whoever took twice as long is found half as often, but found, however long a look takes. The first look goes as far
 * back as any, and makes what was there before known.
 */
export function openWatch(since: number) {
  const known = new Set<string>();
  const looked: number[] = [];
  let looks = 0;
  return {
    /** Begins a look: back to which moment, and whether it is deep, for what changes seldom. */
    look(now: number): { readonly from: number; readonly deep: boolean } {
      const depth = looks === 0 ? DEEPEST : Math.min(DEEPEST, 31 - Math.clz32(looks & -looks));
      const from = (looked[depth] ?? now) - SHORT_MS * 2 ** depth;
      const first = looks === 0;
      looks += 1;
      for (let each = 0; each <= depth; each++) looked[each] = now;
      return { from: first ? Math.min(since, from) : from, deep: depth >= 4 };
    },

    /** Ends it: those of the calls it found that nobody was shown. */
    fresh<Found extends { readonly id: string }>(found: readonly Found[]): readonly Found[] {
      const start = looks === 1 ? idsSince('req_', since) : '';
      const shown = found.filter(({ id }) => !known.has(id) && id >= start);
      for (const { id } of found) known.add(id);
      const horizon = idsSince('req_', Math.max(0, (looked[DEEPEST] ?? 0) - SHORT_MS * 2 ** DEEPEST));
      for (const id of known) if (id < horizon) known.delete(id);
      return shown;
    },
  };
}
