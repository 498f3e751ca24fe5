import type { Caller } from '../caller.ts';
import type { Labels } from './headers.ts';

/** A policy as it is written for all, for a tenant, and for features of it, and how one is written over another. */
export type Levels<Policy, Written> = {
  readonly usual: Policy;
  readonly all: Written | undefined;
  readonly tenant: Written | undefined;
  readonly features: Readonly<Record<string, Written>>;
  readonly over: (policy: Policy, written?: Written) => Policy;
  /** The same, and never laxer. */
  readonly tightened: (policy: Policy, written?: Written) => Policy;
};

/**
 * The policy of a call: the operator's for all, over it the tenant's, over that the feature's. A feature that its caller
 * names may only make it stricter, or the name would be a way around it; one that its key is bound to may say anything.
 */
export function policyFor<Policy, Written>(
  { feature }: Labels,
  { feature: bound }: Pick<Caller, 'feature'>,
  { usual, all, tenant, features, over, tightened }: Levels<Policy, Written>,
): Policy {
  const policy = over(over(usual, all), tenant);
  const name = bound ?? feature;
  const its = name !== undefined && Object.hasOwn(features, name) ? features[name] : undefined;
  return bound === undefined ? tightened(policy, its) : over(policy, its);
}
