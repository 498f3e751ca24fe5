import { Duration } from 'aws-cdk-lib';
import { MathExpression, Metric } from 'aws-cdk-lib/aws-cloudwatch';
import type { MetricName } from '../lib/aws/metric-names.ts';

/** What a metric is shown or watched as: the statistic of each period. */
export type Reading = {
  /** `Sum`, `p99`, … */
  readonly statistic: string;
  /** @default - five minutes */
  readonly period?: Duration;
  /** @default - the metric's name */
  readonly label?: string;
};

/** The metrics of one installation, by the names under which its gateway prints them. */
export function gatewayMetrics(namespace: string) {
  return {
    /** Of all calls together. */
    total: (metricName: MetricName, { statistic, period = FIVE_MINUTES, label }: Reading): Metric =>
      new Metric({ namespace, metricName, statistic, period, ...(label !== undefined && { label }) }),

    /** Of each model that has any. An alarm cannot be set on it. */
    byModel: (metricName: MetricName, { statistic, period = FIVE_MINUTES }: Reading): MathExpression => {
      const sought = `{"${namespace}",provider,model} MetricName="${metricName}"`;
      return new MathExpression({
        expression: `SEARCH('${sought}', '${statistic}', ${period.toSeconds()})`,
        label: PROVIDER_AND_MODEL,
        usingMetrics: {},
        period,
      });
    },

    /**
     * The least of each provider; an alarm on it watches each by itself, also those that come later. It must say how they
     * are ordered.
     * https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/Create_Metrics_Insights_Alarm.html
     */
    leastByProvider: (metricName: MetricName, period: Duration = FIVE_MINUTES): MathExpression =>
      new MathExpression({
        expression: `SELECT MIN(${metricName}) FROM SCHEMA("${namespace}", provider, model) GROUP BY provider ORDER BY MIN() DESC`,
        label: metricName,
        usingMetrics: {},
        period,
      }),
  };
}

export type GatewayMetrics = ReturnType<typeof gatewayMetrics>;

const FIVE_MINUTES = Duration.minutes(5);
/** CloudWatch's own words, filled in by it for each line it finds. */
const PROVIDER_AND_MODEL = ['provider', 'model'].map((name) => `\${PROP('Dim.${name}')}`).join('/');
