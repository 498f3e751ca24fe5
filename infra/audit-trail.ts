import { Duration, RemovalPolicy } from 'aws-cdk-lib';
import * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import { SnsAction } from 'aws-cdk-lib/aws-cloudwatch-actions';
import type { ITableV2, TableV2 } from 'aws-cdk-lib/aws-dynamodb';
import { AnyPrincipal, Effect, type IRole, PolicyDocument, PolicyStatement } from 'aws-cdk-lib/aws-iam';
import * as lambda from 'aws-cdk-lib/aws-lambda';
import { LogGroup, RetentionDays } from 'aws-cdk-lib/aws-logs';
import { BlockPublicAccess, Bucket, BucketEncryption } from 'aws-cdk-lib/aws-s3';
import type { ITopic } from 'aws-cdk-lib/aws-sns';
import { Construct } from 'constructs';
import { ACCESS_STREAM, AUDIT_KEPT_DAYS } from '../lib/aws/audit-stream.ts';
import { auditTable } from '../lib/aws/tables.ts';
import { explain, explainMany } from './reasons.ts';

export type AuditTrailProps = {
  /** The bundled function: a folder whose `index.mjs` exports `handler`. */
  readonly code: lambda.Code;
  /** The function's: the one that may append. */
  readonly role: IRole;
  /** Whose changes are logged; it must have a stream. */
  readonly access: TableV2;
  /** Where to. */
  readonly audit: ITableV2;
  /** Who is told when changes stay unlogged. */
  readonly alerts: ITopic;
  /** @default - for ever */
  readonly keptDays?: number | undefined;
};

/** Writes down what changes in table Access, whoever changes it. */
export class AuditTrail extends Construct {
  constructor(scope: Construct, id: string, { code, role, access, audit, alerts, keptDays }: AuditTrailProps) {
    super(scope, id);
    // It has the hash of each entry, which is the only trace of an entry that was cut off at the end of the table.
    const logGroup = new LogGroup(this, 'Logs', {
      retention: RetentionDays.INFINITE,
      removalPolicy: RemovalPolicy.RETAIN,
    });
    logGroup.grantWrite(role);
    audit.grant(role, 'dynamodb:PutItem', 'dynamodb:Query');
    access.grantStreamRead(role);
    const streamArn = access.tableStreamArn ?? '';
    const writer = new lambda.Function(this, 'Function', {
      description: 'Sluice: writes down, in the audit log, what changes in table Access',
      code,
      handler: 'index.handler',
      runtime: lambda.Runtime.NODEJS_24_X,
      architecture: lambda.Architecture.ARM_64,
      memorySize: 256,
      timeout: Duration.minutes(1),
      role,
      logGroup,
      loggingFormat: lambda.LoggingFormat.JSON,
      environment: {
        [auditTable.variable]: audit.tableName,
        [ACCESS_STREAM]: streamArn,
        ...(keptDays !== undefined && { [AUDIT_KEPT_DAYS]: String(keptDays) }),
      },
    });
    const unlogged = this.unlogged(role);
    writer.addEventSourceMapping('Stream', {
      eventSourceArn: streamArn,
      startingPosition: lambda.StartingPosition.TRIM_HORIZON,
      batchSize: 20,
      bisectBatchOnError: true,
      reportBatchItemFailures: true,
      // A record is tried for as long as the stream has it (a day), less the time to put it elsewhere.
      maxRecordAge: Duration.hours(20),
      onFailure: { bind: () => ({ destination: unlogged.bucketArn }) },
      supportS3OnFailureDestination: true,
    });
    new cloudwatch.Alarm(this, 'Behind', {
      alarmDescription: 'Sluice: changes of table Access have not been in the audit log for a quarter of an hour.',
      metric: writer.metric('IteratorAge', { statistic: 'Maximum', period: Duration.minutes(5) }),
      threshold: Duration.minutes(15).toMilliseconds(),
      evaluationPeriods: 1,
      comparisonOperator: cloudwatch.ComparisonOperator.GREATER_THAN_OR_EQUAL_TO_THRESHOLD,
      treatMissingData: cloudwatch.TreatMissingData.NOT_BREACHING,
    }).addAlarmAction(new SnsAction(alerts));
  }

  /** Where records are that could not be logged within their time: whole, for a queue would get no more than their numbers. */
  private unlogged(role: IRole): Bucket {
    const bucket = new Bucket(this, 'Unlogged', {
      encryption: BucketEncryption.S3_MANAGED,
      blockPublicAccess: BlockPublicAccess.BLOCK_ALL,
      enforceSSL: true,
      removalPolicy: RemovalPolicy.RETAIN,
    });
    explain(
      bucket,
      'S1',
      'Empty unless something is badly wrong, which an alarm tells; a log of who reads it would need a bucket more. CloudTrail can say it.',
    );
    // https://docs.aws.amazon.com/lambda/latest/dg/kinesis-on-failure-destination.html
    const [list, put] = [bucket.bucketArn, bucket.arnForObjects('*')];
    role.addToPrincipalPolicy(new PolicyStatement({ actions: ['s3:ListBucket'], resources: [list] }));
    role.addToPrincipalPolicy(new PolicyStatement({ actions: ['s3:PutObject'], resources: [put] }));
    explainMany(role, [put], 'Lambda names each object by itself; it is added to that one bucket and nothing else.');
    return bucket;
  }
}

/** What a table's own policy says so that its items are only ever added, by one role. It holds against every permission anybody is given elsewhere. */
export function appendOnly(writer: IRole): PolicyDocument {
  const deny = (actions: readonly string[], conditions?: Readonly<Record<string, unknown>>) =>
    new PolicyStatement({
      effect: Effect.DENY,
      principals: [new AnyPrincipal()],
      actions: actions.map((action) => `dynamodb:${action}`),
      resources: ['*'], // the table itself, whose ARN its own policy cannot name
      ...(conditions && { conditions }),
    });
  return new PolicyDocument({
    statements: [
      deny(['DeleteItem', 'UpdateItem', 'BatchWriteItem', 'PartiQLDelete', 'PartiQLInsert', 'PartiQLUpdate']),
      deny(['PutItem'], { ArnNotEquals: { 'aws:PrincipalArn': writer.roleArn } }),
    ],
  });
}
