import type { Arrival, Found } from '../recall.ts';
import { inTime } from '../wire/in-time.ts';
import type { World } from '../world.ts';
import type { CachedCaching, Caching } from './caching.ts';
import { type Remembered, toRemembered } from './given.ts';
import { timedOut } from './patience.ts';
import type { Later } from './visit.ts';

/** What a look into the cache found: an answer; or who is asking, and when that was so, in epoch milliseconds; `unknown` where the cache is away, or slow. */
export type Seen =
  | { readonly remembered: Remembered }
  | { readonly remembered?: undefined; readonly lead: Found['lead'] | 'unknown'; readonly at: number };

/** A look that is under way. */
export type Looking = {
  /** Which call of this process asks the same. */
  readonly arrival: Arrival;
  /** What it found, a moment from now at the latest. */
  readonly soon: () => Promise<Seen>;
};

/** What a call waits for the cache, at most, once nothing else keeps it. */
export const BRIEF_MS = 80;

/** Looks into the cache, beside whatever else is done meanwhile; undefined where nothing may come from there. Never throws. */
export function look(caching: Caching, world: World, later: Later): Looking | undefined {
  if (caching.mode === 'off' || !caching.reads) return undefined;
  const arrival = world.flights.arrive(caching.flight);
  later(async () => arrival.depart());
  const at = world.now();
  const unknown: Seen = { lead: 'unknown', at };
  const leaving = new AbortController();
  const joins = arrival.flight() !== undefined;
  const looking = joins ? undefined : seen(caching, leaving.signal, world).catch(() => unknown);
  return {
    arrival,
    soon: async () => {
      if (looking === undefined) return { lead: 'held', at };
      const brief = timedOut(BRIEF_MS, 'The cache took too long.', world, later);
      const found = await inTime(looking, brief).catch(() => unknown);
      if (found === unknown) {
        leaving.abort(brief.reason);
        world.metrics.count('CacheUnavailable');
      }
      return found;
    },
  };
}

/** What is known of a question now. Throws when it cannot be told. */
export async function seen({ question, maxAgeMs }: CachedCaching, signal: AbortSignal, world: World): Promise<Seen> {
  const at = world.now();
  const { answer, lead } = await world.answers.find(question, signal);
  if (answer === undefined || world.now() - answer.askedAt >= maxAgeMs) return { lead, at };
  const { model, key } = question;
  return { remembered: toRemembered(answer, { from: 'hit', model, key }) };
}
