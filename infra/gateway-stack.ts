import { CfnOutput, Stack, type StackProps } from 'aws-cdk-lib';
import type { ITableV2 } from 'aws-cdk-lib/aws-dynamodb';
import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import type { Code } from 'aws-cdk-lib/aws-lambda';
import type { CfnCollection } from 'aws-cdk-lib/aws-opensearchserverless';
import { Secret } from 'aws-cdk-lib/aws-secretsmanager';
import type { ITopic } from 'aws-cdk-lib/aws-sns';
import { Construct } from 'constructs';
import { callsPk } from '../lib/aws/calls-query.ts';
import { CONFIG } from '../lib/aws/config-items.ts';
import { METRICS_NAMESPACE, NAMESPACE } from '../lib/aws/metric-names.ts';
import { CAPTURES_OUTPUT, DEFAULT_BUDGETS, VECTORS_STACK } from '../lib/aws/stack.ts';
import { auditTable, type TableName, tables } from '../lib/aws/tables.ts';
import { usagePk } from '../lib/aws/usage/usage-keys.ts';
import { VECTORS_ENDPOINT } from '../lib/aws/vectors-on-demand.ts';
import type { Config } from '../lib/config/config.ts';
import { OWN_SECRETS } from '../lib/config/secret-names.ts';
import { tellBudgets } from '../lib/config/told-budgets.ts';
import { Adoption } from './adoption.ts';
import { Alarms } from './alarms.ts';
import { type CapturesPlace, capturesTold, grantKeeping } from './captures-access.ts';
import { Dashboard } from './dashboard.ts';
import { FrontDoor } from './front-door.ts';
import { gatewayMetrics } from './gateway-metrics.ts';
import { grantModels, grantSecrets } from './grants.ts';
import { onKeys } from './on-keys.ts';
import { Sweep } from './sweep.ts';
import { VectorsAccess } from './vectors-access.ts';

export type GatewayStackProps = StackProps & {
  readonly tables: Readonly<Record<TableName, ITableV2>>;
  /** The audit log, which operators read; the gateway itself may not. */
  readonly audit: ITableV2;
  /** Where budgets that reach a threshold are told. */
  readonly alerts: ITopic;
  /**
   * Where the semantic cache keeps its vectors.
   * @default - nowhere: there is no semantic cache
   */
  readonly vectors?: CfnCollection | undefined;
  /**
   * Where prompts and answers are kept of tenants that want it.
   * @default - nowhere
   */
  readonly captures?: CapturesPlace | undefined;
  /** The bundled gateway: a folder whose `index.mjs` exports `handler`. */
  readonly code: Code;
  /** The bundled sweep. */
  readonly sweepCode: Code;
  /** The name of the config file in the gateway's bundle. */
  readonly configName: string;
  /** The bundled function that makes the configuration a version. */
  readonly adoptionCode: Code;
  /** The name of the configuration in that bundle. */
  readonly contentName: string;
  /**
   * The secrets in Secrets Manager that the gateway may read, besides those named `sluice/…`.
   * @default - none
   */
  readonly secretNames?: readonly string[];
  /**
   * Whether the gateway may call Bedrock models with its own role.
   * @default - it may
   */
  readonly callsBedrock?: boolean;
  /**
   * What tenants may spend that set no budgets.
   * @default - what is usual for a deployed gateway: $25 a day
   */
  readonly defaultBudgets?: Config['defaultBudgets'];
  /**
   * Under which its metrics stand.
   * @default - Sluice
   */
  readonly metricsNamespace?: string;
  /**
   * Whether calls are traced.
   * @default - they are, as many as X-Ray's sampling rules say
   */
  readonly traces?: boolean;
  /**
   * What calls may cost within an hour before somebody is told.
   * @default - 10 dollars
   */
  readonly spendPerHourUsd?: number | undefined;
};

const TABLE_NAMES = ['access', 'counters', 'cache', 'calls'] as const satisfies readonly TableName[];

/** What can be thrown away: the function, its endpoint and its logs. */
export class GatewayStack extends Stack {
  constructor(scope: Construct, id: string, props: GatewayStackProps) {
    super(scope, id, props);
    const { access, counters, cache, calls } = props.tables;
    const held = TABLE_NAMES.map((name) => ({ ...tables[name], realName: props.tables[name].tableName }));

    const tableNames = Object.fromEntries(held.map(({ variable, realName }) => [variable, realName]));
    const namespace = props.metricsNamespace ?? NAMESPACE;
    const told = { ...tableNames, [METRICS_NAMESPACE]: namespace };
    const frontDoor = new FrontDoor(this, 'FrontDoor', {
      code: props.code,
      traces: props.traces ?? true,
      environment: {
        ...told,
        SLUICE_ALERTS_TOPIC: props.alerts.topicArn,
        SLUICE_CONFIG: `/var/task/${props.configName}`,
        ...(props.captures && capturesTold(props.captures)),
        ...(props.vectors && { [VECTORS_ENDPOINT]: props.vectors.attrCollectionEndpoint }),
      },
    });
    const { baseUrl, role } = frontDoor;

    // Only what the gateway calls today. It may never write access: who gets in is decided by people.
    access.grant(role, 'dynamodb:GetItem');
    counters.grant(role, 'dynamodb:GetItem', 'dynamodb:UpdateItem');
    calls.grant(role, 'dynamodb:GetItem');
    role.addToPolicy(onKeys(calls, ['dynamodb:PutItem'], callsPk('*')));
    role.addToPolicy(onKeys(calls, ['dynamodb:UpdateItem'], usagePk('*')));
    cache.grant(
      role,
      'dynamodb:BatchGetItem',
      'dynamodb:DeleteItem',
      'dynamodb:PutItem',
      'dynamodb:Query',
      'dynamodb:UpdateItem',
    );
    props.alerts.grantPublish(role);
    if (props.captures) grantKeeping(props.captures, role);
    if (props.vectors) new VectorsAccess(this, 'Vectors', { collection: props.vectors, role });
    const sweep = new Sweep(this, 'Sweep', { code: props.sweepCode, environment: told });
    // Of table Access only the configuration, which says how long what it writes is kept.
    sweep.role.addToPolicy(onKeys(access, ['dynamodb:GetItem'], CONFIG));
    counters.grant(sweep.role, 'dynamodb:GetItem', 'dynamodb:Scan', 'dynamodb:UpdateItem');
    calls.grant(sweep.role, 'dynamodb:GetItem');
    sweep.role.addToPolicy(onKeys(calls, ['dynamodb:PutItem'], callsPk('*'), usagePk('*')));
    sweep.role.addToPolicy(onKeys(calls, ['dynamodb:UpdateItem'], usagePk('*')));
    // Of the table alone: a grant would name its indexes, too.
    sweep.role.addToPolicy(new PolicyStatement({ actions: ['dynamodb:Query'], resources: [calls.tableArn] }));
    const { adoptionCode, contentName } = props;
    new Adoption(this, 'Adoption', { code: adoptionCode, contentName, access, after: frontDoor });
    const metrics = gatewayMetrics(namespace);
    new Dashboard(this, 'Dashboard', { metrics, log: frontDoor.log });
    new Alarms(this, 'Alarms', {
      metrics,
      sweepErrors: sweep.errors,
      topic: props.alerts,
      captures: props.captures !== undefined,
      spendPerHourUsd: props.spendPerHourUsd,
    });
    const secrets = new Construct(this, 'Secrets');
    if (props.callsBedrock ?? true) grantModels(this, role);
    grantSecrets(this, role);
    for (const name of props.secretNames ?? [])
      if (!name.startsWith(OWN_SECRETS)) Secret.fromSecretNameV2(secrets, name, name).grantRead(role);

    new CfnOutput(this, 'BaseUrl', { value: baseUrl, description: 'The base_url of an OpenAI SDK' });
    new CfnOutput(this, 'AlertsTopic', {
      value: props.alerts.topicArn,
      description: 'Subscribe to it for budget alerts and alarms',
    });
    new CfnOutput(this, DEFAULT_BUDGETS, {
      value: tellBudgets(props.defaultBudgets),
      description: 'The budgets of tenants that set none, in dollars',
    });
    if (props.captures) new CfnOutput(this, CAPTURES_OUTPUT, { value: props.captures.bucket.bucketName });
    if (props.vectors) new CfnOutput(this, VECTORS_STACK, { value: Stack.of(props.vectors).stackName });
    new CfnOutput(this, `${auditTable.localName}Table`, { value: props.audit.tableName });
    for (const { localName, realName } of held) new CfnOutput(this, `${localName}Table`, { value: realName });
  }
}
