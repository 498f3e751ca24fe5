import { asGatewayError } from '../errors.ts';
import type { World } from '../world.ts';
import type { Remembered } from './given.ts';
import { renewed } from './lease.ts';
import { BRIEF_MS, type CachedCaching, type Seen, seen } from './look.ts';
import { type Patience, pause, timedOut } from './patience.ts';
import type { Tally } from './tally.ts';
import type { Later } from './visit.ts';

/** What becomes of a question that other environments may ask, too: one of them has the answer, or it is ours to ask, until we give it up. */
export type Elsewhere = { readonly remembered: Remembered } | { readonly giveUp: () => Promise<void> };

type Going = {
  readonly patience: Patience;
  readonly tally: Tally;
  readonly world: World;
  readonly later: Later;
};

/** What a process that dies keeps others waiting. */
const LEAD_MS = 5_000;
/** Two renewals may fail before a lead lapses. */
const RENEWED_MS = 1_600;
/** Between two looks at what another environment does. */
const PAUSE_MS = 150;

const alone: Elsewhere = { giveUp: async () => {} };

/**
 * Waits for another environment that asks the same, as long as its operator allows, and takes the place of one that
 * died. Ours to ask without telling anybody is a question that has been waited for enough, or one whose asker left no
 * answer: the next would not wait in vain again.
 */
export async function elsewhere(
  caching: CachedCaching,
  { lead }: Extract<Seen, { lead: unknown }>,
  going: Going,
): Promise<Elsewhere> {
  const { patience, tally, world } = going;
  const until = world.tick() + caching.waitMs;
  for (let state = lead; caching.waitMs > 0 && state !== 'unknown'; ) {
    if (state !== 'held') {
      const led = await takenLead(caching, going);
      if (led !== undefined) return led;
    }
    const ms = PAUSE_MS * (0.5 + world.random());
    if (world.tick() + ms > until) break;
    await pause(ms, patience.signal, world);
    tally.waited(ms);
    const found = await seenNow(caching, going);
    if ('remembered' in found) return found;
    if (found.lead === 'none') break;
    state = found.lead;
  }
  return alone;
}

/** Tells all environments that we ask; undefined where another does. */
async function takenLead({ question }: CachedCaching, { tally, world, later }: Going): Promise<Elsewhere | undefined> {
  const owner = tally.visit.id;
  const brief = timedOut(BRIEF_MS, 'The cache took too long.', world, later);
  try {
    if (!(await world.answers.lead(question, owner, LEAD_MS, brief))) return undefined;
  } catch (error) {
    unavailable(error, tally, world);
    // It may have been taken all the same.
    return { giveUp: () => world.answers.release(question, owner) };
  }
  const renew = () => world.answers.renew(question, owner, LEAD_MS);
  const letGo = renewed({ of: 'lead', owner, everyMs: RENEWED_MS, renew }, world);
  return {
    giveUp: async () => {
      await letGo();
      await world.answers.release(question, owner);
    },
  };
}

async function seenNow(caching: CachedCaching, { patience, tally, world }: Going): Promise<Seen> {
  try {
    return await seen(caching, patience.signal, world);
  } catch (error) {
    if (patience.signal.aborted) throw asGatewayError(patience.signal.reason);
    unavailable(error, tally, world);
    return { lead: 'none' };
  }
}

function unavailable(error: unknown, tally: Tally, world: World): void {
  world.metrics.count('CacheUnavailable');
  tally.cache.missed('unavailable');
  world.log.error('The cache is away.', { id: tally.visit.id, cause: String(error) });
}
