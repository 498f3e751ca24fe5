import { Duration, Stack } from 'aws-cdk-lib';
import * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import type { ILogGroup } from 'aws-cdk-lib/aws-logs';
import { Construct } from 'constructs';
import type { MetricName } from '../lib/aws/metric-names.ts';
import type { GatewayMetrics } from './gateway-metrics.ts';
import * as ask from './log-questions.ts';

export type DashboardProps = {
  readonly metrics: GatewayMetrics;
  /** Where the gateway writes a line for each call. */
  readonly log: ILogGroup;
};

/** What a person looks at to know within a minute how the gateway does, and where the money goes. */
export class Dashboard extends Construct {
  constructor(scope: Construct, id: string, { metrics, log }: DashboardProps) {
    super(scope, id);
    const sums = (...names: readonly MetricName[]) => names.map((name) => metrics.total(name, { statistic: 'Sum' }));
    const spread = (name: MetricName) =>
      ['p50', 'p95', 'p99'].map((statistic) => metrics.total(name, { statistic, label: statistic }));
    const { byModel } = metrics;
    new cloudwatch.Dashboard(this, 'Dashboard', {
      dashboardName: dashboardNameOf(Stack.of(this)),
      defaultInterval: Duration.hours(12),
      widgets: [
        [new cloudwatch.TextWidget({ markdown: LEGEND, width: 24, height: 5 })],
        [
          graph('Calls', sums('Calls', 'CacheHits')),
          stacked('Errors by source', sums('ProviderErrors', 'GatewayErrors', 'CallerErrors')),
          stacked('Spend by model, in dollars', [byModel('CostUsd', { statistic: 'Sum', period: Duration.hours(1) })]),
        ],
        [
          graph('Own time, in ms', spread('OwnMs')),
          graph('First token, in ms', spread('FirstTokenMs')),
          graph('Whole call, in ms', spread('LatencyMs')),
        ],
        [
          graph('Fallbacks, retries, throttles', sums('Fallbacks', 'Retries', 'Throttles')),
          stacked('Refusals', sums('RefusedDollars', 'RefusedRequests', 'RefusedTokens', 'RefusedConcurrent')),
          graph('Targets that fail, as a part of 1', [byModel('TargetFailed', { statistic: 'Average' })]),
        ],
        [
          graph('Spent and saved by caches, in dollars', sums('CostUsd', 'SavedUsd')),
          stacked('Tokens', sums('PromptTokens', 'CompletionTokens')),
          graph(
            'What should not happen',
            sums('LedgerUnavailable', 'GuardrailFailed', ...CACHE_TROUBLE, 'CaptureFailed', 'AbandonedHolds'),
          ),
        ],
        [
          table(
            'Spend by tenant, in dollars an hour',
            ask.spendByTenant,
            log,
            cloudwatch.LogQueryVisualizationType.BAR,
          ),
          table('Tenants', ask.tenants, log),
        ],
        [table('Features', ask.features, log), table('Top spenders', ask.spenders, log)],
        [
          table('Failures', ask.failures, log),
          half('Budgets that crossed a threshold, in %', [metrics.total('BudgetUse', { statistic: 'Maximum' })]),
        ],
      ],
    });
  }
}

/** Dashboards belong to an account, not to one of its regions: two regions must not fight for a name. */
export const dashboardNameOf = ({ stackName, region }: Stack): string => `${stackName}-${region}`;

const CACHE_TROUBLE = ['CacheUnavailable', 'SemanticCacheUnavailable', 'SemanticCacheLate'] as const;

const LEGEND = `# Sluice
- **Errors**: of the provider, of the gateway, and of callers, which only they can mend. The first two wake somebody.
- **Own time** is what the gateway adds to a call; **first token** is what a caller waits for, the provider's part in it.
- **Fallbacks** were answered by another model than the first; **throttles** are a provider's 429s; **refusals** are ours.
- A **target that fails** at 1 answers nobody. Callers may not notice, as long as another answers for it.
- Tables are read from the log: a wider range of time takes longer, and is paid for by the gigabyte.`;

type Metrics = readonly cloudwatch.IMetric[];

const graph = (title: string, left: Metrics) => new cloudwatch.GraphWidget({ title, left: [...left], width: 8 });

const half = (title: string, left: Metrics) => new cloudwatch.GraphWidget({ title, left: [...left], width: 12 });

const stacked = (title: string, left: Metrics) =>
  new cloudwatch.GraphWidget({ title, left: [...left], width: 8, stacked: true });

const table = (
  title: string,
  lines: readonly string[],
  { logGroupName }: ILogGroup,
  view = cloudwatch.LogQueryVisualizationType.TABLE,
) => new cloudwatch.LogQueryWidget({ title, queryLines: [...lines], logGroupNames: [logGroupName], view, width: 12 });
