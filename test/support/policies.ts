import fc from 'fast-check';
import {
  type CachePolicy,
  cacheModes,
  cacheScopes,
  cacheTemperatures,
  type WrittenCachePolicy,
} from '../../lib/config/cache-policy.ts';

/** Any policy, whole. */
export const policies: fc.Arbitrary<CachePolicy> = fc.record({
  mode: fc.constantFrom(...cacheModes),
  ttlSeconds: fc.integer({ min: 1, max: 100 }),
  scope: fc.constantFrom(...cacheScopes),
  temperature: fc.constantFrom(...cacheTemperatures),
  toolCalls: fc.boolean(),
  threshold: fc.integer({ min: 0, max: 100 }).map((hundredths) => hundredths / 100),
});

/** Any policy of which some is written. */
export const writtenPolicies: fc.Arbitrary<WrittenCachePolicy> = fc
  .tuple(policies, fc.subarray(['mode', 'ttlSeconds', 'scope', 'temperature', 'toolCalls', 'threshold'] as const))
  .map(([policy, named]) => Object.fromEntries(named.map((name) => [name, policy[name]])));

/** The fields in which a policy lets more be given than another that is written does. */
export function widerThan(policy: CachePolicy, written: WrittenCachePolicy): readonly string[] {
  const { mode = 'semantic', ttlSeconds = 100, scope = 'tenant', temperature = 'any' } = written;
  const { toolCalls = true, threshold = 0 } = written;
  const wider = {
    mode: cacheModes.indexOf(policy.mode) > cacheModes.indexOf(mode),
    ttlSeconds: policy.ttlSeconds > ttlSeconds,
    scope: policy.scope === 'tenant' && scope === 'key',
    temperature: policy.temperature === 'any' && temperature === 'zero',
    toolCalls: policy.toolCalls && !toolCalls,
    threshold: policy.threshold < threshold,
  };
  return Object.entries(wider).flatMap(([name, is]) => (is ? [name] : []));
}
