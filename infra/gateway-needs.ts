import type { ITableV2 } from 'aws-cdk-lib/aws-dynamodb';
import type { Role } from 'aws-cdk-lib/aws-iam';
import type { RetentionDays } from 'aws-cdk-lib/aws-logs';
import type { CfnCollection } from 'aws-cdk-lib/aws-opensearchserverless';
import type { ITopic } from 'aws-cdk-lib/aws-sns';
import type { Construct } from 'constructs';
import { callsPk } from '../lib/aws/calls-query.ts';
import { METRICS_NAMESPACE, NAMESPACE } from '../lib/aws/metric-names.ts';
import { type TableName, tables } from '../lib/aws/tables.ts';
import { usagePk } from '../lib/aws/usage/usage-keys.ts';
import { VECTORS_ENDPOINT } from '../lib/aws/vectors-on-demand.ts';
import { OWN_SECRETS } from '../lib/config/secret-names.ts';
import { type CapturesPlace, capturesTold, grantKeeping } from './captures-access.ts';
import { grantModels, grantSecrets } from './grants.ts';
import { onKeys, onTable } from './on-keys.ts';
import { VectorsAccess } from './vectors-access.ts';

/** What a gateway must be told of, and allowed, whatever it runs in. */
export type GatewayNeeds = {
  readonly tables: Readonly<Record<TableName, ITableV2>>;
  /** Where budgets that reach a threshold are told. */
  readonly alerts: ITopic;
  /**
   * Where the semantic cache keeps its vectors.
   * @default - nowhere: there is no semantic cache
   */
  readonly vectors?: CfnCollection | undefined;
  /**
   * The name of the policy that lets it at them, which no other in the account and region has.
   * @default - the collection's
   */
  readonly vectorsPolicy?: string;
  /**
   * Where prompts and answers are kept of tenants that want it.
   * @default - nowhere
   */
  readonly captures?: CapturesPlace | undefined;
  /** The name of the config file in the gateway's bundle. */
  readonly configName: string;
  /**
   * What the names of secrets begin with that the gateway may read without a deploy that names them.
   * @default - sluice/
   */
  readonly ownSecrets?: string;
  /**
   * The secrets in Secrets Manager that the gateway may read besides.
   * @default - none
   */
  readonly secretNames?: readonly string[];
  /**
   * Whether the gateway may call Bedrock models with its own role.
   * @default - it may
   */
  readonly callsBedrock?: boolean;
  /**
   * For how many days the lines of its calls are kept.
   * @default - 30
   */
  readonly logsKept?: RetentionDays | undefined;
  /**
   * Under which its metrics stand.
   * @default - Sluice
   */
  readonly metricsNamespace?: string;
};

export const TABLE_NAMES = ['access', 'counters', 'cache', 'calls'] as const satisfies readonly TableName[];

/** What the gateway's environment says, and that of what works beside it. */
export function toldToAll(needs: Pick<GatewayNeeds, 'tables' | 'metricsNamespace'>): Record<string, string> {
  const names = TABLE_NAMES.map((name) => [tables[name].variable, needs.tables[name].tableName]);
  return { ...Object.fromEntries(names), [METRICS_NAMESPACE]: needs.metricsNamespace ?? NAMESPACE };
}

/** What the gateway's environment says. */
export const toldToGateway = (needs: GatewayNeeds): Record<string, string> => ({
  ...toldToAll(needs),
  SLUICE_ALERTS_TOPIC: needs.alerts.topicArn,
  SLUICE_CONFIG: `/var/task/${needs.configName}`,
  ...(needs.captures && capturesTold(needs.captures)),
  ...(needs.vectors && { [VECTORS_ENDPOINT]: needs.vectors.attrCollectionEndpoint }),
});

/** Lets a role do what the gateway calls today, and nothing else. It may never write access: who gets in is decided by people. */
export function grantNeeds(scope: Construct, role: Role, needs: GatewayNeeds): void {
  const { access, counters, cache, calls } = needs.tables;
  role.addToPolicy(onTable(access, 'GetItem'));
  role.addToPolicy(onTable(counters, 'GetItem', 'UpdateItem'));
  role.addToPolicy(onTable(calls, 'GetItem'));
  role.addToPolicy(onKeys(calls, ['dynamodb:PutItem'], callsPk('*')));
  role.addToPolicy(onKeys(calls, ['dynamodb:UpdateItem'], usagePk('*')));
  role.addToPolicy(onTable(cache, 'BatchGetItem', 'DeleteItem', 'PutItem', 'Query', 'UpdateItem'));
  needs.alerts.grantPublish(role);
  if (needs.captures) grantKeeping(needs.captures, role);
  const { vectors, vectorsPolicy } = needs;
  if (vectors) new VectorsAccess(scope, 'Vectors', { collection: vectors, name: vectorsPolicy ?? vectors.name, role });
  if (needs.callsBedrock ?? true) grantModels(role);
  grantSecrets(role, needs.ownSecrets ?? OWN_SECRETS, needs.secretNames ?? []);
}
