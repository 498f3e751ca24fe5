import type { Caller } from '../caller.ts';
import type { Config } from '../config/config.ts';
import { GatewayError } from '../errors.ts';
import { type Broken, brokenBy } from '../providers/complies.ts';
import type { Target } from '../providers/provider.ts';
import { toTarget } from './target.ts';

/** The refusal of a target that breaks a rule over the caller; undefined where it keeps all of them. */
export function nonCompliant(target: Target, caller: Caller): GatewayError | undefined {
  const broken = brokenBy(target, caller.requires);
  return broken && refusedByRule(target.name, broken, caller, 'model');
}

/** Whether what a name leads to keeps every rule. What it leads nowhere for is another's to tell. */
export function complies(name: string, caller: Caller, config: Config): boolean {
  if (caller.requires.length === 0) return true;
  const target = toTarget(name, config);
  return target instanceof GatewayError || brokenBy(target, caller.requires) === undefined;
}

/** More would be no sentence. */
const MOST_TOLD = 5;

/** What a caller is told when none is left of a route: what each target breaks. */
export function noneLeft(route: string, refusals: readonly GatewayError[]): GatewayError {
  const [first] = refusals;
  const told = [...new Set(refusals.map(({ message }) => message))];
  if (first !== undefined && told.length === 1) return first;
  const more = told.length > MOST_TOLD ? ` And ${told.length - MOST_TOLD} more.` : '';
  const message = `No target of ${JSON.stringify(route)} complies. ${told.slice(0, MOST_TOLD).join(' ')}${more}`;
  return new GatewayError('no_compliant_target', { ...first?.details, message });
}

/** The refusal of something that breaks a rule over the caller, by the name of what it is, and of the field that asks for it. */
export const refusedByRule = (
  name: string,
  { rule, by, told }: Broken,
  { tenant, keyId }: Caller,
  param?: string,
): GatewayError =>
  new GatewayError('no_compliant_target', {
    ...(param !== undefined && { param }),
    message: `${name} ${told}.`,
    rule: { tenant, keyId, target: name, rule, by },
  });
