import { ConditionalCheckFailedException, type DynamoDB, UpdateItemCommand } from '@aws-sdk/client-dynamodb';
import { marshall } from '@aws-sdk/util-dynamodb';
import { LONGEST_TTL_SECONDS } from '../config/written-cache.ts';
import { type Cleared, clearedAt, clearedKey } from './answer-items.ts';
import type { Note } from './audit-notes.ts';
import { deleteAnswers, type Swept } from './delete-answers.ts';
import { type Evicted, evictAnswer } from './evict-answer.ts';
import type { TableNames } from './tables.ts';

/** Table Cache as an operator takes answers out of it. */
export type CacheAdmin = ReturnType<typeof cacheAdmin>;

/** A mark stays a day longer than any answer it is about. */
const KEPT_SECONDS = LONGEST_TTL_SECONDS + 86_400;

export function cacheAdmin(
  client: DynamoDB,
  names: TableNames,
  now: () => number = Date.now,
  note: (taken: Note) => Promise<void> = async () => {},
) {
  const mark = async (cleared: Cleared): Promise<number> => {
    const at = now();
    const command = new UpdateItemCommand({
      TableName: names.cache,
      Key: clearedKey(cleared),
      UpdateExpression: 'SET #at = :at, #ttl = :ttl',
      // Two operators' clocks differ: what one has cleared the other must not bring back.
      ConditionExpression: 'attribute_not_exists(pk) OR #at < :at',
      ExpressionAttributeNames: { '#at': 'at', '#ttl': 'ttl' },
      ExpressionAttributeValues: marshall({ ':at': at, ':ttl': Math.ceil(at / 1000) + KEPT_SECONDS }),
      ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
    });
    try {
      await client.send(command);
      return at;
    } catch (error) {
      if (!(error instanceof ConditionalCheckFailedException) || error.Item === undefined) throw error;
      return clearedAt(error.Item);
    }
  };

  return {
    /** Sees to it that no answer asked for until now is given again anywhere; gives the moment, in epoch milliseconds, that counts from now on. */
    clear: async (cleared: Cleared): Promise<number> => {
      const at = await mark(cleared);
      const outcome = { clearedUntil: new Date(at).toISOString() };
      await note({ action: 'cache.clear', subject: `cache of ${cleared.of} ${cleared.name}`, outcome });
      return at;
    },

    /** Deletes what was cleared: it is not given again anyway, and now it is not there any more either. */
    delete: (cleared: Cleared): AsyncIterable<Swept> => deleteAnswers(client, names.cache, cleared),

    /** Takes away the answer that a tenant's call was given, or made. */
    evict: async (tenant: string, id: string): Promise<Evicted> => {
      const became = await evictAnswer(client, names, { tenant, id });
      if (became === 'evicted')
        await note({ action: 'cache.evict', subject: `answer of call ${id}`, outcome: { tenant } });
      return became;
    },
  };
}
