import { type DynamoDBClient, GetItemCommand } from '@aws-sdk/client-dynamodb';
import { unmarshall } from '@aws-sdk/util-dynamodb';
import { GatewayError } from '../errors.ts';
import type { Access, Caller } from '../world.ts';
import { callerOf } from './access-items.ts';
import type { TableNames } from './tables.ts';

/** Keys and tenants as they stand in table Access. */
export function dynamoAccess(client: DynamoDBClient, names: TableNames, timeoutMs: number): Access {
  const item = async (pk: string, sk: string): Promise<unknown> => {
    const { Item } = await client.send(
      new GetItemCommand({ TableName: names.access, Key: { pk: { S: pk }, sk: { S: sk } }, ConsistentRead: true }),
      {
        abortSignal: AbortSignal.timeout(timeoutMs),
      },
    );
    return Item === undefined ? undefined : unmarshall(Item);
  };
  return {
    async find(keyHash: string): Promise<Caller | undefined> {
      try {
        const key = await item(`key#${keyHash}`, 'key');
        if (key === undefined) return undefined;
        return await callerOf(key, (tenant) => item(`tenant#${tenant}`, 'tenant'));
      } catch (cause) {
        if (cause instanceof GatewayError) throw cause;
        throw new GatewayError('gateway_unavailable', {
          message: 'Keys cannot be checked right now. Try again shortly.',
          cause,
        });
      }
    },
  };
}
