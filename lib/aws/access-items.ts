import type { Caller } from '../caller.ts';
import { requirementsOf } from '../config/requires.ts';
import { GatewayError } from '../errors.ts';
import type { Limits } from '../ledger/limits.ts';
import { inherited, toLimits } from './access-limits.ts';
import { type Fault, faultOf, type KeyItem, keyItem, type TenantItem, tenantItem } from './access-schema.ts';

/** The caller behind a key item. A key without a tenant, and an item that cannot be read whole, let nobody in. */
export async function callerOf(
  found: unknown,
  tenantOf: (name: string) => Promise<unknown>,
): Promise<Caller | undefined> {
  const key = inForce(readKey(found), 'This key');
  const item = await tenantOf(key.tenant);
  if (item === undefined) return undefined;
  const tenant = inForce(readTenant(item), `Tenant ${key.tenant}`);
  const features = Object.entries(tenant.features ?? {});
  return {
    tenant: key.tenant,
    keyId: key.id,
    ...(key.name !== undefined && { keyName: key.name }),
    ...(key.feature !== undefined && { feature: key.feature }),
    allowed: [key.models ?? tenant.keyDefaults?.models, tenant.models].filter((list) => list !== undefined),
    featureModels: Object.fromEntries(features.flatMap(([name, { models }]) => (models ? [[name, models]] : []))),
    requires: requirementsOf({ [`tenant ${key.tenant}`]: tenant.requires, [`key ${key.id}`]: key.requires }),
    ...(key.expires !== undefined && { expiresAt: Date.parse(key.expires) }),
    revoked: Boolean(key.revoked),
    limits: {
      tenant: toLimits(tenant),
      key: keyLimits(key, tenant),
      user: toLimits(tenant.userDefaults ?? {}),
      features: Object.fromEntries(features.map(([name, written]) => [name, toLimits(written)])),
    },
    priority: key.priority ?? tenant.keyDefaults?.priority ?? tenant.priority ?? 'standard',
    timezone: tenant.timezone ?? 'UTC',
    ...(tenant.cache && { cache: tenant.cache }),
    ...(tenant.redaction && { redaction: tenant.redaction }),
    ...(tenant.capture && { capture: true }),
    featureRedactions: Object.fromEntries(
      features.flatMap(([name, { redaction }]) => (redaction ? [[name, redaction]] : [])),
    ),
    ...(tenant.guard && { guard: tenant.guard }),
    featureGuards: Object.fromEntries(features.flatMap(([name, { guard }]) => (guard ? [[name, guard]] : []))),
  };
}

/** What a key may use: its own limits, and its tenant's for keys where it says nothing. */
export const keyLimits = (key: KeyItem, tenant: TenantItem): Limits => inherited(key, tenant.keyDefaults ?? {});

/** An item that could be read, or what is wrong with it. */
export type Reading<Item> = { readonly ok: true; readonly item: Item } | { readonly ok: false; readonly fault: Fault };

export function readKey(item: unknown): Reading<KeyItem> {
  const { success, data, error } = keyItem.safeParse(item);
  return success ? { ok: true, item: data } : { ok: false, fault: faultOf(error) };
}

export function readTenant(item: unknown): Reading<TenantItem> {
  const { success, data, error } = tenantItem.safeParse(item);
  return success ? { ok: true, item: data } : { ok: false, fault: faultOf(error) };
}

/** A fault as a sentence about its attribute. */
export const told = ({ attribute, problem }: Fault): string => `attribute ${attribute} ${problem}`;

function inForce<Item>(reading: Reading<Item>, what: string): Item {
  if (reading.ok) return reading.item;
  throw new GatewayError('gateway_unavailable', {
    message: `${what} is set up wrongly: ${told(reading.fault)}. Its operator must correct the item in table Access.`,
  });
}
