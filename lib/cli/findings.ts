import type { Fields } from '../aws/access-fields.ts';
import { keyLimits, readKey, readTenant } from '../aws/access-items.ts';
import { toLimits } from '../aws/access-limits.ts';
import { type Fault, type KeyItem, type TenantItem, tenantName } from '../aws/access-schema.ts';
import type { Budgets, Limits } from '../ledger/limits.ts';
import type { Check } from './check.ts';

/** Something an operator may want to put right. */
export type Problem = {
  readonly kind:
    | 'malformed'
    | 'uncapped-tenant'
    | 'uncapped-key'
    | 'orphan-key'
    | 'unfinished-rotation'
    | 'shared-id'
    | 'no-captures'
    | 'unknown-guardrail'
    | 'unreachable'
    | Check['about']
    | 'config';
  /** The item's `pk`, or what else it is about. */
  readonly item: string;
  readonly attribute?: string;
  readonly message: string;
};

export type Findings = {
  readonly problems: readonly Problem[];
  readonly tenantsWithoutCap: readonly string[];
  /** Keys in use without a cap of their own; their tenant's may cover them. */
  readonly keysWithoutCap: readonly string[];
};

/** What is wrong in table Access, given the budgets of tenants that set none. */
export function findingsIn(items: readonly Fields[], defaultBudgets: Budgets | undefined): Findings {
  const tenants = new Map<string, TenantItem | undefined>();
  const keys: KeyItem[] = [];
  const problems: Problem[] = [];
  for (const item of items) {
    const pk = String(item.pk);
    if (item.sk === 'tenant') {
      const name = pk.replace(/^tenant#/, '');
      const reading = readTenant(item);
      tenants.set(name, reading.ok ? reading.item : undefined);
      if (!reading.ok) problems.push(malformed(pk, reading.fault, `sluice tenants set ${name}`));
      else if (!tenantName.test(name))
        problems.push(malformed(pk, { attribute: 'pk', problem: 'is no name of a tenant' }));
    } else if (item.sk === 'key') {
      const reading = readKey(item);
      if (reading.ok) keys.push(reading.item);
      else
        problems.push(
          malformed(pk, reading.fault, typeof item.id === 'string' ? `sluice keys set ${item.id}` : undefined),
        );
    } else problems.push(malformed(pk, { attribute: 'sk', problem: `must be tenant or key, not ${item.sk}` }));
  }
  const capped = (limits: Limits) => hasCap(limits.budgets ?? defaultBudgets);
  const tenantsWithoutCap = [...tenants]
    .flatMap(([name, tenant]) => (tenant && !capped(toLimits(tenant)) ? [name] : []))
    .sort();
  const used = keys.filter(({ revoked, rotated }) => !revoked && rotated === undefined);
  const uncapped = used.filter((key) => {
    const tenant = tenants.get(key.tenant);
    return tenant !== undefined && !hasCap(keyLimits(key, tenant).budgets);
  });
  problems.push(
    ...tenantsWithoutCap.map(uncappedTenant),
    ...idsOf(uncapped.filter(({ tenant }) => tenantsWithoutCap.includes(tenant))).map(uncappedKey),
    ...used.filter(({ tenant }) => !tenants.has(tenant)).map(orphan),
    ...sharedIds(keys),
    ...unfinished(used),
  );
  return { problems, tenantsWithoutCap, keysWithoutCap: idsOf(uncapped) };
}

const idsOf = (keys: readonly KeyItem[]): readonly string[] => [...new Set(keys.map(({ id }) => id))].sort();

const hasCap = (budgets: Budgets | undefined): boolean => Object.values(budgets ?? {}).some((cap) => cap !== undefined);

function malformed(item: string, { attribute, problem, unknown }: Fault, command?: string): Problem {
  const fix =
    command === undefined
      ? ''
      : unknown
        ? ` ${command} --unset attribute:${attribute} removes it.`
        : ` Correct it in table Access, or with ${command}.`;
  return {
    kind: 'malformed',
    item,
    attribute,
    message: `${item}: attribute ${attribute} ${problem}. Until it is right, it lets nobody in.${fix}`,
  };
}

const uncappedTenant = (name: string): Problem => ({
  kind: 'uncapped-tenant',
  item: `tenant#${name}`,
  message: `Tenant ${name} may spend without end. Give it a cap: sluice tenants set ${name} --budget-day 25`,
});

const uncappedKey = (id: string): Problem => ({
  kind: 'uncapped-key',
  item: id,
  message: `Key ${id} may spend without end, as its tenant may. Give it a cap: sluice keys set ${id} --budget-day 5`,
});

const orphan = ({ id, tenant }: KeyItem): Problem => ({
  kind: 'orphan-key',
  item: id,
  attribute: 'tenant',
  message: `Key ${id} is of tenant ${tenant}, which is not there: nobody gets in with it. sluice keys revoke ${id}, or create the tenant.`,
});

/** Ids that keys of several tenants have: they share one counter. */
const sharedIds = (keys: readonly KeyItem[]): readonly Problem[] =>
  grouped(keys).flatMap(([id, same]) =>
    new Set(same.map(({ tenant }) => tenant)).size < 2
      ? []
      : [
          {
            kind: 'shared-id',
            item: id,
            attribute: 'id',
            message: `Keys of several tenants have the id ${id}, and so one counter. Give each its own.`,
          },
        ],
  );

/** Keys with several secrets none of which has an end: a rotation broke off. */
const unfinished = (used: readonly KeyItem[]): readonly Problem[] =>
  grouped(used).flatMap(([id, same]) =>
    same.length < 2
      ? []
      : [
          {
            kind: 'unfinished-rotation',
            item: id,
            message: `Key ${id} has ${same.length} secrets without an end: a rotation broke off. Rotate it again: sluice keys rotate ${id}`,
          },
        ],
  );

const grouped = (keys: readonly KeyItem[]): readonly [string, readonly KeyItem[]][] =>
  Object.entries(Object.groupBy(keys, ({ id }) => id)).flatMap(([id, same]) => (same ? [[id, same]] : []));
