import { GatewayError } from '../errors.ts';
import '../schema.ts';
import * as z from 'zod/mini';
import type { Caller } from '../world.ts';

const globs = z.optional(z.array(z.string()));

/** A key as a person may read and edit it. Unknown attributes are refused: a limit nobody enforces must not look enforced. */
const keyItem = z.strictObject({
  pk: z.string(),
  sk: z.literal('key'),
  v: z.optional(z.number()),
  id: z.string(),
  tenant: z.string(),
  name: z.optional(z.string()),
  feature: z.optional(z.string()),
  models: globs,
  created: z.optional(z.string()),
  expires: z.optional(z.iso.datetime({ offset: true })),
  revoked: z.optional(z.union([z.boolean(), z.iso.datetime({ offset: true })])),
});

const tenantItem = z.strictObject({
  pk: z.string(),
  sk: z.literal('tenant'),
  v: z.optional(z.number()),
  created: z.optional(z.string()),
  models: globs,
});

export type KeyItem = z.infer<typeof keyItem>;
export type TenantItem = z.infer<typeof tenantItem>;

/** The caller behind a key item. A key without a tenant, and an item that cannot be read whole, let nobody in. */
export async function callerOf(
  key: unknown,
  tenantOf: (name: string) => Promise<unknown>,
): Promise<Caller | undefined> {
  const { id, tenant, name, feature, models, expires, revoked } = readKey(key);
  const found = await tenantOf(tenant);
  if (found === undefined) return undefined;
  const { models: tenantModels } = read(tenantItem, found, `Tenant ${tenant}`);
  return {
    tenant,
    keyId: id,
    ...(name === undefined ? {} : { keyName: name }),
    ...(feature === undefined ? {} : { feature }),
    allowed: [models, tenantModels].filter((list) => list !== undefined),
    ...(expires === undefined ? {} : { expiresAt: Date.parse(expires) }),
    revoked: Boolean(revoked),
  };
}

/** A key for a list, with what is wrong with it, if anything is: an operator must see and revoke it all the same. */
export type ListedKey = {
  readonly pk: string;
  readonly id: string;
  readonly tenant: string;
  readonly problem?: string;
} & Partial<KeyItem>;

/** Reads a key item as far as it can be read. */
export function listKey(item: Readonly<Record<string, unknown>>): ListedKey {
  const parsed = keyItem.safeParse(item);
  if (parsed.success) return parsed.data;
  const { pk, id, tenant } = item;
  return { pk: String(pk), id: String(id), tenant: String(tenant), problem: problemOf(parsed.error) };
}

/** Reads a key item, or says which attribute is wrong. */
const readKey = (item: unknown): KeyItem => read(keyItem, item, 'This key');

function read<T>(schema: z.ZodMiniType<T>, item: unknown, what: string): T {
  const parsed = schema.safeParse(item);
  if (parsed.success) return parsed.data;
  throw new GatewayError('gateway_unavailable', {
    message: `${what} is set up wrongly: ${problemOf(parsed.error)}. Its operator must correct the item in table Access.`,
  });
}

function problemOf({ issues: [issue] }: z.core.$ZodError): string {
  const where = issue?.code === 'unrecognized_keys' ? issue.keys.join(', ') : issue?.path.join('.');
  return `attribute ${where} (${issue?.message})`;
}
