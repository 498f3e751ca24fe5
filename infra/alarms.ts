import { Duration } from 'aws-cdk-lib';
import * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import { SnsAction } from 'aws-cdk-lib/aws-cloudwatch-actions';
import type { ITopic } from 'aws-cdk-lib/aws-sns';
import { Construct } from 'constructs';
import type { GatewayMetrics } from './gateway-metrics.ts';

export type AlarmsProps = {
  readonly metrics: GatewayMetrics;
  /** How often the gateway's function failed. */
  readonly crashes: cloudwatch.Metric;
  /** How often a call was turned away before it came to the gateway. */
  readonly turnedAway: cloudwatch.Metric;
  /** How often the sweep failed. */
  readonly sweepErrors: cloudwatch.Metric;
  /** Where somebody is told. */
  readonly topic: ITopic;
  /** @default - none are kept, and nobody is told of that */
  readonly captures?: boolean;
  /** @default - 10 dollars */
  readonly spendPerHourUsd?: number | undefined;
};

/** When somebody must look. Where nobody calls nothing is wrong. */
export class Alarms extends Construct {
  /** Those that ring when the gateway's own code fails, whatever providers and callers do. */
  readonly ofOwnCode: readonly cloudwatch.Alarm[];

  constructor(scope: Construct, id: string, { metrics, topic, ...props }: AlarmsProps) {
    super(scope, id);
    const { captures = false, spendPerHourUsd = 10 } = props;
    const action = new SnsAction(topic);
    const watch = (name: string, alarmDescription: string, { metric, threshold, periods = 1, breaches }: Watched) => {
      const alarm = new cloudwatch.Alarm(this, name, {
        alarmDescription: `Sluice: ${alarmDescription}`,
        metric,
        threshold,
        evaluationPeriods: periods,
        ...(breaches !== undefined && { datapointsToAlarm: breaches }),
        comparisonOperator: cloudwatch.ComparisonOperator.GREATER_THAN_OR_EQUAL_TO_THRESHOLD,
        treatMissingData: cloudwatch.TreatMissingData.NOT_BREACHING,
      });
      alarm.addAlarmAction(action);
      return alarm;
    };

    // A tenth of little traffic is little: one failure here and there in a while counts as much as many at once.
    const again = { threshold: 1, periods: 5, breaches: 2 };
    const eachMinute = { statistic: 'Sum', period: Duration.minutes(1) };
    this.ofOwnCode = [
      watch('Crashes', 'in two of five minutes the gateway itself threw, or ran out of time or memory.', {
        metric: props.crashes.with(eachMinute),
        ...again,
      }),
      watch('OwnErrors', 'in two of five minutes calls failed by the gateway and nobody else.', {
        metric: metrics.total('GatewayErrors', eachMinute),
        ...again,
      }),
    ];
    watch('TurnedAway', 'Lambda turned calls away (429), for as many ran at once as the account or the function may.', {
      metric: props.turnedAway.with({ statistic: 'Sum' }),
      threshold: 1,
    });
    watch('ErrorRate', 'of all calls, 5 % or more fail by the provider or the gateway, for a quarter of an hour.', {
      metric: errorRate(metrics),
      threshold: 5,
      periods: 3,
    });
    watch(
      'OwnTime',
      'the slowest hundredth of calls waits 250 ms or more for the gateway itself, for a quarter of an hour.',
      {
        metric: metrics.total('OwnMs', { statistic: 'p99' }),
        threshold: 250,
        periods: 3,
      },
    );
    watch('SpendRate', `calls cost $${spendPerHourUsd} or more within an hour.`, {
      metric: metrics.total('CostUsd', { statistic: 'Sum', period: HOUR }),
      threshold: spendPerHourUsd,
    });
    watch('Ledger', 'calls are refused because the ledger cannot say what they may cost.', {
      metric: metrics.total('LedgerUnavailable', { statistic: 'Sum' }),
      threshold: 1,
    });
    watch('Guardrails', 'guardrails could not be asked: calls fail for it, or pass unseen, as their policies say.', {
      metric: metrics.total('GuardrailFailed', { statistic: 'Sum' }),
      threshold: 1,
    });
    if (captures)
      watch('Captures', 'prompts and answers could not be kept of a tenant that wants it; the log says why.', {
        metric: metrics.total('CaptureFailed', { statistic: 'Sum' }),
        threshold: 1,
      });
    watch('ProviderDown', 'a provider has answered nobody for a quarter of an hour; the alarm says which.', {
      metric: metrics.leastByProvider('TargetFailed'),
      threshold: 1,
      periods: 3,
    });
    watch(
      'SweepFailed',
      'within an hour the sweep failed twice: calls that died stay held, or sums of calls grow old.',
      {
        metric: props.sweepErrors.with({ statistic: 'Sum', period: HOUR }),
        threshold: 2,
      },
    );
    watch(
      'SweepBacklog',
      'within an hour the sweep ended 10 or more places of calls that nobody ended: processes die.',
      {
        metric: metrics.total('AbandonedHolds', { statistic: 'Sum', period: HOUR }),
        threshold: 10,
      },
    );
  }
}

type Watched = {
  readonly metric: cloudwatch.IMetric;
  readonly threshold: number;
  readonly periods?: number;
  /** @default - in each of them */
  readonly breaches?: number;
};

const HOUR = Duration.hours(1);

/** In percent. One failure of a handful of calls is no rate. Both metrics have a value whenever there is a call. */
function errorRate({ total }: GatewayMetrics): cloudwatch.MathExpression {
  const sum = { statistic: 'Sum' };
  return new cloudwatch.MathExpression({
    expression: 'IF(calls >= 10, 100 * faults / calls, 0)',
    label: 'Errors in percent',
    usingMetrics: { calls: total('Calls', sum), faults: total('Faults', sum) },
    period: Duration.minutes(5),
  });
}
