import { Duration, RemovalPolicy, Stack } from 'aws-cdk-lib';
import type { Metric } from 'aws-cdk-lib/aws-cloudwatch';
import type { ITableV2 } from 'aws-cdk-lib/aws-dynamodb';
import { PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import * as lambda from 'aws-cdk-lib/aws-lambda';
import { LogGroup, RetentionDays } from 'aws-cdk-lib/aws-logs';
import { CfnSchedule } from 'aws-cdk-lib/aws-scheduler';
import { Construct } from 'constructs';
import { callsPk } from '../lib/aws/calls-query.ts';
import { CONFIG } from '../lib/aws/config-items.ts';
import type { TableName } from '../lib/aws/tables.ts';
import { usagePk } from '../lib/aws/usage/usage-keys.ts';
import { onKeys, onTable } from './on-keys.ts';

export type SweepProps = {
  /** The bundled sweep: a folder whose `index.mjs` exports `handler`. */
  readonly code: lambda.Code;
  readonly environment: Record<string, string>;
  /** @default - a quarter of an hour */
  readonly every?: Duration;
};

/** Ends the calls that nobody ended, and sums up what calls came to, now and then. */
export class Sweep extends Construct {
  /** What tables are granted to. It starts with the right to write its own logs, and nothing else. */
  readonly role: Role;
  /** How often it failed, ran out of memory or of time. */
  readonly errors: Metric;

  constructor(scope: Construct, id: string, props: SweepProps) {
    super(scope, id);
    const logGroup = new LogGroup(this, 'Logs', {
      retention: RetentionDays.ONE_MONTH,
      removalPolicy: RemovalPolicy.DESTROY,
    });
    this.role = new Role(this, 'Role', { assumedBy: new ServicePrincipal('lambda.amazonaws.com') });
    logGroup.grantWrite(this.role);
    const sweep = new lambda.Function(this, 'Function', {
      description: 'Sluice: charges or settles the calls that nobody ended, and sums up what calls came to',
      code: props.code,
      handler: 'index.handler',
      runtime: lambda.Runtime.NODEJS_24_X,
      architecture: lambda.Architecture.ARM_64,
      memorySize: 512,
      timeout: Duration.minutes(10),
      role: this.role,
      logGroup,
      loggingFormat: lambda.LoggingFormat.JSON,
      environment: props.environment,
    });
    this.errors = sweep.metricErrors();
    this.at(props.every ?? Duration.minutes(15), sweep);
  }

  private at(every: Duration, { functionArn }: lambda.Function): void {
    const role = new Role(this, 'ScheduleRole', {
      assumedBy: new ServicePrincipal('scheduler.amazonaws.com', {
        conditions: { StringEquals: { 'aws:SourceAccount': Stack.of(this).account } },
      }),
    });
    role.addToPolicy(new PolicyStatement({ actions: ['lambda:InvokeFunction'], resources: [functionArn] }));
    const schedule = new CfnSchedule(this, 'Timetable', {
      description: 'Sluice: ends the calls that nobody ended',
      scheduleExpression: `rate(${every.toMinutes()} minutes)`,
      flexibleTimeWindow: { mode: 'OFF' },
      target: {
        arn: functionArn,
        roleArn: role.roleArn,
        retryPolicy: { maximumRetryAttempts: 0 }, // the next one is soon enough
      },
    });
    schedule.node.addDependency(role); // its policy, too: a role alone may do nothing
  }
}

/** Lets the sweep's role end calls and sum them up. Of table Access it has only the configuration, which says how long what it writes is kept. */
export function grantSweep(role: Role, { access, counters, calls }: Readonly<Record<TableName, ITableV2>>): void {
  role.addToPolicy(onKeys(access, ['dynamodb:GetItem'], CONFIG));
  role.addToPolicy(onTable(counters, 'GetItem', 'Scan', 'UpdateItem'));
  role.addToPolicy(onTable(calls, 'GetItem', 'Query'));
  role.addToPolicy(onKeys(calls, ['dynamodb:PutItem'], callsPk('*'), usagePk('*')));
  role.addToPolicy(onKeys(calls, ['dynamodb:UpdateItem'], usagePk('*')));
}
