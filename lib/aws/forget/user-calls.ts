import { type DynamoDB, paginateQuery } from '@aws-sdk/client-dynamodb';
import { madeAt } from '../../ids.ts';
import { standsFor } from '../../redaction/label-mark.ts';
import { callsQuery } from '../calls-query.ts';
import { toItem } from '../item.ts';
import type { TableNames } from '../tables.ts';
import { quarterOf } from '../usage/quarter.ts';
import { LEADING, type Leads, leadsCounter } from './elsewhere.ts';

/** What the records of a tenant say of one of its users. */
export type UserCalls = {
  /** The calls whose records name the user, as each does. */
  readonly named: readonly { readonly id: string; readonly user: string }[];
  /**
   * All calls of which nothing is to be left elsewhere: those, and whichever were forgotten before. Of these something may
   * have come late, or a run may have broken off; and whose they were, nobody knows any more.
   */
  readonly ids: ReadonlySet<string>;
  /** What records that name the user tell of things that are kept elsewhere. */
  readonly leads: Leads;
  /** How many records there are, whoever's, by the quarter of an hour. */
  readonly inQuarter: ReadonlyMap<number, number>;
  /** Whether a name that is on record means the user: by the name itself, or by the mark that redaction made of it. */
  readonly means: (recorded: string) => boolean;
};

/** Reads all records of a tenant for those of a user; `tell` hears how many were read. */
export async function userCalls(
  client: DynamoDB,
  names: TableNames,
  { tenant, user }: { readonly tenant: string; readonly user: string },
  tell: (read: number) => void,
): Promise<UserCalls> {
  const known = new Map<string, boolean>();
  const means = (recorded: string): boolean => {
    const answer = known.get(recorded) ?? standsFor(recorded, user, tenant);
    known.set(recorded, answer);
    return answer;
  };
  const named: UserCalls['named'][number][] = [];
  const ids = new Set<string>();
  const inQuarter = new Map<number, number>();
  const query = callsQuery(names, { tenant, since: 0, attributes: ['sk', 'user', 'forgotten', ...LEADING] });
  const { leads, see } = leadsCounter();
  let read = 0;
  for await (const { Items = [] } of paginateQuery({ client }, { ...query, ConsistentRead: true })) {
    for (const { sk, user: recorded, forgotten, ...lead } of Items.map(toItem)) {
      const id = String(sk);
      const theirs = typeof recorded === 'string' && means(recorded);
      if (theirs) {
        named.push({ id, user: recorded });
        see(lead);
      }
      if (theirs || forgotten !== undefined) ids.add(id);
      const quarter = quarterOf(madeAt(id));
      inQuarter.set(quarter, (inQuarter.get(quarter) ?? 0) + 1);
    }
    read += Items.length;
    tell(read);
  }
  return { named, ids, leads, inQuarter, means };
}
