import { Logger } from '@aws-lambda-powertools/logger';
import { injectLambdaContext } from '@aws-lambda-powertools/logger/middleware';
import { Metrics, MetricUnit } from '@aws-lambda-powertools/metrics';
import middy from '@middy/core';
import { awsSweep } from '../lib/aws/world.ts';

const logger = new Logger({ serviceName: 'sluice' });
const metrics = new Metrics({ namespace: 'Sluice', serviceName: 'sluice' });
const sweep = awsSweep(process.env);

/** Ends, on a schedule, the calls whose process died: each is booked as it was written down, or charged what it held. */
export const handler = middy(async () => {
  const ended = await sweep();
  logger.info('swept', { ended });
  if (ended > 0) {
    // Only when there are any: a metric that is written each quarter of an hour costs more than the sweep.
    metrics.addMetric('AbandonedHolds', MetricUnit.Count, ended);
    metrics.publishStoredMetrics();
  }
  return { ended };
}).use(injectLambdaContext(logger));
