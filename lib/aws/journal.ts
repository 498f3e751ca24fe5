import { marshall, unmarshall } from '@aws-sdk/util-dynamodb';
import { noUsage } from '../catalog/usage.ts';
import { usualCalls } from '../config/config.ts';
import { madeAt } from '../ids.ts';
import { featureId } from '../ledger/scopes.ts';
import type { Bill, CallRecord, Journal, WrittenCall } from '../world.ts';
import { toAttributes } from './attributes.ts';
import type { BatchedPut } from './batched-puts.ts';
import { callsPk } from './calls-query.ts';
import { conditionFailed, type Database } from './database.ts';
import { toItem } from './item.ts';
import { callsByFeature, type TableNames } from './tables.ts';
import { latecomers } from './usage/latecomers.ts';

/** What a record has for the table's sake, or the ledger's. */
const OURS = new Set(['pk', 'sk', 'v', 'ttl', 'mark', callsByFeature.partitionKey]);

/** What the ledger has to know of a record. */
export type Entry = { readonly bill: Bill; readonly mark: string | undefined };

/** The journal, and what the ledger asks of it about calls that nobody ended. */
export type CallBook = Journal & {
  /** What a call came to, when it has been written down, and what marked it in the counters. */
  entryOf(tenant: string, id: string): Promise<Entry | undefined>;
};

/**
 * Call records in table Calls, under their tenant and in order of time, for so many days. The first record of a call stays:
 * what was held for it may have been charged by that. Of one for which nothing is held there is no other, and it may be put
 * with others.
 */
export function dynamoJournal(
  database: Database,
  { calls: TableName }: TableNames,
  keptDays = usualCalls.keptDays,
  now: () => number = Date.now,
  putBatched: BatchedPut = async () => false,
): CallBook {
  const { announced } = latecomers(database, TableName);
  const entryOf = async (tenant: string, id: string): Promise<Entry | undefined> => {
    const Key = marshall({ pk: callsPk(tenant), sk: id });
    const { Item } = await database.getItem({
      TableName,
      Key,
      ConsistentRead: true,
      ProjectionExpression: 'bill, mark',
    });
    if (Item === undefined) return undefined;
    const { bill, mark } = unmarshall(Item);
    return {
      bill: {
        usage: { ...noUsage, ...bill?.usage },
        nanoDollars: Number(bill?.nanoDollars),
        estimated: Boolean(bill?.estimated),
      },
      mark,
    };
  };
  return {
    entryOf,

    async find(tenant, id) {
      const Key = marshall({ pk: callsPk(tenant), sk: id });
      const { Item } = await database.getItem({ TableName, Key, ConsistentRead: true });
      if (Item === undefined) return undefined;
      return writtenCall(toItem(Item));
    },

    async record(call: CallRecord): Promise<Bill> {
      const keys = {
        pk: callsPk(call.tenant),
        sk: call.id,
        v: 1,
        ttl: Math.floor(call.at / 1000) + keptDays * 86_400,
        ...(call.feature !== undefined && { [callsByFeature.partitionKey]: featureId(call.tenant, call.feature) }),
      };
      const Item = toAttributes({ ...call, ...keys });
      const put = async (): Promise<void> => {
        if (call.mark === undefined && (await putBatched(Item))) return;
        await database.putItem({ TableName, Item, ConditionExpression: 'attribute_not_exists(pk)' });
      };
      try {
        await announced({ tenant: call.tenant, madeAt: madeAt(call.id) }, put, now);
      } catch (error) {
        if (!conditionFailed(error)) throw error;
        return (await entryOf(call.tenant, call.id))?.bill ?? call.bill; // it is written down already
      }
      return call.bill;
    },
  };
}

/** What a call's item says of the call itself. */
export const writtenCall = (item: WrittenCall): WrittenCall =>
  Object.fromEntries(Object.entries(item).filter(([name]) => !OURS.has(name)));
