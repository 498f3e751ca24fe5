import { CrossStackReferences, ReferenceStrength, RemovalPolicy, Stack, type StackProps } from 'aws-cdk-lib';
import { AttributeType, Billing, TableV2 } from 'aws-cdk-lib/aws-dynamodb';
import { PolicyStatement, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { Topic } from 'aws-cdk-lib/aws-sns';
import type { Construct } from 'constructs';
import { type TableDefinition, type TableName, tables } from '../lib/aws/tables.ts';

/** What must outlive a deploy: who may call, what they spent, what was answered. */
export class StateStack extends Stack {
  readonly tables: Readonly<Record<TableName, TableV2>>;
  /** Where budgets that reach a threshold, and alarms, are told. It is here because people subscribe to it. */
  readonly alerts: Topic;

  constructor(scope: Construct, id: string, props?: StackProps) {
    super(scope, id, props);
    this.tables = {
      access: this.kept(tables.access),
      counters: this.kept(tables.counters),
      cache: this.kept(tables.cache),
      calls: this.kept(tables.calls),
    };
    this.alerts = new Topic(this, 'Alerts', { displayName: 'Sluice budget alerts', enforceSSL: true });
    // Its policy names who may publish, so alarms must be named, too; https://repost.aws/knowledge-center/cloudwatch-receive-sns-for-alarm-trigger
    this.alerts.addToResourcePolicy(
      new PolicyStatement({
        principals: [new ServicePrincipal('cloudwatch.amazonaws.com')],
        actions: ['sns:Publish'],
        resources: [this.alerts.topicArn],
        conditions: { StringEquals: { 'aws:SourceAccount': this.account } },
      }),
    );
    this.alerts.applyRemovalPolicy(RemovalPolicy.RETAIN);
    CrossStackReferences.of(this.alerts).produce(ReferenceStrength.STRONG);
    this.exportValue(this.alerts.topicArn);
  }

  // The local name is the construct's id, and so decides the logical id: renaming it would make a new, empty table.
  private kept({ localName, partitionKey, sortKey, expiry }: TableDefinition): TableV2 {
    const table = new TableV2(this, localName, {
      partitionKey: { name: partitionKey, type: AttributeType.STRING },
      sortKey: { name: sortKey, type: AttributeType.STRING },
      timeToLiveAttribute: expiry,
      billing: Billing.onDemand(),
      pointInTimeRecoverySpecification: { pointInTimeRecoveryEnabled: true },
      deletionProtection: true,
      removalPolicy: RemovalPolicy.RETAIN,
    });
    // Strong references: this stack cannot be deleted from under a gateway that uses it.
    CrossStackReferences.of(table).produce(ReferenceStrength.STRONG);
    // Exported whoever imports them: CloudFormation refuses to drop an export while the gateway of yesterday still uses it.
    this.exportValue(table.tableName);
    this.exportValue(table.tableArn);
    return table;
  }
}
