import { CrossStackReferences, ReferenceStrength, RemovalPolicy, Stack, type StackProps } from 'aws-cdk-lib';
import {
  AttributeType,
  Billing,
  ProjectionType,
  StreamViewType,
  type TablePropsV2,
  TableV2,
} from 'aws-cdk-lib/aws-dynamodb';
import { PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import type { Code } from 'aws-cdk-lib/aws-lambda';
import { Topic } from 'aws-cdk-lib/aws-sns';
import type { Construct } from 'constructs';
import { auditTable, type IndexDefinition, type TableDefinition, type TableName, tables } from '../lib/aws/tables.ts';
import { AuditTrail, appendOnly } from './audit-trail.ts';
import { encryptionOf, type TablesKey } from './tables-key.ts';

export type StateStackProps = StackProps & {
  /** The bundled function that writes the audit log. */
  readonly auditCode: Code;
  /**
   * For how many days an entry of the audit log is kept.
   * @default - for ever
   */
  readonly auditKeptDays?: number | undefined;
  /**
   * Whose key the tables are encrypted with.
   * @default - DynamoDB's own, which is free
   */
  readonly tablesKey?: TablesKey | undefined;
  /**
   * How many of the indexes of table Calls there are. AWS adds only one at a time to a table that is there already.
   * @default - all
   */
  readonly callIndexes?: number | undefined;
};

/**
 * What must outlive a deploy: who may call, what they spent, what was answered, who changed that. The function that
 * writes the audit log is here, too: as long as somebody can change who may call, it is written down, whatever becomes
 * of the gateway, and the table's own policy names its role.
 */
export class StateStack extends Stack {
  readonly tables: Readonly<Record<TableName, TableV2>>;
  /** The audit log. */
  readonly audit: TableV2;
  /** Where budgets that reach a threshold, and alarms, are told. It is here because people subscribe to it. */
  readonly alerts: Topic;

  constructor(scope: Construct, id: string, props: StateStackProps) {
    super(scope, id, props);
    const encrypt = encryptionOf(this, props.tablesKey ?? 'aws-owned');
    this.tables = {
      access: this.kept(tables.access, { dynamoStream: StreamViewType.NEW_AND_OLD_IMAGES }),
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

    const role = new Role(this, 'AuditWriter', { assumedBy: new ServicePrincipal('lambda.amazonaws.com') });
    this.audit = this.kept(auditTable, { resourcePolicy: appendOnly(role) });
    for (const table of [...Object.values(this.tables), this.audit]) encrypt(table);
    new AuditTrail(this, 'AuditTrail', {
      code: props.auditCode,
      role,
      access: this.tables.access,
      audit: this.audit,
      alerts: this.alerts,
      keptDays: props.auditKeptDays,
    });
  }

  // The local name is the construct's id, and so decides the logical id: renaming it would make a new, empty table.
  private kept(definition: TableDefinition, more: Pick<TablePropsV2, 'dynamoStream' | 'resourcePolicy'> = {}): TableV2 {
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
      ...more,
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
