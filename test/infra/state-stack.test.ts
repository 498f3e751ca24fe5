import { Match } from 'aws-cdk-lib/assertions';
import { describe, expect, test } from 'vitest';
import { tables } from '../../lib/aws/tables.ts';
import { logicalIds, synthesized } from './synthesized.ts';

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

  test('the tables keep their logical ids, because another id is another, empty table', () => {
    expect(logicalIds(state, 'AWS::DynamoDB::GlobalTable')).toEqual([
      'Access9901B1FF',
      'Cache18F6EE16',
      'Calls3682725C',
      'CountersFDB211E7',
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
    expect(found).toHaveLength(Object.keys(tables).length);
    for (const { localName, partitionKey, sortKey, expiry } of Object.values(tables)) {
      const [, table] = found.find(([id]) => id.startsWith(localName)) ?? [];
      expect(table?.Properties).toMatchObject({
        BillingMode: 'PAY_PER_REQUEST',
        KeySchema: [
          { AttributeName: partitionKey, KeyType: 'HASH' },
          { AttributeName: sortKey, KeyType: 'RANGE' },
        ],
        AttributeDefinitions: [
          { AttributeName: partitionKey, AttributeType: 'S' },
          { AttributeName: sortKey, AttributeType: 'S' },
        ],
        TimeToLiveSpecification: { AttributeName: expiry, Enabled: true },
      });
      expect(table?.Properties).not.toHaveProperty('TableName');
    }
  });

  test('what a gateway of yesterday imports stays exported, whatever the gateway of today uses', () => {
    const exported = Object.values(state.findOutputs('*')).map(({ Export }) => Export?.Name);
    expect(exported).toHaveLength(2 * Object.keys(tables).length + 1); // a name and an ARN each, and the topic's ARN
    expect(exported).toContain('sluice-state:ExportsOutputRefCache18F6EE16CB7DCD1A');
  });
});
