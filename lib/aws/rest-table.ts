import type { UpdateItemCommandInput } from '@aws-sdk/client-dynamodb';
import { marshall } from '@aws-sdk/util-dynamodb';
import type { Rest } from '../pipeline/cooldown.ts';
import { inTime } from '../wire/in-time.ts';
import type { RestStore } from './cooldowns.ts';
import { conditionFailed, type Database, queried } from './database.ts';
import { toItem } from './item.ts';
import type { TableNames } from './tables.ts';

const PARTITION = 'rest';
/** After its end a rest is remembered so long, for the next to be longer. */
const REMEMBERED_MS = 600_000;
/** What a call may wait to learn whether it is the one that tries a target. */
const TURN_MS = 500;

/** Rests in table Cache: `rest / provider/model`, with the milliseconds they end at. They are few, and read by one query. */
export function restTable(database: Database, { cache: TableName }: TableNames, now: () => number): RestStore {
  const written = (
    target: string,
    { until, level }: Rest,
    condition: string,
    values: object = {},
  ): UpdateItemCommandInput => ({
    TableName,
    Key: keyOf(target),
    UpdateExpression: 'SET #until = :until, #level = :level, #ttl = :ttl',
    ConditionExpression: condition,
    ExpressionAttributeNames: { '#until': 'until', '#level': 'level', '#ttl': 'ttl' },
    ExpressionAttributeValues: marshall({
      ...values,
      ':until': until,
      ':level': level,
      ':ttl': Math.ceil((until + REMEMBERED_MS) / 1000),
    }),
    ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
  });
  return {
    async all() {
      const found = new Map<string, Rest>();
      const query = {
        TableName,
        KeyConditionExpression: 'pk = :pk',
        ExpressionAttributeValues: marshall({ ':pk': PARTITION }),
        ConsistentRead: true, // or a rest that was just put would be forgotten again
      };
      for await (const items of queried(database, query)) {
        for (const item of items.map(toItem)) {
          const rest = toRest(item);
          if (rest !== undefined && rest.until + REMEMBERED_MS > now()) found.set(String(item.sk), rest);
        }
      }
      return found;
    },

    async put(target, rest) {
      try {
        await database.updateItem(written(target, rest, 'attribute_not_exists(pk) OR #until < :until'));
      } catch (error) {
        if (!conditionFailed(error)) throw error; // it rests longer already
      }
    },

    async replace(target, known, rest) {
      const deadline = AbortSignal.timeout(TURN_MS);
      const asked = written(target, rest, '#until = :known', { ':known': known.until });
      try {
        await inTime(database.updateItem(asked, { abortSignal: deadline }), deadline);
        return 'replaced';
      } catch (error) {
        if (!conditionFailed(error)) throw error;
        return error.Item && toRest(toItem(error.Item));
      }
    },

    async remove(target, { until }) {
      const asked = {
        TableName,
        Key: keyOf(target),
        ConditionExpression: '#until = :known',
        ExpressionAttributeNames: { '#until': 'until' },
        ExpressionAttributeValues: marshall({ ':known': until }),
      };
      try {
        await database.deleteItem(asked);
      } catch (error) {
        if (!conditionFailed(error)) throw error; // another rest has begun
      }
    },
  };
}

const keyOf = (target: string) => marshall({ pk: PARTITION, sk: target });

function toRest({ until, level }: Readonly<Record<string, unknown>>): Rest | undefined {
  return typeof until === 'number' && typeof level === 'number' ? { until, level } : undefined;
}
