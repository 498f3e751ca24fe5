import type { Found } from '../recall.ts';
import { inTime } from '../wire/in-time.ts';
import type { World } from '../world.ts';
import type { Caching } from './caching.ts';
import { type Remembered, toRemembered } from './given.ts';
import { timedOut } from './patience.ts';
import type { Later } from './visit.ts';

export type CachedCaching = Exclude<Caching, { mode: 'off' }>;

/** What a look into the cache found: an answer, or who is asking; `unknown` where the cache is away, or slow. */
export type Seen = { readonly remembered: Remembered } | { readonly lead: Found['lead'] | 'unknown' };

/** A look that is under way. */
export type Looking = {
  /** What it found, a moment from now at the latest. */
  readonly soon: () => Promise<Seen>;
};

/** What a call waits for the cache, at most, once nothing else keeps it. */
export const BRIEF_MS = 80;

/** Looks into the cache, beside whatever else is done meanwhile. Never throws. */
export function look(caching: Caching, world: World, later: Later): Looking {
  if (caching.mode === 'off' || !caching.reads) return { soon: async () => ({ lead: 'none' }) };
  const given = new AbortController();
  const looking = seen(caching, given.signal, world).catch((): Seen => ({ lead: 'unknown' }));
  return {
    soon: async () => {
      const brief = timedOut(BRIEF_MS, 'The cache took too long.', world, later);
      const found = await inTime(looking, brief).catch((): Seen => ({ lead: 'unknown' }));
      if ('lead' in found && found.lead === 'unknown') {
        given.abort(brief.reason);
        world.metrics.count('CacheUnavailable');
      }
      return found;
    },
  };
}

/** What is known of a question now. Throws when it cannot be told. */
export async function seen(caching: CachedCaching, signal: AbortSignal, world: World): Promise<Seen> {
  const { question, maxAgeMs } = caching;
  const { answer, lead } = await world.answers.find(question, signal);
  if (answer === undefined || world.now() - answer.askedAt >= maxAgeMs) return { lead };
  const { model, key } = question;
  return { remembered: toRemembered(answer, { from: 'hit', model, key }) };
}
