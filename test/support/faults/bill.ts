import type { ExpectStatic } from 'vitest';
import type { Tables } from '../tables.ts';
import type { Owed } from './row.ts';

/** What the second target counts comes to: ten tokens in and three out, at 1,000 and 2,000 nano-dollars. */
export const SECONDS = 16_000;
/** What the first target counts, where it counts: ten in, and one out so far. */
const FIRSTS = 12_000;
/** What a first target can have read and written at most: 21 tokens in, which it may keep, and the 50 it may write. */
const MOST = 126_250;

/** A tenant's one call: its bill is to be what is owed to the first target, and this besides. */
export type Due = { readonly tenant: string; readonly owed: Owed; readonly besides: number };

/** Expects a call to be billed as it is due, in the record and in the counter, and nothing to stay held. */
export async function expectBill({ calls, spent }: Tables, { tenant, owed, besides }: Due, expect: ExpectStatic) {
  await expect.poll(() => calls(tenant)).toHaveLength(1);
  const [{ bill } = { bill: undefined }] = await calls(tenant);
  const nanoDollars = Number(Object(bill).nanoDollars);
  expect(bill).toMatchObject({ estimated: owed === 'bound' });
  if (owed === 'bound') {
    expect(nanoDollars - besides).toBeGreaterThan(0);
    expect(nanoDollars - besides).toBeLessThanOrEqual(MOST);
  } else expect(nanoDollars).toBe(besides + (owed === 'usage' ? FIRSTS : 0));
  await expect.poll(async () => (await spent(`tenant#${tenant}`)).item.live).toBe(0);
  expect((await spent(`tenant#${tenant}`)).total).toBe(nanoDollars);
}
