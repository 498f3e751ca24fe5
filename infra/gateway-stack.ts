import { CfnOutput, Stack, type StackProps } from 'aws-cdk-lib';
import type { ITableV2 } from 'aws-cdk-lib/aws-dynamodb';
import type { Code } from 'aws-cdk-lib/aws-lambda';
import type { Construct } from 'constructs';
import { NAMESPACE } from '../lib/aws/metric-names.ts';
import { CAPTURES_OUTPUT, DEFAULT_BUDGETS, OWN_SECRETS_OUTPUT, VECTORS_STACK } from '../lib/aws/stack.ts';
import { auditTable, tables } from '../lib/aws/tables.ts';
import type { Config } from '../lib/config/config.ts';
import { OWN_SECRETS } from '../lib/config/secret-names.ts';
import { tellBudgets } from '../lib/config/told-budgets.ts';
import { Adoption } from './adoption.ts';
import { Alarms } from './alarms.ts';
import { Dashboard } from './dashboard.ts';
import { type Doors, usualDoors } from './doors-asked.ts';
import { FrontDoor } from './front-door.ts';
import { gatewayMetrics } from './gateway-metrics.ts';
import { type GatewayNeeds, grantNeeds, TABLE_NAMES, toldToAll, toldToGateway } from './gateway-needs.ts';
import { GradualDeployment } from './gradual-deployment.ts';
import { tellNext, tellWays } from './outputs.ts';
import { RestDoor } from './rest-door.ts';
import { grantSweep, Sweep } from './sweep.ts';
import { guarded, warnOfWayPast } from './ways-past.ts';

export type GatewayStackProps = StackProps &
  GatewayNeeds & {
    /** The audit log, which operators read; the gateway itself may not. */
    readonly audit: ITableV2;
    /** The bundled gateway: a folder whose `index.mjs` exports `handler`. */
    readonly code: Code;
    /** The bundled sweep. */
    readonly sweepCode: Code;
    /** The bundled function that makes the configuration a version. */
    readonly adoptionCode: Code;
    /** The name of the configuration in that bundle. */
    readonly contentName: string;
    /**
     * What tenants may spend that set no budgets.
     * @default - what is usual for a deployed gateway: $25 a day
     */
    readonly defaultBudgets?: Config['defaultBudgets'];
    /**
     * By what ways the gateway is reached.
     * @default - a URL of the function's own, and a REST API as it is without further wishes
     */
    readonly doors?: Doors;
    /**
     * The function's memory, in MB.
     * @default - 512
     */
    readonly memoryMb?: number | undefined;
    /**
     * Whether calls are traced.
     * @default - they are, as many as X-Ray's sampling rules say
     */
    readonly traces?: boolean;
    /**
     * Whether a new version gets a tenth of all calls first, and is taken back when it fails.
     * @default - it is so
     */
    readonly gradual?: boolean;
    /**
     * What calls may cost within an hour before somebody is told.
     * @default - 10 dollars
     */
    readonly spendPerHourUsd?: number | undefined;
  };

/** What can be thrown away: the function, its endpoint and its logs. */
export class GatewayStack extends Stack {
  constructor(scope: Construct, id: string, props: GatewayStackProps) {
    super(scope, id, props);
    const { access } = props.tables;
    const { functionUrl, rest } = props.doors ?? usualDoors;
    const frontDoor = new FrontDoor(this, 'FrontDoor', {
      code: props.code,
      traces: props.traces ?? true,
      memoryMb: props.memoryMb,
      logsKept: props.logsKept,
      environment: toldToGateway(props),
      functionUrl,
    });
    const restDoor = rest && new RestDoor(this, 'RestDoor', { live: frontDoor.live, ...rest });
    if (functionUrl && guarded(rest)) warnOfWayPast(this, 'openUrl', '-c functionUrl=false');
    grantNeeds(this, frontDoor.role, props);
    const sweep = new Sweep(this, 'Sweep', { code: props.sweepCode, environment: toldToAll(props) });
    grantSweep(sweep.role, props.tables);
    const { adoptionCode, contentName } = props;
    new Adoption(this, 'Adoption', { code: adoptionCode, contentName, access, after: frontDoor });
    const metrics = gatewayMetrics(props.metricsNamespace ?? NAMESPACE);
    new Dashboard(this, 'Dashboard', { metrics, log: frontDoor.log });
    const { ofOwnCode } = new Alarms(this, 'Alarms', {
      metrics,
      crashes: frontDoor.errors,
      turnedAway: frontDoor.turnedAway,
      sweepErrors: sweep.errors,
      topic: props.alerts,
      captures: props.captures !== undefined,
      spendPerHourUsd: props.spendPerHourUsd,
    });
    if (props.gradual ?? true)
      new GradualDeployment(this, 'GradualDeployment', { live: frontDoor.live, alarms: ofOwnCode });

    tellWays(this, {
      functionUrl: frontDoor.baseUrl,
      restApi: restDoor?.baseUrl,
      ownName: restDoor?.ownName,
      guarded: guarded(rest),
    });
    tellNext(this);
    new CfnOutput(this, 'AlertsTopic', {
      value: props.alerts.topicArn,
      description: 'Subscribe to it for budget alerts and alarms',
    });
    new CfnOutput(this, DEFAULT_BUDGETS, {
      value: tellBudgets(props.defaultBudgets),
      description: 'The budgets of tenants that set none, in dollars',
    });
    new CfnOutput(this, OWN_SECRETS_OUTPUT, {
      value: props.ownSecrets ?? OWN_SECRETS,
      description: 'What the name of a secret begins with that the gateway may read without another deploy',
    });
    if (props.captures) new CfnOutput(this, CAPTURES_OUTPUT, { value: props.captures.bucket.bucketName });
    if (props.vectors) new CfnOutput(this, VECTORS_STACK, { value: Stack.of(props.vectors).stackName });
    new CfnOutput(this, `${auditTable.localName}Table`, { value: props.audit.tableName });
    for (const name of TABLE_NAMES)
      new CfnOutput(this, `${tables[name].localName}Table`, { value: props.tables[name].tableName });
  }
}
