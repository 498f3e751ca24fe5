import { asGatewayError } from '../../errors.ts';
import type { Given, Landed, Recalled } from '../../recall.ts';
import type { ChatAnswer } from '../open-chat.ts';
import { spanned } from '../spanned.ts';
import type { Tally } from '../tally.ts';
import type { Alike } from './alike.ts';
import type { Cacheable } from './cacheable.ts';
import type { CachedCaching, Caching } from './caching.ts';
import { elsewhere } from './elsewhere.ts';
import { give } from './given.ts';
import { type Held, held } from './held.ts';
import { joined } from './joined.ts';
import { keep } from './keep.ts';
import type { Looking, Unanswered } from './look.ts';

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
    const { own, kept } = await asked(ask, caching, cacheable);
    later(async () => void (await kept()));
    return own;
  }
  const seen = await looking.soon();
  if (seen.remembered !== undefined) return give(seen.remembered, tally);
  if (seen.lead === 'unknown') tally.cache.missed('unavailable');
  if (!caching.shares) return led(ask, caching, seen, cacheable);
  for (const { ticket } = looking; ; ticket.passOver()) {
    const flight = ticket.flight();
    if (flight === undefined) return led(ask, caching, seen, cacheable);
    const answer = await spanned({ name: 'cache joined', visit: tally.visit }, cacheable.world, () =>
      joined(flight, { ...caching, ...seen }, cacheable),
    );
    if (answer !== undefined) return answer;
  }
}

/** Asks, for all who ask the same, here and elsewhere, until the answer is kept. */
async function led(ask: Ask, caching: CachedCaching, seen: Unanswered, cacheable: Cacheable): Promise<ChatAnswer> {
  const { company, patience, tally, limit, world, later } = cacheable;
  const { promise: landing, ...landed } = Promise.withResolvers<Landed>();
  landing.catch(() => {}); // nobody may have joined
  const { join } = company;
  const flight = { landing, join, askedAt: tally.visit.startedAt, leftMs: patience.leftMs, limit };
  const land = caching.shares ? world.flights.takeOff(caching.flight, flight) : () => {};
  let kept = async (): Promise<Recalled | undefined> => undefined;
  let remember: Alike['remember'] = async () => {};
  let giveUp = async () => {};
  later(async () => {
    const answer = await kept();
    land(); // only now: who comes before joins, and who comes after finds it kept
    await giveUp();
    if (answer !== undefined) await remember(answer.expiresAt);
  });
  try {
    const similar = await likeness(caching, cacheable);
    const twin = similar?.remembered ? similar : await elsewhere(caching, seen, cacheable);
    if (twin.remembered !== undefined) {
      const given = held(give(twin.remembered, tally), twin.remembered.given, company);
      landed.resolve(given.landed);
      return given.own;
    }
    if ('giveUp' in twin) giveUp = twin.giveUp;
    if (similar !== undefined) remember = similar.remember;
    const answer = await asked(ask, caching, cacheable);
    kept = answer.kept;
    landed.resolve(answer.landed);
    return answer.own;
  } catch (error) {
    const failure = asGatewayError(error);
    tally.failed(failure); // which a call has told it, and waiting for another has not
    land();
    landed.reject(failure);
    throw failure;
  }
}

/** A question alike, where one is looked for. What that takes, lists of words above all, is loaded by those who do. */
async function likeness(caching: CachedCaching, cacheable: Cacheable): Promise<Alike | undefined> {
  if (caching.comparable === undefined) return undefined;
  const { alike } = await import('./alike.ts');
  const { tally, world } = cacheable;
  const about = ({ remembered }: Alike) => ({ 'sluice.cache.found': remembered !== undefined });
  return spanned({ name: 'cache similar', visit: tally.visit, about }, world, () => alike(caching, cacheable));
}

/** Makes the call. */
async function asked(
  ask: Ask,
  caching: CachedCaching,
  { company, tally, world }: Cacheable,
): Promise<Omit<Held, 'whole'> & { readonly kept: () => Promise<Recalled | undefined> }> {
  const { own, landed, whole } = held(await ask(), givenBy(tally, caching), company);
  return {
    own,
    landed,
    kept: async () => {
      const completion = await whole();
      return completion && keep(completion, caching, tally, world);
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
    limit: tally.limit(),
    saved: () => ({ nanoDollars: tally.owed().nanoDollars, ms: tally.totalMs() }),
  };
}
