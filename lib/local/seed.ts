import type { AccessAdmin } from '../aws/access-admin.ts';

/**
 * Makes sure that tenant `demo` is there, with the key the environment names or, at the first start, with a new one.
 * Gives back the key that may be shown; undefined when it was shown before and only its hash is left.
 */
export async function seed(admin: AccessAdmin, demoKey: string | undefined): Promise<string | undefined> {
  const first = await admin.createTenant('demo');
  if (demoKey === undefined && !first) return undefined;
  const { key } = await admin.createKey({ tenant: 'demo', name: 'demo' }, demoKey);
  return key;
}
