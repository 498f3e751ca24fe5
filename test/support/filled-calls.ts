import { BatchWriteItemCommand, type DynamoDB } from '@aws-sdk/client-dynamodb';
import { marshall } from '@aws-sdk/util-dynamodb';
import { inParallel } from '../../lib/aws/in-parallel.ts';
import { localTableNames } from '../../lib/aws/tables.ts';
import type { CallRecord } from '../../lib/world.ts';

const MOST_AT_ONCE = 25;

/** Puts many records into the table as the journal writes them, none of them late. */
export async function fillCalls(client: DynamoDB, records: Iterable<CallRecord>): Promise<void> {
  await inParallel(batches(records), 4, async (batch) => {
    const puts = batch.map((record) => {
      const keys = {
        pk: `tenant#${record.tenant}`,
        sk: record.id,
        v: 1,
        ttl: Math.floor(record.at / 1000) + 90 * 86_400,
      };
      return { PutRequest: { Item: marshall({ ...record, ...keys }, { removeUndefinedValues: true }) } };
    });
    await client.send(new BatchWriteItemCommand({ RequestItems: { [localTableNames.calls]: puts } }));
  });
}

function* batches<Each>(all: Iterable<Each>): Iterable<readonly Each[]> {
  let batch: Each[] = [];
  for (const each of all) {
    batch.push(each);
    if (batch.length < MOST_AT_ONCE) continue;
    yield batch;
    batch = [];
  }
  if (batch.length > 0) yield batch;
}
