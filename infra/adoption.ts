import { Duration, RemovalPolicy, Stack } from 'aws-cdk-lib';
import type { ITableV2 } from 'aws-cdk-lib/aws-dynamodb';
import { Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import * as lambda from 'aws-cdk-lib/aws-lambda';
import { LogGroup, RetentionDays } from 'aws-cdk-lib/aws-logs';
import { Trigger } from 'aws-cdk-lib/triggers';
import { Construct } from 'constructs';
import { CONFIG } from '../lib/aws/config-items.ts';
import { tables } from '../lib/aws/tables.ts';
import { boundCdksOwn } from './cdks-own.ts';
import { onKeys } from './on-keys.ts';

export type AdoptionProps = {
  /** The bundled function, with the configuration beside it. */
  readonly code: lambda.Code;
  /** The name of the configuration in the bundle. */
  readonly contentName: string;
  /** Where versions of the configuration are. */
  readonly access: ITableV2;
  /** What must be in place before: a version must not come before the gateway that can read it. */
  readonly after: Construct;
};

/** Makes the configuration of a deploy a version, when its content changed. */
export class Adoption extends Construct {
  constructor(scope: Construct, id: string, props: AdoptionProps) {
    super(scope, id);
    const logGroup = new LogGroup(this, 'Logs', {
      retention: RetentionDays.ONE_MONTH,
      removalPolicy: RemovalPolicy.DESTROY,
    });
    const role = new Role(this, 'Role', { assumedBy: new ServicePrincipal('lambda.amazonaws.com') });
    logGroup.grantWrite(role);
    // Of table Access it can reach nothing else: no tenant and no key.
    const actions = ['dynamodb:GetItem', 'dynamodb:PutItem', 'dynamodb:Query'];
    role.addToPolicy(onKeys(props.access, actions, CONFIG));
    const handler = new lambda.Function(this, 'Function', {
      description: 'Sluice: makes the configuration of a deploy a version',
      code: props.code,
      handler: 'index.handler',
      runtime: lambda.Runtime.NODEJS_24_X,
      architecture: lambda.Architecture.ARM_64,
      memorySize: 256,
      timeout: Duration.minutes(1),
      role,
      logGroup,
      loggingFormat: lambda.LoggingFormat.JSON,
      environment: {
        [tables.access.variable]: props.access.tableName,
        SLUICE_CONFIG: `/var/task/${props.contentName}`,
      },
    });
    new Trigger(this, 'Trigger', { handler, executeAfter: [props.after] });
    boundCdksOwn(Stack.of(this), logGroup);
  }
}
