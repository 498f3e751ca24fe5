import type { DynamoDB } from '@aws-sdk/client-dynamodb';
import { callItems, toCounted } from '../../lib/aws/counted-call.ts';
import { dynamoJournal } from '../../lib/aws/journal.ts';
import { localTableNames } from '../../lib/aws/tables.ts';
import { usageReader } from '../../lib/aws/usage/reader.ts';
import { rolling } from '../../lib/aws/usage/rolling.ts';
import { runsItem } from '../../lib/aws/usage/runs.ts';
import { add, noSums, type Sums } from '../../lib/aws/usage/sums.ts';
import { idMaker } from '../../lib/ids.ts';
import type { CallRecord } from '../../lib/world.ts';
import { recordOf } from './records.ts';
import type { Tables } from './tables.ts';

/** What the log was told as an error. */
const failures: unknown[] = [];
export const failed = (): readonly unknown[] => failures.splice(0);
const log = { info: () => {}, error: (...said: unknown[]) => void failures.push(said) };

/** Writes calls down, sums them up and tells what they come to, each at a moment. */
export function summing(client: DynamoDB, tables: Tables) {
  const roll = (now: () => number, until = Number.POSITIVE_INFINITY): Promise<boolean> =>
    rolling(client, localTableNames, { now, random: () => 0, log })(until);
  return {
    roll,

    /** A call whose id was made at a moment, written at another. */
    write: async (tenant: string, madeAt: number, now = madeAt, more: Partial<CallRecord> = {}): Promise<void> => {
      const record = recordOf({ id: idMaker('req_', () => madeAt)(), tenant, at: madeAt, ...more });
      await dynamoJournal(client, localTableNames, 90, () => now).record(record);
    },

    /** Sums up what is closed at a moment, of a tenant among others, as after many runs before. */
    rollFor: async (tenant: string, now: number): Promise<void> => {
      await tables.put('counters', { pk: `tenant#${tenant}`, sk: 'counter' });
      await runsItem(client, localTableNames.calls).put({ since: 0, ranAt: now, wholeAt: 0 });
      await roll(() => now);
    },

    told: (tenant: string, now: number, since = 0): Promise<Sums> =>
      usageReader(client, localTableNames)({ tenant, since, now }, () => {}),

    callByCall: async (tenant: string): Promise<Sums> => {
      const sums = noSums();
      for await (const page of callItems(client, localTableNames)(tenant, { start: 0, end: Number.POSITIVE_INFINITY }))
        for (const item of page) add(sums, toCounted(item));
      return sums;
    },
  };
}
