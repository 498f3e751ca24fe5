import { asGatewayError } from '../../errors.ts';
import { either } from '../../wire/either.ts';
import type { World } from '../../world.ts';
import { renewed } from '../lease.ts';
import { pause, timedOut } from '../patience.ts';
import type { Tally } from '../tally.ts';
import type { Cacheable } from './cacheable.ts';
import type { CachedCaching } from './caching.ts';
import type { Remembered } from './given.ts';
import { type Seen, seen, type Unanswered } from './look.ts';

/** What becomes of a question that other environments may ask, too: one of them has the answer, or it is ours to ask, until we give it up. */
export type Elsewhere =
  | { readonly remembered: Remembered }
  | { readonly remembered?: undefined; readonly giveUp: () => Promise<void> };

/** What a process that dies keeps others waiting. */
const LEAD_MS = 5_000;
/** Two renewals may fail before a lead lapses. */
const RENEWED_MS = 1_600;
/** Between two looks at what another environment does. */
const PAUSE_MS = 150;
/** What such a look may take: who waits anyway does not give up what is being made for a moment's delay. */
export const LOOK_MS = 500;

const alone: Elsewhere = { giveUp: async () => {} };

/**
 * Waits for another environment that asks the same, as long as its operator allows, and takes the place of one that
 * died. Ours to ask without telling anybody is a question that has been waited for enough, or one whose asker left no
 * answer: the next would not wait in vain again.
 */
export async function elsewhere(
  caching: CachedCaching,
  { lead, at }: Unanswered,
  cacheable: Cacheable,
): Promise<Elsewhere> {
  const { patience, tally, world } = cacheable;
  if (lead === 'unknown' || caching.waitMs === 0 || !caching.shares) return alone;
  // Half of the caller's time is for asking by ourselves, should nothing come of it.
  const until = world.tick() + Math.min(caching.waitMs, patience.leftMs() / 2);
  let held = lead === 'held';
  for (let sawAt = at; ; ) {
    const led = held ? 'held' : await takenLead(caching, sawAt, cacheable);
    if (typeof led !== 'string') return led;
    const ms = led === 'held' ? PAUSE_MS * (0.5 + world.random()) : 0;
    if (world.tick() + ms > until) return alone;
    if (ms > 0) await pause(ms, patience.signal, world);
    tally.waited(ms);
    const found = await seenNow(caching, cacheable);
    if (found.remembered !== undefined) return found;
    if (found.lead === 'none' || found.lead === 'unknown') return alone;
    held = found.lead === 'held';
    sawAt = found.at;
  }
}

/** Tells all environments that we ask, unless another does, or has done since we looked. */
async function takenLead(
  { question, lookMs }: CachedCaching,
  sawAt: number,
  { tally, world, later }: Cacheable,
): Promise<Elsewhere | 'held' | 'landed'> {
  const owner = tally.visit.id;
  const brief = timedOut(lookMs, 'The cache took too long.', world, later);
  const release = () => world.answers.release(question, owner);
  try {
    const taken = await world.answers.lead(question, { owner, forMs: LEAD_MS, sawAt }, brief);
    if (taken !== 'ours') return taken;
  } catch (error) {
    unavailable(error, tally, world);
    return { giveUp: release }; // it may have been taken all the same
  }
  const renew = () => world.answers.renew(question, owner, LEAD_MS);
  const letGo = renewed({ of: 'lead', owner, everyMs: RENEWED_MS, renew }, world);
  return {
    giveUp: async () => {
      await letGo();
      await release();
    },
  };
}

async function seenNow(caching: CachedCaching, { patience, tally, world, later }: Cacheable): Promise<Seen> {
  const brief = timedOut(LOOK_MS, 'The cache took too long.', world, later);
  try {
    return await seen(caching, either(patience.signal, brief), world);
  } catch (error) {
    if (patience.signal.aborted) throw asGatewayError(patience.signal.reason);
    unavailable(error, tally, world);
    return { lead: 'unknown', at: world.now(), cleared: 0 };
  }
}

function unavailable(error: unknown, tally: Tally, world: World): void {
  world.metrics.count('CacheUnavailable');
  tally.cache.missed('unavailable');
  world.log.error('The cache is away.', { id: tally.visit.id, cause: String(error) });
}
