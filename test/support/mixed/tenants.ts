import type { Tables } from '../tables.ts';

/** A key of the run. */
export type Member = {
  readonly key: string;
  readonly keyId: string;
  readonly tenant: string;
  readonly caches: boolean;
  /** Whether nothing limits its calls: then nothing is held for one, and its process takes it along when it is killed. */
  readonly unlimited: boolean;
  /** Of a hundred calls, about how many are its own. */
  readonly share: number;
};

/** A scope that has a counter, by its id in the table, and what it may spend in a day, in nano-dollars. */
export type Scope = { readonly id: string; readonly day: number };

type Limits = {
  readonly budgets?: 'none' | { readonly day?: number; readonly month?: number; readonly hour?: number };
};
type Attributes = Limits & { readonly [attribute: string]: unknown };
/** A tenant, and its keys. */
export type Group = {
  readonly tenant: Attributes & {
    readonly userDefaults?: Limits;
    readonly features?: Readonly<Record<string, Limits & { readonly rates?: object }>>;
  };
  readonly caches?: true;
  readonly unlimited?: true;
  readonly keys: readonly { readonly key: Attributes; readonly share: number }[];
};

const exact = (scope: 'key' | 'tenant') => ({ mode: 'exact', scope });
const ample = { budgets: { day: 5, month: 50 } };

/** With limits of every kind and without any; some run out of money, some are too quick. */
const groups: readonly Group[] = [
  {
    tenant: { budgets: 'none' },
    keys: [
      { key: {}, share: 16 },
      { key: { models: ['lab/*'] }, share: 4 },
    ],
  },
  {
    tenant: {
      ...ample,
      timezone: 'Pacific/Auckland',
      userDefaults: { budgets: { day: 0.05 } },
      features: { search: { budgets: { day: 0.1 } }, mail: { rates: { rpm: 10_000 } } },
    },
    keys: [
      { key: { budgets: { hour: 4 } }, share: 16 },
      { key: { feature: 'search' }, share: 8 },
    ],
  },
  {
    tenant: { budgets: { day: 0.12 }, timezone: 'Europe/Berlin' },
    keys: [
      { key: {}, share: 8 },
      { key: { budgets: { day: 0.004 } }, share: 4 },
    ],
  },
  { tenant: { ...ample, rates: { rpm: 60, tpm: 200_000 } }, keys: [{ key: {}, share: 12 }] },
  {
    tenant: { ...ample, cache: exact('tenant') },
    caches: true,
    keys: [
      { key: {}, share: 10 },
      { key: {}, share: 10 },
    ],
  },
  {
    tenant: { cache: exact('key'), rates: { concurrent: 6 }, budgets: 'none' },
    caches: true,
    keys: [{ key: {}, share: 12 }],
  },
];

/** The users and features of all tenants; of some tenants they have limits. */
export const users = ['ann', 'bob', 'cyd'] as const;
export const features = ['search', 'mail', 'nothing-special'] as const;

/** Creates all of them. */
export async function enrolled({ admin }: Pick<Tables, 'admin'>, enrolling: readonly Group[] = groups) {
  const members: Member[] = [];
  const scopes: Scope[] = [];
  for (const [at, { tenant, caches = false, unlimited = false, keys }] of enrolling.entries()) {
    const name = `mixed${at}`;
    const { userDefaults, features: limited = {} } = tenant;
    await admin.createTenant(name, tenant);
    scopes.push({ id: `tenant#${name}`, day: dayOf(tenant) });
    if (userDefaults !== undefined)
      scopes.push(...users.map((user) => ({ id: `user#${name}#${user}`, day: dayOf(userDefaults) })));
    for (const [feature, limits] of Object.entries(limited))
      scopes.push({ id: `feature#${name}#${feature}`, day: dayOf(limits) });
    for (const { key: attributes, share } of keys) {
      const { key, id } = await admin.createKey({ tenant: name, ...attributes });
      members.push({ key, keyId: id, tenant: name, caches, unlimited, share });
      scopes.push({ id: `key#${id}`, day: dayOf(attributes) });
    }
  }
  return { members, scopes };
}

const dayOf = ({ budgets }: Limits): number =>
  typeof budgets === 'object' && budgets.day !== undefined ? Math.round(budgets.day * 1e9) : Number.POSITIVE_INFINITY;
