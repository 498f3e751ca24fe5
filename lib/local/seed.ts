import type { AccessAdmin } from '../aws/access-admin.ts';

/**
 * Makes sure that tenant `demo` is there, with the key the environment names or, while it has none, with a new one.
 * Gives back the key that may be shown; undefined when it was shown before and only its hash is left.
 */
export async function seed(admin: AccessAdmin, demoKey: string | undefined): Promise<string | undefined> {
  if (demoKey !== undefined && !/^[\x21-\x7e]([\x20-\x7e]*[\x21-\x7e])?$/.test(demoKey)) {
    throw new Error('SLUICE_DEMO_KEY must be printable ASCII, without spaces at its ends: it travels in a header.');
  }
  await admin.createTenant('demo', { budgets: 'none' }); // a decision, written out: no defaults take its place
  if (demoKey === undefined && (await admin.keys()).some(({ tenant }) => tenant === 'demo')) return undefined;
  const { key } = await admin.createKey({ tenant: 'demo', name: 'demo' }, demoKey);
  return key;
}
