import { Metrics as Emf, MetricUnit } from '@aws-lambda-powertools/metrics';
import type { Metrics } from '../world.ts';

/** Counts in CloudWatch's embedded format, a line each: what is counted here should not happen, and mostly does not. */
export function embeddedMetrics(): Metrics {
  return {
    count: (metric) => {
      // A fresh one each time: many calls share this process, and it keeps what is not yet published.
      const emf = new Emf({ namespace: 'Sluice', serviceName: 'sluice' });
      emf.addMetric(metric, MetricUnit.Count, 1);
      emf.publishStoredMetrics();
    },
  };
}
