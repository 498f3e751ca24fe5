import { type DynamoDB, paginateQuery } from '@aws-sdk/client-dynamodb';
import '../../schema.ts';
import * as z from 'zod/mini';
import { callsQuery } from '../calls-query.ts';
import { toItem } from '../item.ts';
import type { TableNames } from '../tables.ts';

/** What is kept outside the tables. */
export const elsewhere = ['captures', 'vectors'] as const;
export type Elsewhere = (typeof elsewhere)[number];

/** Where such things are: at a place; nowhere, for none can have been kept; or nobody knows, and there may be some all the same. */
export type Whereabouts<Place> =
  | { readonly state: 'place'; readonly place: Place }
  | { readonly state: 'nowhere' }
  | { readonly state: 'unknown' };

/** Of how many calls something is kept elsewhere, or may be, by their records. */
export type Leads = Readonly<Record<Elsewhere, number>>;

/** What of a record tells that. */
export const LEADING = ['capture', 'cache', 'cacheEmbedder'] as const;

const led = z.object({
  capture: z.optional(z.object({ key: z.optional(z.string()) })),
  cache: z.optional(z.string()),
  cacheEmbedder: z.optional(z.string()),
});

/** Counts the leads of records, one by one. */
export function leadsCounter(): { readonly leads: Leads; readonly see: (record: unknown) => void } {
  const leads: Record<Elsewhere, number> = { captures: 0, vectors: 0 };
  return {
    leads,
    see(record) {
      const { capture, cache, cacheEmbedder } = led.parse(record);
      if (capture?.key !== undefined) leads.captures++;
      if (cacheEmbedder !== undefined && cache === 'miss') leads.vectors++;
    },
  };
}

/** The leads in all records of a tenant. */
export async function leadsOf(client: DynamoDB, names: TableNames, tenant: string): Promise<Leads> {
  const { leads, see } = leadsCounter();
  const query = callsQuery(names, { tenant, since: 0, attributes: LEADING });
  for await (const { Items = [] } of paginateQuery({ client }, { ...query, ConsistentRead: true }))
    for (const record of Items.map(toItem)) see(record);
  return leads;
}
