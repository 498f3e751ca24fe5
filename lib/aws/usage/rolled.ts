import { type DynamoDB, GetItemCommand, PutItemCommand } from '@aws-sdk/client-dynamodb';
import { marshall } from '@aws-sdk/util-dynamodb';
import '../../schema.ts';
import * as z from 'zod/mini';
import { toItem } from '../item.ts';
import { ahead } from './quarter.ts';
import { VERSION } from './summaries.ts';
import { ROLLED, usagePk } from './usage-keys.ts';

/** How far a tenant's calls were summed up: a quarter before that which has neither summary nor announcement has no calls. */
export type Rolled = {
  /** The first quarter, and the first day, that is still to be summed up; 0 where nothing is known of either. */
  readonly upTo: number;
  readonly daysUpTo: number;
  /** Until when the last of these calls is kept, in seconds since 1970. */
  readonly keptUntil: number;
};

/** Where nothing was summed up yet. */
export const nothingRolled: Rolled = { upTo: 0, daysUpTo: 0, keptUntil: 0 };

/** Reads and writes how far tenants' calls were summed up. */
export function rolledItems(client: DynamoDB, TableName: string) {
  const keyOf = (tenant: string) => ({ pk: usagePk(tenant), sk: ROLLED });
  return {
    /**
     * Undefined where nothing was, or only by another version, or by a clock that was ahead: then all begins anew. For
     * since that clock was set right, calls may have come to what it had closed, and nobody took them for late.
     */
    async find(tenant: string, now: number): Promise<Rolled | undefined> {
      const Key = marshall(keyOf(tenant));
      const { Item } = await client.send(new GetItemCommand({ TableName, Key, ConsistentRead: true }));
      const { success, data } = rolledItem.safeParse(Item && toItem(Item));
      if (!success || ahead(data.upTo, now)) return undefined;
      return { upTo: data.upTo, daysUpTo: data.daysUpTo, keptUntil: data.ttl };
    },

    async put(tenant: string, { upTo, daysUpTo, keptUntil }: Rolled): Promise<void> {
      const ttl = keptUntil > 0 ? { ttl: keptUntil } : {};
      const Item = marshall({ ...keyOf(tenant), v: VERSION, upTo, daysUpTo, ...ttl });
      await client.send(new PutItemCommand({ TableName, Item }));
    },
  };
}

export type RolledItems = ReturnType<typeof rolledItems>;

const rolledItem = z.object({
  v: z.literal(VERSION),
  upTo: z.int(),
  daysUpTo: z.int(),
  ttl: z._default(z.int(), 0),
});
