import { createHash } from 'node:crypto';
import type { Scope } from './admission.ts';
import {
  type Budgets,
  type CallerLimits,
  type Limits,
  noLimits,
  type Priority,
  priorities,
  type Rates,
} from './limits.ts';

/** Who a call is for and what it is to be attributed to. */
export type Payer = {
  readonly tenant: string;
  readonly keyId: string;
  readonly user?: string | undefined;
  readonly feature?: string | undefined;
  readonly limits: CallerLimits;
  readonly priority: Priority;
};

/** The provider that will be called first. */
export type Host = { readonly name: string; readonly rates?: Rates | undefined };

/**
 * Every scope that a call must satisfy. Key and tenant are always among them, for their spending is counted whatever
 * their limits; a user or feature only where it has limits, a provider only where its capacity is stated.
 */
export function scopesOf(payer: Payer, host: Host, defaultBudgets: Budgets | undefined): readonly Scope[] {
  const { tenant, keyId, user, feature, limits } = payer;
  const ofFeature =
    feature !== undefined && Object.hasOwn(limits.features, feature) ? limits.features[feature] : undefined;
  const capped = { ...limits.tenant, budgets: limits.tenant.budgets ?? defaultBudgets ?? {} };
  const found: Scope[] = [{ kind: 'key', name: keyId, id: `key#${keyId}`, limits: limits.key }];
  if (user !== undefined && limited(limits.user))
    found.push({ kind: 'user', name: user, id: `user#${tenant}#${short(user)}`, limits: limits.user });
  if (feature !== undefined && ofFeature !== undefined && limited(ofFeature))
    found.push({ kind: 'feature', name: feature, id: featureId(tenant, feature), limits: ofFeature });
  found.push({ kind: 'tenant', name: tenant, id: `tenant#${tenant}`, limits: capped });
  if (host.rates !== undefined) found.push(providerScope(host.name, host.rates, payer));
  return found;
}

/** True where anything is limited, and so a place must be held. */
export const limited = ({ budgets = {}, rates }: Limits): boolean =>
  [...Object.values(budgets), ...Object.values(rates)].some((limit) => limit !== undefined);

/** True where dollars are limited. */
export const budgeted = ({ limits: { budgets = {} } }: Scope): boolean =>
  Object.values(budgets).some((limit) => limit !== undefined);

/** Of a shared provider, in percent, what calls of each priority may use: the rest is kept free for those above. */
const shares: Readonly<Record<Priority, number>> = { low: 70, standard: 90, high: 100 };

function providerScope(name: string, { rpm, tpm, concurrent }: Rates, { tenant, priority }: Payer): Scope {
  // One call must always be possible, or a small limit would shut all but the highest out.
  const part = (limit: number) => Math.max(Math.min(1, limit), Math.floor((limit * shares[priority]) / 100));
  const rates = {
    ...(rpm !== undefined && { rpm: part(rpm) }),
    ...(tpm !== undefined && { tpm: part(tpm) }),
    ...(concurrent !== undefined && { concurrent: part(concurrent) }),
  };
  return {
    kind: 'provider',
    name,
    id: `provider#${name}`,
    limits: { ...noLimits, rates },
    sharer: { tenant, rank: priorities.indexOf(priority) },
  };
}

/** A tenant's feature, as part of a table's key. */
export const featureId = (tenant: string, feature: string): string => `feature#${tenant}#${short(feature)}`;

/**
 * A name as part of a table's key, which may have 2,048 bytes: long ones are known by their hash. So are those with half a
 * character, which JSON can spell and no table takes; by their UTF-16, for in UTF-8 all halves are the same.
 */
function short(name: string): string {
  if (name.isWellFormed() && Buffer.byteLength(name) <= 512) return name;
  return createHash('sha256').update(name, 'utf16le').digest('hex');
}
