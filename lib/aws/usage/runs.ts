import { type DynamoDB, GetItemCommand, PutItemCommand } from '@aws-sdk/client-dynamodb';
import { marshall } from '@aws-sdk/util-dynamodb';
import '../../schema.ts';
import * as z from 'zod/mini';
import { toItem } from '../item.ts';
import { APART_MS, QUARTER_MS } from './quarter.ts';
import { VERSION } from './summaries.ts';
import { usagePk } from './usage-keys.ts';

/** Runs that summed up, each soon after the one before. */
export type Runs = {
  /** When the first of them began, and the last. */
  readonly since: number;
  readonly ranAt: number;
  /** When the last began that left nothing to be summed up, of no tenant; 0 where none did. */
  readonly wholeAt: number;
};

/** Between two of them none was missed. */
const SOON_MS = 2 * QUARTER_MS;

/** The runs with one that begins now. After a gap it is the first: in between, gateways may have been of another version. */
export function nextRun(before: Runs | undefined, now: number): Runs {
  const follows = before !== undefined && now <= before.ranAt + SOON_MS && before.ranAt <= now + APART_MS;
  return follows ? { ...before, ranAt: now } : { since: now, ranAt: now, wholeAt: 0 };
}

/** True when calls are over that were under way when the first began, for Lambda lets none run for longer. */
export const steady = ({ since, ranAt }: Runs): boolean => ranAt - since >= QUARTER_MS;

/** Reads and writes what is known of the runs that summed up, in a partition that is no tenant's. */
export function runsItem(client: DynamoDB, TableName: string) {
  const key = { pk: usagePk(''), sk: 'runs' };
  return {
    async find(): Promise<Runs | undefined> {
      const { Item } = await client.send(new GetItemCommand({ TableName, Key: marshall(key), ConsistentRead: true }));
      const { success, data } = item.safeParse(Item && toItem(Item));
      return success ? { since: data.since, ranAt: data.ranAt, wholeAt: data.wholeAt } : undefined;
    },

    async put({ since, ranAt, wholeAt }: Runs): Promise<void> {
      const Item = marshall({ ...key, v: VERSION, since, ranAt, wholeAt });
      await client.send(new PutItemCommand({ TableName, Item }));
    },
  };
}

const item = z.object({ v: z.literal(VERSION), since: z.number(), ranAt: z.number(), wholeAt: z.number() });
