import type { DynamoDB } from '@aws-sdk/client-dynamodb';
import type { TableNames } from '../tables.ts';
import { unnaming } from '../usage/unnaming.ts';
import { usagePk } from '../usage/usage-keys.ts';
import type { Part } from './part.ts';
import { emptied, sizeOf } from './partition.ts';

/** What calls were summed up to: a tenant's go, once its records have; of a user's the name goes. */
export function sumsPart(client: DynamoDB, { calls: TableName }: TableNames, now: () => number): Part {
  const { count, unname } = unnaming(client, TableName, now);
  return {
    async *count(theirs) {
      const { tenant } = theirs;
      yield { sums: 0 };
      const found =
        theirs.by === 'tenant' ? sizeOf(client, TableName, usagePk(tenant)) : count(tenant, theirs.calls.means);
      for await (const sums of found) yield { sums };
    },

    async *forget(theirs) {
      const { tenant } = theirs;
      yield { sums: 0 };
      const gone =
        theirs.by === 'tenant' ? emptied(client, TableName, usagePk(tenant)) : unname(tenant, theirs.calls.means);
      for await (const sums of gone) yield { sums };
    },
  };
}
