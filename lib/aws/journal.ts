import { type DynamoDBClient, PutItemCommand } from '@aws-sdk/client-dynamodb';
import { marshall } from '@aws-sdk/util-dynamodb';
import type { CallRecord, Journal } from '../world.ts';
import type { TableNames } from './tables.ts';

const KEPT_DAYS = 90;

/** Call records in table Calls, under their tenant and in order of time, for 90 days. */
export function dynamoJournal(client: DynamoDBClient, names: TableNames): Journal {
  return {
    async record(call: CallRecord): Promise<void> {
      const keys = {
        pk: `tenant#${call.tenant}`,
        sk: call.id,
        v: 1,
        ttl: Math.floor(call.at / 1000) + KEPT_DAYS * 86_400,
      };
      await client.send(
        new PutItemCommand({
          TableName: names.calls,
          Item: marshall(
            { ...call, ...keys },
            {
              removeUndefinedValues: true,
              convertClassInstanceToMap: true, // metadata may have a key named constructor
            },
          ),
        }),
      );
    },
  };
}
