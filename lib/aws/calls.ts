import type { DynamoDB } from '@aws-sdk/client-dynamodb';
import { reader } from './ledger/counters.ts';
import type { TableNames } from './tables.ts';
import { usageReader } from './usage/reader.ts';

/** What tenants did and do, as an operator reads it. */
export type CallReader = ReturnType<typeof callReader>;

export function callReader(client: DynamoDB, names: TableNames) {
  const counterOf = reader(client, names.counters);
  return {
    usage: usageReader(client, names),

    /** What a tenant's calls under way hold of its budgets. A hold that is over its time is spent, not held. */
    heldNanoDollars: async (tenant: string, now: number): Promise<number> => {
      const { markers } = await counterOf(`tenant#${tenant}`);
      const underWay = Object.values(markers).filter(({ expiresAt }) => expiresAt > now);
      return underWay.reduce((sum, { nanoDollars }) => sum + nanoDollars, 0);
    },
  };
}
