import type { Fields } from '../aws/access-fields.ts';
import { readTenant } from '../aws/access-items.ts';
import type { WrittenGuard } from '../config/guard-policy.ts';
import { toFields } from '../local/dynamodb/fields.ts';
import type { Connection } from './connect.ts';
import type { Problem } from './findings.ts';

/** A tenant as far as it speaks of guardrails. */
type Guarded = {
  readonly guard?: WrittenGuard | undefined;
  readonly features?: Readonly<Record<string, { readonly guard?: WrittenGuard | undefined }>> | undefined;
};

/** What is to be said of the guardrails a tenant names, which the configuration in force may not have: nobody would find out before a call does. */
export async function guardRemarks(
  { config }: Pick<Connection, 'config'>,
  tenant: Guarded,
): Promise<readonly string[]> {
  if (namedBy(tenant).length === 0) return [];
  const known = guardrailsIn((await config.inForce())?.json);
  return unknownTo(known, tenant).map(
    (name) =>
      `The guardrail ${name} is not in the configuration in force: calls that go through it are refused until it stands there under guardrails.`,
  );
}

/** The tenants that name guardrails which the configuration does not have. */
export const guardProblems = (items: readonly Fields[], known: readonly string[]): readonly Problem[] =>
  items.flatMap((item): readonly Problem[] => {
    const reading = readTenant(item);
    if (!reading.ok) return [];
    const name = reading.item.pk.replace(/^tenant#/, '');
    return unknownTo(known, reading.item).map((guardrail) => ({
      kind: 'unknown-guardrail',
      item: reading.item.pk,
      attribute: 'guard',
      message: `Tenant ${name} goes through the guardrail ${guardrail}, which is not in the configuration: its calls are refused. Name it under guardrails, or take it from the tenant: sluice tenants set ${name} --help`,
    }));
  });

/** The names of the guardrails in a configuration's JSON, as it is in force. */
const guardrailsIn = (json = '{}'): readonly string[] => Object.keys(toFields(toFields(JSON.parse(json)).guardrails));

const unknownTo = (known: readonly string[], tenant: Guarded): readonly string[] =>
  namedBy(tenant).filter((name) => !known.includes(name));

/** All guardrails that a tenant names, for itself or for a feature, each once. */
function namedBy({ guard, features = {} }: Guarded): readonly string[] {
  const policies = [guard, ...Object.values(features).map((feature) => feature.guard)];
  return [...new Set(policies.flatMap((policy) => [...(policy?.input ?? []), ...(policy?.output ?? [])]))];
}
