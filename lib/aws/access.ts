import type { Caller } from '../caller.ts';
import { GatewayError } from '../errors.ts';
import { inTime } from '../wire/in-time.ts';
import type { Access } from '../world.ts';
import { callerOf } from './access-items.ts';
import type { Database } from './database.ts';
import { toItem } from './item.ts';
import type { TableNames } from './tables.ts';

/** Keys and tenants as they stand in table Access. Both reads together take no longer than `timeoutMs`. */
export function dynamoAccess(database: Database, names: TableNames, timeoutMs: number): Access {
  const item = async (pk: string, sk: string, abortSignal: AbortSignal): Promise<unknown> => {
    const Key = { pk: { S: pk }, sk: { S: sk } };
    const { Item } = await database.getItem({ TableName: names.access, Key, ConsistentRead: true }, { abortSignal });
    return Item && toItem(Item);
  };
  const callerAt = async (keyHash: string, deadline: AbortSignal): Promise<Caller | undefined> => {
    const key = await item(`key#${keyHash}`, 'key', deadline);
    return key === undefined ? undefined : callerOf(key, (tenant) => item(`tenant#${tenant}`, 'tenant', deadline));
  };
  return {
    async find(keyHash: string): Promise<Caller | undefined> {
      try {
        const deadline = AbortSignal.timeout(timeoutMs);
        return await inTime(callerAt(keyHash, deadline), deadline);
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
