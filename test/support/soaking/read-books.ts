import { toCharge, toEntry } from '../mixed/books.ts';
import type { Providers } from '../mixed/providers.ts';
import type { Scope } from '../mixed/tenants.ts';
import type { Reading } from '../tables.ts';
import type { Known } from './known.ts';
import type { Traffic } from './traffic.ts';

type Witnesses = { readonly traffic: Traffic; readonly providers: Providers; readonly kills: readonly number[] };

/** Reads all books there are. */
export async function readBooks(
  tables: Reading,
  scopes: readonly Scope[],
  { traffic, providers, kills }: Witnesses,
): Promise<Known> {
  const tenants = scopes.flatMap(({ id }) => (id.startsWith('tenant#') ? [id.slice('tenant#'.length)] : []));
  const counters = await Promise.all(scopes.map(async ({ id }) => ({ id, item: (await tables.spent(id)).item })));
  const records = (await Promise.all(tenants.map(tables.calls))).flat();
  const left = records.filter(({ status }) => status === 'abandoned');
  return {
    made: traffic.made,
    billed: providers.billed(),
    entries: records.filter(({ status }) => status !== 'abandoned').map((record) => toEntry(record, traffic.calls)),
    abandoned: left.map((record) => ({ ...toCharge(record), at: Number(record.at) })),
    kills,
    counters,
  };
}
