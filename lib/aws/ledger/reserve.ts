import type { Admission, Hold, Rate, Reservation, Scope, Standing } from '../../ledger/admission.ts';
import { markOf } from '../../ledger/counter.ts';
import type { Marker } from '../../ledger/marker.ts';
import { limited } from '../../ledger/scopes.ts';
import { type Circumstances, rateOf, type Verdict, verdictOn, waitFor } from '../../ledger/verdict.ts';
import { momentOf, offsetAt } from '../../ledger/windows.ts';
import { expiring } from './expire.ts';
import type { Held, InBackground, Parts } from './parts.ts';
import { placeIn } from './place.ts';
import { type Standing as Counters, type Taken, taking, unavailable } from './taking.ts';

/** How often it is tried when others change the counters in between. */
const MOST_ROUNDS = 6;

/** Makes `Ledger.reserve`; `keep` is told what is held. */
export function reserving(parts: Parts, keep: (hold: Hold, held: Held) => void, inBackground: InBackground) {
  const { memory, persistence, holdMs, log } = parts;
  const { now } = persistence;
  const { takeAll, giveBack } = taking(parts, inBackground);
  const expire = expiring({ ...parts, now });

  return async (reservation: Reservation): Promise<Admission> => {
    const { demand, timezone, at, turn } = reservation;
    const scopes = placesOf(reservation.scopes);
    if (scopes.length === 0) return letIn(reservation);
    const moment = momentOf(at, offsetAt(timezone, at));
    const judge = ({ scope, counter }: Counters) => verdictOn(counter, demand, { scope, moment, timezone });
    const believed = () => scopes.map((scope) => ({ scope, counter: memory.believed(scope.id) }));
    let nanoDollars = grant(believed().map(judge), demand.nanoDollars);

    for (let round = 0; round < MOST_ROUNDS; round++) {
      const marker = { expiresAt: at + holdMs, nanoDollars, tokens: demand.tokens, moment };
      const mark = markOf(reservation.id, turn * MOST_ROUNDS + round);
      const asked = scopes.map((scope, index) => {
        const witness = witnessOf(scopes, index, reservation);
        return { scope, place: placeIn(scope, mark, { ...marker, witness }, memory.believed(scope.id)) };
      });
      // Where a scope is thought to refuse, it is asked alone: a call that cannot pass must not take room from others meanwhile.
      const doubtful = new Set(believed().flatMap((each) => (judge(each).fits ? [] : [each.scope.id])));
      const first = asked.filter(({ scope }) => doubtful.size === 0 || doubtful.has(scope.id));
      let taken = await takeAll(first);
      if (first.length < asked.length && taken.every(({ written }) => written.done))
        taken = [
          ...taken,
          ...(await takeRest(
            asked.filter((each) => !first.includes(each)),
            taken,
          )),
        ];

      const standing = standingOf(taken, { moment, timezone });
      if (taken.length === asked.length && taken.every(({ written }) => written.done)) {
        const hold: Hold = { ...reservation, mark, nanoDollars };
        keep(hold, { places: taken.map(({ written: { twins }, ...each }) => ({ ...each, twins })) });
        return { ok: true, hold, standing };
      }
      const counters = await giveBack(taken);
      const verdicts = counters.map(judge);
      const refusals = verdicts.flatMap((verdict) => (verdict.fits ? [] : [verdict.refusal]));
      const [hardest] = refusals.sort((one, other) => waitFor(other) - waitFor(one));
      // Before anybody is refused, calls that are over their time give up the places they still have.
      if (hardest !== undefined && (round > 0 || !(await cleared(counters))))
        return { ok: false, refusal: hardest, standing };
      nanoDollars = grant(verdicts, demand.nanoDollars);
    }
    throw unavailable(); // others were quicker each time
  };

  /** Nothing limits it: it is booked when it has ended. */
  function letIn(reservation: Reservation): Admission {
    const hold: Hold = { ...reservation, nanoDollars: reservation.demand.nanoDollars };
    keep(hold, { places: [] });
    return { ok: true, hold, standing: {} };
  }

  /** The places beside those that are taken already; where they cannot be taken, those go, too. */
  async function takeRest(asked: Parameters<typeof takeAll>[0], taken: readonly Taken[]): Promise<readonly Taken[]> {
    try {
      return await takeAll(asked);
    } catch (error) {
      await giveBack(taken);
      throw error;
    }
  }

  async function cleared(counters: readonly Counters[]): Promise<boolean> {
    try {
      const ended = await Promise.all(counters.map(({ scope, counter }) => expire(scope.id, counter)));
      return ended.some((count) => count > 0);
    } catch (cause) {
      log.error('Calls that are over their time could not be ended; the sweep will.', { cause: String(cause) });
      return false; // the refusal stands
    }
  }
}

/**
 * The scopes a place is taken in: those with limits, and with any of them the tenant, so that what is held for it can be
 * seen there, and a call that nobody ends is charged there. A call that nothing limits takes none.
 */
export function placesOf(scopes: readonly Scope[]): readonly Scope[] {
  if (!scopes.some(({ limits }) => limited(limits))) return [];
  return scopes.filter(({ kind, limits }) => kind === 'tenant' || limited(limits));
}

/** As much of a call's ceiling as every counter that is known to have room has room for. */
const grant = (verdicts: readonly Verdict[], nanoDollars: number): number =>
  Math.min(nanoDollars, ...verdicts.map((verdict) => (verdict.fits ? verdict.nanoDollars : nanoDollars)));

/** What a record of the call must know stands in its first counter only, to keep the others small. */
function witnessOf(scopes: readonly Scope[], index: number, reservation: Reservation): Marker['witness'] {
  const { tenant, keyId, model, user = '', feature = '' } = reservation;
  const [first, ...others] = scopes.map(({ id }) => id);
  if (index > 0 && first !== undefined) return { tenant, first };
  return { tenant, keyId, model, user, feature, others };
}

/** The tightest rates over the caller. How full a provider is, is nobody's business. */
function standingOf(taken: readonly Taken[], around: Omit<Circumstances, 'scope'>): Standing {
  const own = taken.filter(({ scope }) => scope.kind !== 'provider');
  const tightest = (kind: 'requests' | 'tokens'): Rate | undefined =>
    own
      .flatMap(({ scope, written }) => rateOf(kind, written.counter, { ...around, scope }) ?? [])
      .sort((one, other) => one.remaining - other.remaining)[0];
  const [requests, tokens] = [tightest('requests'), tightest('tokens')];
  return { ...(requests && { requests }), ...(tokens && { tokens }) };
}
