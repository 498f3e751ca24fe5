import { asGatewayError } from '../errors.ts';
import type { Given, Landed } from '../recall.ts';
import { type Alike, alike } from './alike.ts';
import type { Cacheable } from './cacheable.ts';
import type { CachedCaching, Caching } from './caching.ts';
import { elsewhere } from './elsewhere.ts';
import { give } from './given.ts';
import { type Held, held } from './held.ts';
import { joined } from './joined.ts';
import { keep } from './keep.ts';
import type { Looking, Seen } from './look.ts';
import type { ChatAnswer } from './open-chat.ts';
import type { Tally } from './tally.ts';

type Ask = () => Promise<ChatAnswer>;

/**
 * The answer to a call: one that was kept, one that another call is getting at this moment, or its own, which is then
 * kept for the next. `ask` makes the call.
 */
export async function cached(
  ask: Ask,
  caching: Caching,
  looking: Looking | undefined,
  cacheable: Cacheable,
): Promise<ChatAnswer> {
  const { tally, later } = cacheable;
  if (caching.mode === 'off') return ask();
  if (looking === undefined) {
    tally.cache.missed('no-cache');
    const { own, kept } = await asked(ask, caching, cacheable, async () => {});
    later(kept);
    return own;
  }
  const seen = await looking.soon();
  if (seen.remembered !== undefined) return give(seen.remembered, tally);
  if (seen.lead === 'unknown') tally.cache.missed('unavailable');
  for (const { arrival } = looking; ; arrival.passOver()) {
    const flight = arrival.flight();
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
  const landing = Promise.withResolvers<Landed>();
  landing.promise.catch(() => {}); // nobody may have joined
  const land = world.flights.takeOff(caching.flight, { landing: landing.promise, join: company.join });
  let kept = async () => {};
  let giveUp = async () => {};
  later(async () => {
    try {
      await kept();
    } finally {
      land(); // only now: who comes before joins, and who comes after finds it kept
      await giveUp();
    }
  });
  try {
    const similar = await alike(caching, cacheable);
    const twin = similar.remembered ? similar : await elsewhere(caching, seen, cacheable);
    if (twin.remembered !== undefined) {
      const { own, landed } = held(give(twin.remembered, tally), twin.remembered.given, company);
      landing.resolve(landed);
      return own;
    }
    if ('giveUp' in twin) giveUp = twin.giveUp;
    const answer = await asked(ask, caching, cacheable, similar.remember);
    kept = answer.kept;
    landing.resolve(answer.landed);
    return answer.own;
  } catch (error) {
    const failure = asGatewayError(error);
    tally.failed(failure); // which a call has told it, and waiting for another has not
    land();
    landing.reject(failure);
    throw failure;
  }
}

/** Makes the call. */
async function asked(
  ask: Ask,
  caching: CachedCaching,
  { company, tally, world }: Cacheable,
  remember: Alike['remember'],
): Promise<Omit<Held, 'whole'> & { readonly kept: () => Promise<void> }> {
  const { own, landed, whole } = held(await ask(), givenBy(tally, caching), company);
  return {
    own,
    landed,
    kept: async () => {
      const completion = await whole();
      const answer = completion && (await keep(completion, caching, tally, world));
      if (answer !== undefined) await remember(answer.expiresAt);
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
    saved: () => ({ nanoDollars: tally.owed().nanoDollars, ms: tally.totalMs() }),
  };
}
