import type { Scope } from './admission.ts';
import { type Counter, counted } from './counter.ts';
import { type Meter, metersOf } from './meters.ts';
import type { Moment } from './windows.ts';

/** How long a tenant that was turned away keeps its claim to a part. Retry-After sends it back sooner. */
export const CLAIM_MS = 5_000;

/** The attribute that says until when a sharer is waiting for its part. */
export const claimOf = ({ tenant, rank }: NonNullable<Scope['sharer']>): string => `w${rank}~${tenant}`;

const claims = /^w(\d)~(.*)$/;

/** True where others wait for a scope that tenants share: from then on each tenant's own part is counted. Before, it would only make the item grow. */
export const waitedFor = (counter: Counter, { sharer }: Scope, moment: Moment): boolean =>
  sharer !== undefined && waitingIn(counter, sharer, moment).length > 0;

/**
 * The limits a call must keep in a counter. Of a shared one these are, while others wait for their part, also those of
 * the caller's own part: an equal one for each who uses it or waits. Nobody is held back for a tenant of lower priority,
 * and nothing lies idle while nobody waits.
 */
export function metersIn(counter: Counter, { limits, sharer }: Scope, moment: Moment): readonly Meter[] {
  const meters = metersOf(limits, moment);
  if (sharer === undefined) return meters;
  const waiting = waitingIn(counter, sharer, moment);
  if (waiting.length === 0) return meters;
  const own = meters.map((meter): Meter => {
    const sharers = new Set([sharer.tenant, ...waiting, ...usersOf(counter, meter)]);
    const part = (attribute: string) => `${attribute}~${sharer.tenant}`;
    return {
      ...meter,
      attribute: part(meter.attribute),
      limit: Math.max(1, Math.floor(meter.limit / sharers.size)),
      ...(meter.previous !== undefined && { previous: part(meter.previous) }),
    };
  });
  return [...meters, ...own];
}

/** Other tenants, of the same priority or a higher one, that were turned away a moment ago. */
function waitingIn({ counts }: Counter, sharer: NonNullable<Scope['sharer']>, { at }: Moment): readonly string[] {
  return Object.entries(counts).flatMap(([name, until]) => {
    const [, rank, tenant] = claims.exec(name) ?? [];
    return tenant !== undefined && tenant !== sharer.tenant && Number(rank) >= sharer.rank && until > at
      ? [tenant]
      : [];
  });
}

/** The tenants that are counted in a meter now. */
function usersOf(counter: Counter, { attribute, previous }: Meter): readonly string[] {
  return Object.keys(counter.counts).flatMap((name) => {
    const [counting, tenant] = name.split('~', 2);
    const mine = counting === attribute || (previous !== undefined && counting === previous);
    return mine && tenant !== undefined && counted(counter, name) > 0 ? [tenant] : [];
  });
}
