import { type DynamoDB, UpdateItemCommand } from '@aws-sdk/client-dynamodb';
import { marshall } from '@aws-sdk/util-dynamodb';
import { madeAt } from '../../ids.ts';
import { callsPk } from '../calls-query.ts';
import { unlessChanged } from '../changed-meanwhile.ts';
import { inParallel } from '../in-parallel.ts';
import type { TableNames } from '../tables.ts';
import { latecomers } from '../usage/latecomers.ts';
import { QUARTER_MS, quarterOf } from '../usage/quarter.ts';
import { summaries } from '../usage/summaries.ts';
import type { Part } from './part.ts';
import { emptied, sizeOf } from './partition.ts';
import type { UserCalls } from './user-calls.ts';

const AT_ONCE = 8;
/** Records that are changed under one announcement: in far less time than a write is given. */
const IN_A_BATCH = 200;

/** What a record has of the person, or of what was said: with its key an answer is found, with its trace the caller's own system. */
const PERSONAL = ['user', 'metadata', 'prompt', 'traceId', 'capture', 'cacheKey', 'cacheSource'] as const;

/**
 * Call records. A tenant's go. A user's stay, for they are the book of what was paid, and lose the person: so that
 * records, counters and bills go on to tell the same sums.
 */
export function callsPart(client: DynamoDB, { calls: TableName }: TableNames, now: () => number): Part {
  const { announced } = latecomers(client, TableName);
  const standing = summaries(client, TableName);

  /** Takes the person out of a record; false where that was done before. */
  const unname = (tenant: string, { id, user }: UserCalls['named'][number]): Promise<boolean> =>
    unlessChanged(
      client.send(
        new UpdateItemCommand({
          TableName,
          Key: marshall({ pk: callsPk(tenant), sk: id }),
          UpdateExpression: `SET #forgotten = :at REMOVE ${PERSONAL.map((name) => `#${name}`).join(', ')}`,
          ConditionExpression: '#user = :user',
          ExpressionAttributeNames: Object.fromEntries(['forgotten', ...PERSONAL].map((name) => [`#${name}`, name])),
          ExpressionAttributeValues: marshall({ ':at': new Date(now()).toISOString(), ':user': user }),
        }),
      ),
    );

  /** Whether all that was summed up of a quarter is still on record, so that it can be summed up anew. */
  const whole = async (tenant: string, quarter: number, records = 0): Promise<boolean> => {
    if (Number.isNaN(quarter)) return false; // an id that is none: nobody sums it up
    const known = (await standing.within(tenant, 'quarter', { start: quarter, end: quarter + QUARTER_MS })).get(
      quarter,
    );
    return known === undefined || known === 'unfit' || known.sums.all.calls <= records;
  };

  async function* unnamed(tenant: string, { named, inQuarter }: UserCalls): AsyncIterable<number> {
    let calls = 0;
    for (const [quarter, its] of Map.groupBy(named, ({ id }) => quarterOf(madeAt(id)))) {
      // Announced as what comes late is: whoever sums the quarter up at this moment sees that it has to do so again.
      // Sums that tell of more than there is must not be lost to that; they are only corrected where they stand.
      const resummed = await whole(tenant, quarter, inQuarter.get(quarter));
      for (let from = 0; from < its.length; from += IN_A_BATCH) {
        const change = () =>
          inParallel(its.slice(from, from + IN_A_BATCH), AT_ONCE, async (each) => {
            if (await unname(tenant, each)) calls++;
          });
        await (resummed ? announced({ tenant, madeAt: quarter }, change, now) : change());
        yield calls;
      }
    }
  }

  return {
    async *count(theirs) {
      if (theirs.by === 'user') return yield { calls: theirs.calls.named.length };
      for await (const calls of sizeOf(client, TableName, callsPk(theirs.tenant))) yield { calls };
    },

    async *forget(theirs) {
      yield { calls: 0 };
      if (theirs.by === 'tenant')
        for await (const calls of emptied(client, TableName, callsPk(theirs.tenant))) yield { calls };
      else for await (const calls of unnamed(theirs.tenant, theirs.calls)) yield { calls };
    },
  };
}
