import type { Log } from '../world.ts';
import { METRICS_NAMESPACE, type MetricName, metricUnits, NAMESPACE, type Values } from './metric-names.ts';

/** Values that belong together, and what they are of. */
export type Line = {
  readonly values: Values;
  /** By what they are summed up, besides all together: each pair is paid for by the month. */
  readonly by?: { readonly provider: string; readonly model: string };
  /** Only for who reads the line: it costs nothing, however many there are. */
  readonly about?: Readonly<Record<string, string | undefined>>;
};

/** Prints a line. Never fails. */
export type Print = (line: Line) => Promise<void>;

/** Prints lines in CloudWatch's embedded format. What writes them is loaded with the first, so that no start waits for it. */
export const printer =
  (log: Log): Print =>
  (line) =>
    print(line).catch((error: unknown) => {
      log.error('A metric could not be printed.', { metrics: Object.keys(line.values), cause: String(error) });
    });

async function print({ values, by, about = {} }: Line): Promise<void> {
  const { Metrics: Emf } = await import('@aws-lambda-powertools/metrics');
  // A fresh one each time: many calls share this process, and it keeps what is not yet published.
  const emf = new Emf({ namespace: process.env[METRICS_NAMESPACE] || NAMESPACE });
  emf.clearDefaultDimensions(); // the service, which is ever the same
  if (by !== undefined) emf.addDimensions({ provider: dimension(by.provider), model: dimension(by.model) });
  emf.addDimensions({}); // all together: an alarm cannot sum up what it does not know by name
  for (const [name, value] of Object.entries(values))
    if (value !== undefined && isMetric(name)) emf.addMetric(name, metricUnits[name], value);
  for (const [name, value] of Object.entries(about)) if (value !== undefined) emf.addMetadata(name, value);
  emf.publishStoredMetrics();
}

const isMetric = (name: string): name is MetricName => Object.hasOwn(metricUnits, name);

/**
 * What CloudWatch takes for a dimension; a line with another would be no metric at all.
 * https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_Dimension.html
 */
const dimension = (text: string) =>
  text
    .replace(/[^\x21-\x7e]/g, '?')
    .replace(/^:/, '?')
    .slice(0, 250) || 'unknown';
