import { CrossStackReferences, ReferenceStrength, RemovalPolicy, Stack, type StackProps } from 'aws-cdk-lib';
import { AttributeType, Billing, ProjectionType, TableV2 } from 'aws-cdk-lib/aws-dynamodb';
import { PolicyStatement, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { Topic } from 'aws-cdk-lib/aws-sns';
import type { Construct } from 'constructs';
import { type IndexDefinition, type TableDefinition, type TableName, tables } from '../lib/aws/tables.ts';

export type StateStackProps = StackProps & {
  /**
   * How many of the indexes of table Calls there are. AWS adds only one at a time to a table that is there already.
   * @default - all
   */
  readonly callIndexes?: number | undefined;
};

/** What must outlive a deploy: who may call, what they spent, what was answered. */
export class StateStack extends Stack {
  readonly tables: Readonly<Record<TableName, TableV2>>;
  /** Where budgets that reach a threshold, and alarms, are told. It is here because people subscribe to it. */
  readonly alerts: Topic;

  constructor(scope: Construct, id: string, props: StateStackProps = {}) {
    super(scope, id, props);
    this.tables = {
      access: this.kept(tables.access),
      counters: this.kept(tables.counters),
      cache: this.kept(tables.cache),
      calls: this.kept({ ...tables.calls, indexes: tables.calls.indexes.slice(0, props.callIndexes) }),
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
  private kept(definition: TableDefinition): TableV2 {
    const table = new TableV2(this, definition.localName, {
      ...keysOf(definition),
      globalSecondaryIndexes: definition.indexes.map((index) => ({
        indexName: index.name,
        ...keysOf(index),
        projectionType: ProjectionType.KEYS_ONLY,
      })),
      timeToLiveAttribute: definition.expiry,
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

const keysOf = ({ partitionKey, sortKey }: Pick<IndexDefinition, 'partitionKey' | 'sortKey'>) => ({
  partitionKey: { name: partitionKey, type: AttributeType.STRING },
  sortKey: { name: sortKey, type: AttributeType.STRING },
});
