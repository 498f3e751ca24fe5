import type { Log, Metrics } from '../world.ts';

/**
 * Counts in CloudWatch's embedded format, a line each: what is counted here should not happen, and mostly does not. So
 * what writes the lines is loaded with the first of them.
 */
export function embeddedMetrics(log: Log): Metrics {
  return {
    count: (metric) =>
      void print(metric).catch((error: unknown) => {
        log.error('A metric could not be printed.', { metric, cause: String(error) });
      }),
  };
}

async function print(metric: string): Promise<void> {
  const { Metrics: Emf, MetricUnit } = await import('@aws-lambda-powertools/metrics');
  // A fresh one each time: many calls share this process, and it keeps what is not yet published.
  const emf = new Emf({ namespace: 'Sluice', serviceName: 'sluice' });
  emf.addMetric(metric, MetricUnit.Count, 1);
  emf.publishStoredMetrics();
}
