import { Logger } from '@aws-lambda-powertools/logger';
import { injectLambdaContext } from '@aws-lambda-powertools/logger/middleware';
import middy from '@middy/core';
import { printer } from '../lib/aws/emf.ts';
import { powertoolsLog } from '../lib/aws/log.ts';
import { awsRoll, awsSweep } from '../lib/aws/upkeep.ts';

const logger = new Logger({ serviceName: 'sluice' });
const print = printer(powertoolsLog());
const sweep = awsSweep(process.env);
const roll = awsRoll(process.env);

/** What is left of its time when summing up stops. */
const SPARE_MS = 60_000;

type Remaining = { readonly getRemainingTimeInMillis: () => number };

/**
 * Ends, on a schedule, the calls whose process died: each is booked as it was written down, or charged what it held. Then
 * sums up what calls came to, also where the first failed; both need the memory. It fails when both are over, if one did.
 */
export const handler = middy(async (_: unknown, context: Remaining) => {
  const [swept] = await Promise.allSettled([ended()]);
  const [rolled] = await Promise.allSettled([summedUp(context)]);
  if (swept.status === 'rejected') {
    if (rolled.status === 'rejected') logger.error('Summing up failed, too.', { cause: String(rolled.reason) });
    throw swept.reason;
  }
  if (rolled.status === 'rejected') throw rolled.reason;
  return { ended: swept.value, summedUp: rolled.value };
}).use(injectLambdaContext(logger));

async function ended(): Promise<number> {
  const ended = await sweep();
  logger.info('swept', { ended });
  // Only when there are any: a metric that is written each quarter of an hour costs more than the sweep.
  if (ended > 0) await print({ values: { AbandonedHolds: ended } });
  return ended;
}

async function summedUp(context: Remaining): Promise<boolean> {
  const whole = await roll(Date.now() + context.getRemainingTimeInMillis() - SPARE_MS);
  if (!whole) logger.info('There is more to sum up than there was time for; the next run goes on.');
  return whole;
}
