import type { Found, Ticket } from '../../recall.ts';
import { inTime } from '../../wire/in-time.ts';
import type { World } from '../../world.ts';
import { timedOut } from '../patience.ts';
import { spanned } from '../spanned.ts';
import type { Later, Visit } from '../visit.ts';
import type { CachedCaching, Caching } from './caching.ts';
import { type Remembered, toRemembered } from './given.ts';

/** What a look into the cache found: an answer, or why there is none. */
export type Seen = { readonly remembered: Remembered } | Unanswered;

export type Unanswered = {
  readonly remembered?: undefined;
  /** Who is asking; `unknown` where the cache is away, or slow. */
  readonly lead: Found['lead'] | 'unknown';
  /** When that was so, and when answers were cleared last, in epoch milliseconds. */
  readonly at: number;
  readonly cleared: number;
};

/** A look that is under way. */
export type Looking = {
  /** For the call of this process that asks the same. */
  readonly ticket: Ticket;
  /** What it found, a moment from now at the latest. */
  readonly soon: () => Promise<Seen>;
};

/** Looks into the cache, beside whatever else is done meanwhile; undefined where nothing may come from there. Never throws. */
export function look(caching: Caching, visit: Visit, world: World, later: Later): Looking | undefined {
  if (caching.mode === 'off' || !caching.reads) return undefined;
  const ticket = world.flights.arrive(caching.flight);
  later(async () => ticket.depart());
  const unknown: Unanswered = { lead: 'unknown', at: world.now(), cleared: 0 };
  const leaving = new AbortController();
  const span = { name: 'cache', visit, about: toAttributes };
  const looking = spanned(span, world, () => seen(caching, leaving.signal, world)).catch(() => unknown);
  return {
    ticket,
    soon: async () => {
      const brief = timedOut(caching.lookMs, 'The cache took too long.', world, later);
      const found = await inTime(looking, brief).catch(() => unknown);
      if (found === unknown) {
        leaving.abort(brief.reason);
        world.metrics.count('CacheUnavailable');
      }
      return found;
    },
  };
}

const toAttributes = ({ remembered }: Seen) => ({ 'sluice.cache.found': remembered !== undefined });

/** What is known of a question now. Throws when it cannot be told. */
export async function seen({ question, maxAgeMs }: CachedCaching, signal: AbortSignal, world: World): Promise<Seen> {
  const at = world.now();
  const { answer, lead, cleared } = await world.answers.find(question, signal);
  if (answer === undefined || world.now() - answer.askedAt >= maxAgeMs) return { lead, at, cleared };
  const { model, key } = question;
  return { remembered: toRemembered(answer, { from: 'hit', model, key }) };
}
