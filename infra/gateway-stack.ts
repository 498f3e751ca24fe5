import { CfnOutput, Stack, type StackProps } from 'aws-cdk-lib';
import type { ITableV2 } from 'aws-cdk-lib/aws-dynamodb';
import { PolicyStatement, type Role } from 'aws-cdk-lib/aws-iam';
import type { Code } from 'aws-cdk-lib/aws-lambda';
import { Secret } from 'aws-cdk-lib/aws-secretsmanager';
import { Construct } from 'constructs';
import { type TableName, tables } from '../lib/aws/tables.ts';
import { FrontDoor } from './front-door.ts';

export type GatewayStackProps = StackProps & {
  readonly tables: Readonly<Record<TableName, ITableV2>>;
  /** The bundled gateway: a folder whose `index.mjs` exports `handler`. */
  readonly code: Code;
  /**
   * The name of the config file in the bundle.
   * @default - no config file: every provider is as the catalog has it
   */
  readonly configName?: string | undefined;
  /**
   * The secrets in Secrets Manager that the gateway may read.
   * @default - none
   */
  readonly secretNames?: readonly string[];
  /**
   * Whether the gateway may call Bedrock models with its own role.
   * @default - it may not
   */
  readonly callsBedrock?: boolean;
};

const TABLE_NAMES = ['access', 'counters', 'cache', 'calls'] as const satisfies readonly TableName[];

/** What can be thrown away: the function, its endpoint and its logs. */
export class GatewayStack extends Stack {
  constructor(scope: Construct, id: string, props: GatewayStackProps) {
    super(scope, id, props);
    const { access, counters, calls } = props.tables;
    const held = TABLE_NAMES.map((name) => ({ ...tables[name], realName: props.tables[name].tableName }));

    const { baseUrl, role } = new FrontDoor(this, 'FrontDoor', {
      code: props.code,
      environment: {
        ...Object.fromEntries(held.map(({ variable, realName }) => [variable, realName])),
        ...(props.configName !== undefined && { SLUICE_CONFIG: `/var/task/${props.configName}` }),
      },
    });

    // Only what the gateway calls today. It may never write access: who gets in is decided by people.
    access.grant(role, 'dynamodb:GetItem');
    counters.grant(role, 'dynamodb:UpdateItem');
    calls.grant(role, 'dynamodb:PutItem');
    const secrets = new Construct(this, 'Secrets');
    if (props.callsBedrock) grantModels(this, role);
    for (const name of props.secretNames ?? []) Secret.fromSecretNameV2(secrets, name, name).grantRead(role);

    new CfnOutput(this, 'BaseUrl', { value: baseUrl, description: 'The base_url of an OpenAI SDK' });
    for (const { localName, realName } of held) new CfnOutput(this, `${localName}Table`, { value: realName });
  }
}

/**
 * Every model and inference profile of the account: which of them a key may call is said in table Access and in the
 * configuration, and changes without a deploy. A profile needs the models behind it too, in each region it may go to.
 * https://docs.aws.amazon.com/bedrock/latest/userguide/inference-profiles-prereq.html
 */
function grantModels({ partition, account }: Stack, role: Role): void {
  const resources = [
    `arn:${partition}:bedrock:*::foundation-model/*`,
    `arn:${partition}:bedrock:*:${account}:inference-profile/*`,
    `arn:${partition}:bedrock:*:${account}:application-inference-profile/*`,
  ];
  role.addToPolicy(
    new PolicyStatement({ actions: ['bedrock:InvokeModel', 'bedrock:InvokeModelWithResponseStream'], resources }),
  );
}
