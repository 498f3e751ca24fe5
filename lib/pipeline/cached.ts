import { asGatewayError } from '../errors.ts';
import type { Given, Landed } from '../recall.ts';
import type { World } from '../world.ts';
import type { Caching } from './caching.ts';
import type { Company } from './company.ts';
import { elsewhere } from './elsewhere.ts';
import { give } from './given.ts';
import { type Held, held } from './held.ts';
import { joined } from './joined.ts';
import { keep } from './keep.ts';
import type { CachedCaching, Looking, Seen } from './look.ts';
import type { ChatAnswer } from './open-chat.ts';
import type { Patience } from './patience.ts';
import type { Tally } from './tally.ts';
import type { Later } from './visit.ts';

/** What a call has at hand on its way through the cache. */
export type Cacheable = {
  readonly caching: Caching;
  readonly looking: Looking;
  readonly company: Company;
  readonly patience: Patience;
  readonly tally: Tally;
  readonly world: World;
  readonly later: Later;
};

type Ask = () => Promise<ChatAnswer>;

/**
 * The answer to a call: one that was kept, one that another call is getting at this moment, or its own, which is then
 * kept for the next. `ask` makes the call.
 */
export async function cached(ask: Ask, cacheable: Cacheable): Promise<ChatAnswer> {
  const { caching, looking, tally, world, later } = cacheable;
  if (caching.mode === 'off') return ask();
  const seen = await looking.soon();
  if ('remembered' in seen) return give(seen.remembered, tally);
  if (seen.lead === 'unknown') tally.cache.missed('unavailable');
  if (!caching.reads) {
    tally.cache.missed('no-cache');
    const { own, kept } = await asked(ask, caching, cacheable);
    later(kept);
    return own;
  }
  for (;;) {
    const flight = world.flights.get(caching.flight);
    const leave = flight?.join();
    if (flight === undefined || leave === undefined) return led(ask, caching, seen, cacheable);
    const answer = await joined(flight, leave, cacheable);
    if (answer !== undefined) return answer;
  }
}

/** Asks for all who ask the same, here and elsewhere, until the answer is kept. */
async function led(
  ask: Ask,
  caching: CachedCaching,
  seen: Extract<Seen, { lead: unknown }>,
  cacheable: Cacheable,
): Promise<ChatAnswer> {
  const { company, tally, world, later } = cacheable;
  const { flights } = world;
  const landing = Promise.withResolvers<Landed>();
  landing.promise.catch(() => {}); // nobody may have joined
  const flight = { landing: landing.promise, join: company.join };
  flights.set(caching.flight, flight);
  const landed = () => {
    if (flights.get(caching.flight) === flight) flights.delete(caching.flight);
  };
  let kept = async () => {};
  let giveUp = async () => {};
  later(async () => {
    try {
      await kept();
    } finally {
      landed(); // only now: who comes before joins, and who comes after finds it kept
      await giveUp();
    }
  });
  try {
    const found = await elsewhere(caching, seen, cacheable);
    if ('remembered' in found) {
      const { own, landed } = held(give(found.remembered, tally), found.remembered.given, company);
      landing.resolve(landed);
      return own;
    }
    giveUp = found.giveUp;
    const answer = await asked(ask, caching, cacheable);
    kept = answer.kept;
    landing.resolve(answer.landed);
    return answer.own;
  } catch (error) {
    const failure = asGatewayError(error);
    tally.failed(failure); // which a call has told it, and waiting for another has not
    landed();
    landing.reject(failure);
    throw failure;
  }
}

/** Makes the call. */
async function asked(
  ask: Ask,
  caching: CachedCaching,
  { company, tally, world }: Cacheable,
): Promise<Held & { readonly kept: () => Promise<void> }> {
  const answer = held(await ask(), givenBy(tally, caching), company);
  return {
    ...answer,
    kept: async () => {
      const completion = await answer.whole();
      if (completion !== undefined) await keep(completion, caching, tally, world);
    },
  };
}

/** This call's answer, as it is given to those who joined. */
function givenBy(tally: Tally, { question }: CachedCaching): Given {
  const { id, startedAt } = tally.visit;
  return {
    from: 'hit',
    model: tally.model() ?? question.model,
    dropped: tally.dropped(),
    source: id,
    askedAt: startedAt,
    key: question.key,
    saved: () => ({ nanoDollars: tally.bill().nanoDollars, ms: tally.totalMs() }),
  };
}
