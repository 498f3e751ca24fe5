import { type DynamoDB, paginateScan } from '@aws-sdk/client-dynamodb';
import { type Counter, toCounter } from '../../ledger/counter.ts';
import type { Log } from '../../world.ts';
import { toItem, type Write } from './counters.ts';
import { expiring, type Means } from './expire.ts';
import { intent } from './intent.ts';

/**
 * Ends the calls that nobody ended in their time, in all counters; gives how many places that were. A counter that is
 * called again clears itself: the sweep is for those that nobody calls any more. It reads the whole table, which costs a
 * hundredth of a cent for ten thousand scopes, and asks nothing of the writes that a sparse index would.
 */
export function sweeping(client: DynamoDB, table: string, means: Means, log: Log) {
  const expire = expiring(means);
  return async (): Promise<number> => {
    const busy = {
      TableName: table,
      FilterExpression: 'live > :none OR begins_with(pk, :shared)',
      ExpressionAttributeValues: { ':none': { N: '0' }, ':shared': { S: 'provider#' } },
    };
    let ended = 0;
    for await (const { Items = [] } of paginateScan({ client }, busy)) {
      for (const item of Items) {
        const scopeId = item.pk?.S;
        if (scopeId === undefined) continue;
        const counter = toCounter(toItem(item));
        try {
          ended += await expire(scopeId, counter);
          await forgetTenants(scopeId, counter, means.write);
        } catch (cause) {
          // One counter that cannot be swept now must not keep all that come after it waiting.
          log.error('A counter was left for the next sweep.', { scope: scopeId, cause: String(cause) });
        }
      }
    }
    return ended;
  };
}

/** Takes the tenants out of a shared counter that have no calls in it any more: with each, it had grown a little for good. */
async function forgetTenants(scopeId: string, { counts }: Counter, write: Write): Promise<void> {
  const idle = Object.entries(counts).flatMap(([name, live]) => (name.startsWith('live~') && live === 0 ? [name] : []));
  // It may have called again just now.
  for (const name of idle) await write(scopeId, intent({ remove: [name], equal: { [name]: 0 } }));
}
