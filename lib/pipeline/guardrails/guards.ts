import type { Caller } from '../../caller.ts';
import type { Config } from '../../config/config.ts';
import { type GuardPolicy, guardOver, guardTightened, usualGuard } from '../../config/guard-policy.ts';
import { GatewayError } from '../../errors.ts';
import { brokenBy } from '../../providers/complies.ts';
import { type Guardrail, guardrailOf } from '../../providers/guardrails/configured.ts';
import { findProvider } from '../../providers/index.ts';
import { refusedByRule } from '../compliant.ts';
import { policyFor } from '../feature-policy.ts';
import type { Labels } from '../headers.ts';

/** The guardrails that a call's request and answer go through, and how. */
export type Guards = Omit<GuardPolicy, 'input' | 'output'> & {
  readonly input: readonly Guardrail[];
  readonly output: readonly Guardrail[];
};

/**
 * The guardrails of a call; undefined where there are none. Throws where one of them cannot be had, or breaks a rule over
 * the caller: what is to be looked at never passes by it.
 */
export function toGuards(labels: Labels, caller: Caller, config: Config): Guards | undefined {
  const policy = policyFor(labels, caller, {
    usual: usualGuard,
    all: config.guard,
    tenant: caller.guard,
    features: caller.featureGuards,
    over: guardOver,
    tightened: guardTightened,
  });
  if (policy.input.length + policy.output.length === 0) return undefined;
  const found = (names: readonly string[]) => [...new Set(names)].map((name) => guardrail(name, caller, config));
  const window = Math.max(policy.window, policy.holdback); // or each piece would be asked about again and again
  return { ...policy, window, input: found(policy.input), output: found(policy.output) };
}

function guardrail(name: string, caller: Caller, config: Config): Guardrail {
  const found = guardrailOf(name, config, findProvider);
  if (typeof found === 'string')
    throw new GatewayError('gateway_unavailable', {
      message: `The guardrail ${name}, which tenant ${caller.tenant} goes through, ${found}. Its operator must correct it.`,
    });
  const { provider, dialect, regions = provider.stated?.regions } = found;
  const stated = { ...provider.stated, regions };
  const broken = brokenBy({ provider: { ...provider, stated }, model: dialect.model }, caller.requires);
  if (broken !== undefined) throw refusedByRule(`The guardrail ${name}`, broken, caller);
  return found;
}
