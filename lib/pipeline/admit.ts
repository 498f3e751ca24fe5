import type { Caller } from '../caller.ts';
import type { Config } from '../config/config.ts';
import type { Demand, Hold, Reservation, Standing } from '../ledger/admission.ts';
import { budgeted, limited, scopesOf } from '../ledger/scopes.ts';
import { refused } from '../providers/parameters.ts';
import type { Target } from '../providers/provider.ts';
import type { World } from '../world.ts';
import type { Ask, Asked } from './parse.ts';
import { pause } from './patience.ts';
import { toRefused } from './refused.ts';
import { spanned } from './spanned.ts';
import type { Later, Visit } from './visit.ts';

/** A call at the door. */
export type Arrival = {
  readonly visit: Visit;
  readonly caller: Caller;
  readonly config: Config;
  readonly ask: Ask<Asked>;
  readonly targets: readonly Target[];
  /**
   * The most it may come to, and the parameter that asks for what has no known price, if one does. Asked for only where
   * something is limited: to reckon it, all of the request is read.
   */
  readonly quote: () => Demand & { readonly unpriced?: string };
  /** Fires when nobody waits any more. */
  readonly signal: AbortSignal;
};

/** A call that was let in. */
export type Admitted = {
  readonly hold: Hold;
  readonly standing: Standing;
  /** True where a dollar limit is over the call: then it may not run past what is held. */
  readonly capped: boolean;
};

/** How long a call waits, at most, for room that only calls under way take up. */
const MOST_WAITING_MS = 10_000;
/** Between two tries; the same for all, whoever came first, or those who wait longest would wait longer still. */
const PAUSE_MS = 200;

/**
 * Lets a call in, once its ceiling is held in every scope that must pay for it: key, user, feature, tenant and the
 * provider's capacity. Throws the refusal of the scope that is hardest to wait for; where only calls under way stand in
 * the way, it waits for them a little.
 */
export const admit = (arrival: Arrival, world: World, later: Later): Promise<Admitted> =>
  spanned({ name: 'admission', visit: arrival.visit }, world, () => letIn(arrival, world, later));

async function letIn(arrival: Arrival, world: World, later: Later): Promise<Admitted> {
  const { visit, signal, quote, targets } = arrival;
  const until = world.now() + MOST_WAITING_MS;
  later(() => world.ledger.idle(visit.id)); // what could not be given back at once is, before anybody freezes us
  for (let turn = 0; ; turn++) {
    const reservation = toReservation(arrival, world, turn);
    const capped = reservation.scopes.some(budgeted);
    const unpriced = capped ? quote().unpriced : undefined;
    if (unpriced !== undefined) throw refused(unpriced, host(targets), UNPRICED);
    const admission = await world.ledger.reserve(reservation);
    const { standing } = admission;
    if (admission.ok) return { hold: admission.hold, standing, capped };
    const { refusal } = admission;
    const ms = PAUSE_MS * (0.5 + world.random()); // or all who wait would come back at once
    if (!refusal.soon || world.now() + ms > until) {
      later(() => world.ledger.turnedAway(refusal, reservation));
      later(() => world.metrics.refused(refusal, reservation));
      const { tenant, keyId } = reservation;
      const { kind, window, scope } = refusal;
      const names = {
        'sluice.refused.kind': kind,
        'sluice.refused.scope': scope.kind,
        'sluice.refused.window': window,
      };
      visit.trace?.about(names);
      world.log.info('refused', { id: visit.id, tenant, keyId, ...plain(refusal) });
      throw toRefused(refusal, standing);
    }
    await pause(ms, signal, world);
  }
}

function toReservation(
  { visit, caller, config, ask, targets, quote }: Arrival,
  world: World,
  turn: number,
): Reservation {
  const { tenant, keyId, timezone } = caller;
  const [first] = targets;
  const { user } = ask.labels;
  const feature = caller.feature ?? ask.labels.feature;
  const payer = { ...caller, user, feature };
  const name = host(targets);
  const rates = Object.hasOwn(config.providers, name) ? config.providers[name]?.rates : undefined;
  const scopes = scopesOf(payer, { name, rates }, config.defaultBudgets);
  return {
    id: visit.id,
    turn,
    at: world.now(),
    timezone,
    tenant,
    keyId,
    model: first?.name ?? '',
    user,
    feature,
    scopes,
    demand: scopes.some(({ limits }) => limited(limits)) ? demandOf(quote()) : noDemand,
  };
}

const demandOf = ({ nanoDollars, leastNanoDollars, tokens }: Demand): Demand => ({
  nanoDollars,
  leastNanoDollars,
  tokens,
});

/** What a call asks for that nothing limits. */
const noDemand: Demand = { nanoDollars: 0, leastNanoDollars: 0, tokens: 0 };

const UNPRICED = 'what being served so costs is not known, and a budget is over the call';

/** The provider that will be called first. */
const host = ([first]: readonly Target[]): string => first?.provider.name ?? '';

const plain = ({ scope, ...refusal }: { readonly scope: { readonly kind: string; readonly name: string } }) => ({
  ...refusal,
  scope: scope.kind,
  name: scope.name,
});
