import { App } from 'aws-cdk-lib';
import { Match, Template } from 'aws-cdk-lib/assertions';
import { describe, expect, test } from 'vitest';
import cdkJson from '../../cdk.json' with { type: 'json' };
import { StateStack } from '../../infra/state-stack.ts';
import { auditTable, tables } from '../../lib/aws/tables.ts';
import { code, logicalIds, synthesized } from './synthesized.ts';

const { state } = synthesized();

describe('state', () => {
  test('who subscribed to budget alerts stays subscribed when the stack goes, and they travel encrypted', () => {
    state.hasResource('AWS::SNS::Topic', { DeletionPolicy: 'Retain', UpdateReplacePolicy: 'Retain' });
    state.hasResourceProperties('AWS::SNS::TopicPolicy', {
      PolicyDocument: Match.objectLike({
        Statement: Match.arrayWith([
          Match.objectLike({ Effect: 'Deny', Condition: { Bool: { 'aws:SecureTransport': 'false' } } }),
        ]),
      }),
    });
  });

  test('besides who has the right by its own role, only alarms of this account may tell something', () => {
    const statements: readonly { readonly Effect: string }[] = Object.values(
      state.findResources('AWS::SNS::TopicPolicy'),
    ).flatMap(({ Properties }) => Properties.PolicyDocument.Statement);
    expect(statements.filter(({ Effect }) => Effect === 'Allow')).toEqual([
      expect.objectContaining({
        Principal: { Service: 'cloudwatch.amazonaws.com' },
        Action: 'sns:Publish',
        Resource: { Ref: expect.stringMatching(/^Alerts/) },
        Condition: { StringEquals: { 'aws:SourceAccount': { Ref: 'AWS::AccountId' } } },
      }),
    ]);
  });

  test('every table outlives its stack and any mistake', () => {
    state.allResources('AWS::DynamoDB::GlobalTable', {
      DeletionPolicy: 'Retain',
      UpdateReplacePolicy: 'Retain',
      Properties: Match.objectLike({
        Replicas: [
          Match.objectLike({
            DeletionProtectionEnabled: true,
            PointInTimeRecoverySpecification: { PointInTimeRecoveryEnabled: true },
          }),
        ],
      }),
    });
  });

  test('every table is paid per request, has string keys, forgets by its expiry attribute, and is named by CloudFormation', () => {
    const found = Object.entries(state.findResources('AWS::DynamoDB::GlobalTable'));
    const all = [...Object.values(tables), auditTable];
    expect(found).toHaveLength(all.length);
    for (const { localName, partitionKey, sortKey, expiry } of all) {
      const [, table] = found.find(([id]) => id.startsWith(localName)) ?? [];
      expect(table?.Properties).toMatchObject({
        BillingMode: 'PAY_PER_REQUEST',
        KeySchema: [
          { AttributeName: partitionKey, KeyType: 'HASH' },
          { AttributeName: sortKey, KeyType: 'RANGE' },
        ],
        AttributeDefinitions: expect.arrayContaining([
          { AttributeName: partitionKey, AttributeType: 'S' },
          { AttributeName: sortKey, AttributeType: 'S' },
        ]),
        TimeToLiveSpecification: { AttributeName: expiry, Enabled: true },
      });
      expect(table?.Properties).not.toHaveProperty('TableName');
    }
  });

  test('every table is encrypted with the key that somebody asks for: that of DynamoDB, of the account, or one of its own', () => {
    const keysOf = (template: Template) => [
      ...new Set(
        Object.values(template.findResources('AWS::DynamoDB::GlobalTable')).map(({ Properties }) =>
          JSON.stringify([Properties.SSESpecification, Properties.Replicas[0].SSESpecification]),
        ),
      ),
    ];
    const kms = { SSEEnabled: true, SSEType: 'KMS' };
    expect(keysOf(state).map((key) => JSON.parse(key))).toEqual([[null, null]]);
    const managed = synthesized({ tablesKey: 'aws-managed' }).state;
    expect(keysOf(managed).map((key) => JSON.parse(key))).toEqual([[kms, null]]);
    expect(logicalIds(managed, 'AWS::KMS::Key')).toEqual([]);
    const own = synthesized({ tablesKey: 'customer' }).state;
    const [id] = logicalIds(own, 'AWS::KMS::Key');
    expect(keysOf(own).map((key) => JSON.parse(key))).toEqual([
      [kms, { KMSMasterKeyId: { 'Fn::GetAtt': [id, 'Arn'] } }],
    ]);
    own.hasResource('AWS::KMS::Key', { DeletionPolicy: 'Retain', Properties: { EnableKeyRotation: true } });
  });

  test('a key of its own is used by way of DynamoDB alone, by who may use the table', () => {
    const [key] = Object.values(synthesized({ tablesKey: 'customer' }).state.findResources('AWS::KMS::Key'));
    const statements: readonly { readonly Principal: unknown; readonly Condition?: unknown }[] =
      key?.Properties.KeyPolicy.Statement;
    expect(statements.filter(({ Principal }) => JSON.stringify(Principal) === '{"AWS":"*"}')).toEqual([
      expect.objectContaining({
        Condition: {
          StringEquals: {
            'kms:CallerAccount': { Ref: 'AWS::AccountId' },
            'kms:ViaService': { 'Fn::Join': ['', ['dynamodb.', { Ref: 'AWS::Region' }, '.amazonaws.com']] },
          },
        },
      }),
    ]);
  });

  test('calls are found by key and by feature, in indexes that hold no more than keys; no other table has one', () => {
    expect(indexesIn(state)).toEqual([
      ['byKey', 'keyId', 'sk', 'KEYS_ONLY'],
      ['byFeature', 'featureId', 'sk', 'KEYS_ONLY'],
    ]);
    state.resourcePropertiesCountIs('AWS::DynamoDB::GlobalTable', { GlobalSecondaryIndexes: Match.anyValue() }, 1);
    state.hasResource('AWS::DynamoDB::GlobalTable', {
      Properties: Match.objectLike({
        AttributeDefinitions: Match.arrayWith([{ AttributeName: 'keyId', AttributeType: 'S' }]),
      }),
    });
  });

  test('a table that is there already gets the first index alone, when that is asked for', () => {
    const stack = new StateStack(new App({ context: cdkJson.context }), 'sluice-state', {
      auditCode: code,
      callIndexes: 1,
    });
    expect(indexesIn(Template.fromStack(stack)).map(([name]) => name)).toEqual(['byKey']);
  });

  test('what a gateway of yesterday imports stays exported, whatever the gateway of today uses', () => {
    const exported = Object.values(state.findOutputs('*')).map(({ Export }) => Export?.Name);
    expect(exported).toHaveLength(2 * Object.keys(tables).length + 3); // a name and an ARN each, the audit log's too, and the topic's ARN
    expect(exported).toContain('sluice-state:ExportsOutputRefCache18F6EE16CB7DCD1A');
  });
});

type Index = {
  readonly IndexName: string;
  readonly KeySchema: readonly { readonly AttributeName: string }[];
  readonly Projection: { readonly ProjectionType: string };
};

/** Of every index its name, its keys and what it holds. */
function indexesIn(template: Template): readonly (readonly string[])[] {
  const found: readonly Index[] = Object.values(template.findResources('AWS::DynamoDB::GlobalTable')).flatMap(
    ({ Properties }) => Properties.GlobalSecondaryIndexes ?? [],
  );
  return found.map(({ IndexName, KeySchema, Projection }) => [
    IndexName,
    ...KeySchema.map(({ AttributeName }) => AttributeName),
    Projection.ProjectionType,
  ]);
}
