import type { Tables } from '../tables.ts';
import type { Call } from './calls.ts';
import type { Billed } from './providers.ts';

/** A call's record, as far as money goes. */
export type Entry = {
  readonly call: Call;
  readonly id: string;
  readonly scopes: readonly string[];
  readonly keyId: string;
  readonly user: string | undefined;
  readonly feature: string | undefined;
  readonly nanoDollars: number;
  readonly estimated: boolean;
  readonly attempts: readonly Attempt[];
};

export type Attempt = {
  readonly target: string;
  readonly provider: string;
  /** An HTTP status, or a word where there was none. */
  readonly status: string;
  readonly nanoDollars: number;
  readonly estimated: boolean;
};

/** All records of these tenants. */
export async function entriesOf(
  { calls: recorded }: Tables,
  tenants: readonly string[],
  calls: readonly Call[],
): Promise<readonly Entry[]> {
  const found = await Promise.all(tenants.map(recorded));
  return found.flat().map((record) => toEntry(record, calls));
}

type Item = Readonly<Record<string, unknown>>;

/** A record of one of these calls. */
export function toEntry(record: Item, calls: readonly Call[]): Entry {
  const { attempts, metadata } = record;
  const call = calls[Number(Object(metadata).call)];
  if (call === undefined || !Array.isArray(attempts)) throw new Error(`Nobody knows the call ${record.id}.`);
  return {
    ...toCharge(record),
    call,
    attempts: attempts.map(({ target, provider, status, nanoDollars, estimated }) => ({
      target: String(target),
      provider: String(provider),
      status: String(status),
      nanoDollars: Number(nanoDollars),
      estimated: estimated === true,
    })),
  };
}

/** Whom a record charges, and how much. */
export function toCharge(record: Item): Omit<Entry, 'call' | 'attempts'> {
  const { id, tenant, keyId, bill } = record;
  const [user, feature] = [record.user, record.feature].map((name) => (name === undefined ? undefined : String(name)));
  return {
    id: String(id),
    keyId: String(keyId),
    user,
    feature,
    scopes: [
      `tenant#${tenant}`,
      `key#${keyId}`,
      ...(user === undefined ? [] : [`user#${tenant}#${user}`]),
      ...(feature === undefined ? [] : [`feature#${tenant}#${feature}`]),
    ],
    nanoDollars: Number(Object(bill).nanoDollars),
    estimated: Object(bill).estimated === true,
  };
}

/** What is written of one question at one target, and what its provider's till says. */
export type Account = {
  readonly of: string;
  readonly attempts: readonly Attempt[];
  readonly billed: readonly Billed[];
};

/** Records and tills side by side: calls that ask the same share an account, for one may be answered for another. */
export function accounts(entries: readonly Entry[], billed: readonly Billed[]): readonly Account[] {
  const attempts = Map.groupBy(
    entries.flatMap(({ call, attempts: all }) =>
      all.map((attempt) => ({ of: `${call.question} ${attempt.target}`, attempt })),
    ),
    ({ of }) => of,
  );
  const lines = Map.groupBy(billed, ({ question, target }) => `${question} ${target}`);
  return [...new Set([...attempts.keys(), ...lines.keys()])].map((of) => ({
    of,
    attempts: (attempts.get(of) ?? []).map(({ attempt }) => attempt),
    billed: lines.get(of) ?? [],
  }));
}

export const sum = (all: readonly { readonly nanoDollars: number }[]): number =>
  all.reduce((total, { nanoDollars }) => total + nanoDollars, 0);
