import { Logger } from '@aws-lambda-powertools/logger';
import { injectLambdaContext } from '@aws-lambda-powertools/logger/middleware';
import middy from '@middy/core';
import { printer } from '../lib/aws/emf.ts';
import { powertoolsLog } from '../lib/aws/log.ts';
import { awsSweep } from '../lib/aws/world.ts';

const logger = new Logger({ serviceName: 'sluice' });
const print = printer(powertoolsLog());
const sweep = awsSweep(process.env);

/** Ends, on a schedule, the calls whose process died: each is booked as it was written down, or charged what it held. */
export const handler = middy(async () => {
  const ended = await sweep();
  logger.info('swept', { ended });
  // Only when there are any: a metric that is written each quarter of an hour costs more than the sweep.
  if (ended > 0) await print({ values: { AbandonedHolds: ended } });
  return { ended };
}).use(injectLambdaContext(logger));
