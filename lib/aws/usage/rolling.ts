import type { DynamoDB } from '@aws-sdk/client-dynamodb';
import type { Log } from '../../world.ts';
import { callItems } from '../counted-call.ts';
import { inParallel } from '../in-parallel.ts';
import type { TableNames } from '../tables.ts';
import { callersIn } from './callers.ts';
import { latecomers } from './latecomers.ts';
import { type Books, rollTenant } from './roll-tenant.ts';
import { rolledItems } from './rolled.ts';
import { nextRun, runsItem, steady } from './runs.ts';
import { summaries } from './summaries.ts';

/** Sums up the calls of all tenants, as far as it comes until a moment; gives whether there was time for all of them. */
export type Roll = (until: number) => Promise<boolean>;

/** Two, for each may have much in memory. */
const AT_A_TIME = 2;

/**
 * Sums up calls, quarter by quarter of an hour, of all tenants that called lately. Each run begins at another, so that all
 * have their turn though there be more to do than time.
 */
export function rolling(
  client: DynamoDB,
  names: TableNames,
  { now, random, log }: { now: () => number; random: () => number; log: Log },
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
    let ended = true;
    let failed = false;
    const tenants = await callersIn(client, names.counters, run.wholeAt);
    const first = Math.floor(random() * tenants.length);
    await inParallel([...tenants.slice(first), ...tenants.slice(0, first)], AT_A_TIME, async (tenant) => {
      try {
        const whole = now() <= until && (await rollTenant(tenant, books, { until, steady: steady(run) }));
        ended = ended && whole;
      } catch (cause) {
        // One tenant whose calls cannot be summed up now must not keep all that come after it waiting.
        failed = true;
        log.error('The calls of a tenant were left for the next time to sum up.', { tenant, cause: String(cause) });
      }
    });
    if (ended && !failed) await runs.put({ ...run, wholeAt: run.ranAt });
    return ended;
  };
}
