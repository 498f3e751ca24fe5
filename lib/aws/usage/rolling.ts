import { type DynamoDBClient, paginateScan } from '@aws-sdk/client-dynamodb';
import type { Log } from '../../world.ts';
import { callItems } from '../counted-call.ts';
import { inParallel } from '../in-parallel.ts';
import type { TableNames } from '../tables.ts';
import { latecomers } from './latecomers.ts';
import { type Books, rollTenant } from './roll-tenant.ts';
import { rolledItems } from './rolled.ts';
import { nextRun, runsItem, steady } from './runs.ts';
import { summaries } from './summaries.ts';

/** Sums up the calls of all tenants, as far as it comes until a moment; gives whether that was to the end. */
export type Roll = (until: number) => Promise<boolean>;

const TENANTS = 'tenant#';
const AT_A_TIME = 4;

/**
 * Sums up calls, quarter by quarter of an hour, of all tenants that have a counter, as all have that ever called. The
 * counters are scanned for their names, as the sweep does for itself: neither waits for the other, and it costs a
 * hundredth of a cent for ten thousand scopes. A tenant that nobody calls for costs three short reads, and no write.
 */
export function rolling(
  client: DynamoDBClient,
  names: TableNames,
  { now, log }: { now: () => number; log: Log },
): Roll {
  const books: Books = {
    records: callItems(client, names),
    summaries: summaries(client, names.calls),
    latecomers: latecomers(client, names.calls),
    rolled: rolledItems(client, names.calls),
    now,
    log,
  };
  const runs = runsItem(client, names.calls);
  return async (until) => {
    const run = nextRun(await runs.find(), now());
    await runs.put(run);
    let whole = true;
    await inParallel(await tenantsIn(client, names.counters), AT_A_TIME, async (tenant) => {
      try {
        const ended = now() <= until && (await rollTenant(tenant, books, { until, steady: steady(run) }));
        whole = whole && ended;
      } catch (cause) {
        // One tenant whose calls cannot be summed up now must not keep all that come after it waiting.
        log.error('The calls of a tenant were left for the next time to sum up.', { tenant, cause: String(cause) });
      }
    });
    return whole;
  };
}

async function tenantsIn(client: DynamoDBClient, TableName: string): Promise<readonly string[]> {
  const counters = {
    TableName,
    FilterExpression: 'begins_with(pk, :tenant)',
    ProjectionExpression: 'pk',
    ExpressionAttributeValues: { ':tenant': { S: TENANTS } },
  };
  const found: string[] = [];
  for await (const { Items = [] } of paginateScan({ client }, counters))
    found.push(...Items.flatMap(({ pk }) => pk?.S?.slice(TENANTS.length) ?? []));
  return found;
}
