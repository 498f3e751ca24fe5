import { Match, type Template } from 'aws-cdk-lib/assertions';
import { describe, expect, test } from 'vitest';
import { synthesized } from './synthesized.ts';

const { state, gateway } = synthesized();

type Statement = {
  readonly Effect: string;
  readonly Action: string | readonly string[];
  readonly Resource: unknown;
  readonly Principal?: unknown;
  readonly Condition?: unknown;
};

/** Of every role of both stacks, by its policy's name, what it may do and where. */
const roles = [state, gateway].flatMap((template: Template) =>
  Object.entries(template.findResources('AWS::IAM::Policy')).map(([name, { Properties }]) => {
    const statements: readonly Statement[] = Properties.PolicyDocument.Statement;
    const on = (table: RegExp) =>
      statements
        .filter(({ Resource }) => table.test(JSON.stringify(Resource)) && !/StreamArn/.test(JSON.stringify(Resource)))
        .flatMap(({ Action }) => Action)
        .filter((action) => action.startsWith('dynamodb:'));
    return { name, statements, access: on(/Access9901B1FF/), audit: on(/Audit3D8ADE0A/) };
  }),
);
const changes = (actions: readonly string[]) =>
  actions.filter((action) => !/^dynamodb:(Get|BatchGet|Query|Scan)/.test(action));

/** What the table itself says, against whatever anybody is given elsewhere. */
const own: readonly Statement[] = Object.entries(state.findResources('AWS::DynamoDB::GlobalTable')).flatMap(
  ([name, { Properties }]) =>
    name === 'Audit3D8ADE0A' ? Properties.Replicas[0].ResourcePolicy.PolicyDocument.Statement : [],
);
const writer = { 'Fn::GetAtt': [expect.stringMatching(/^AuditWriter/), 'Arn'] };

describe('the audit log', () => {
  test('cannot be changed by a role that can change a tenant, and its writer can change no tenant', () => {
    const [changers, appenders] = [
      roles.filter(({ access }) => changes(access).length > 0),
      roles.filter(({ audit }) => audit.length > 0),
    ];
    expect(changers.map(({ name }) => name)).toEqual([expect.stringMatching(/^Adoption/)]);
    for (const { audit } of changers) expect(audit).toEqual([]);
    expect(appenders.map(({ name, access, audit }) => [name, access, audit])).toEqual([
      [expect.stringMatching(/^AuditWriter/), [], ['dynamodb:PutItem', 'dynamodb:Query']],
    ]);
  });

  test('is not changed by anybody, whatever rights a person or a role has, and only its writer adds to it', () => {
    const everybody = { Effect: 'Deny', Principal: { AWS: '*' }, Resource: '*' };
    expect(own).toEqual([
      {
        ...everybody,
        Action: ['BatchWriteItem', 'DeleteItem', 'PartiQLDelete', 'PartiQLInsert', 'PartiQLUpdate', 'UpdateItem'].map(
          (action) => `dynamodb:${action}`,
        ),
      },
      { ...everybody, Action: 'dynamodb:PutItem', Condition: { ArnNotEquals: { 'aws:PrincipalArn': writer } } },
    ]);
  });

  test('is written by a function whose role can do nothing else than that, read the stream, and put aside what it could not log', () => {
    const [statements] = roles.filter(({ name }) => name.startsWith('AuditWriter')).map((role) => role.statements);
    const lines = statements?.flatMap(({ Action, Resource }) =>
      [Action]
        .flat()
        .map(
          (action) => `${action} ${/StreamArn|(Audit|Logs|Unlogged)[0-9A-F]{8}/.exec(JSON.stringify(Resource))?.[0]}`,
        ),
    );
    expect(lines?.map((line) => line.replace(/[0-9A-F]{8}$/, '')).sort()).toEqual([
      'dynamodb:DescribeStream StreamArn',
      'dynamodb:GetRecords StreamArn',
      'dynamodb:GetShardIterator StreamArn',
      'dynamodb:ListStreams StreamArn',
      'dynamodb:PutItem Audit',
      'dynamodb:Query Audit',
      'logs:CreateLogStream Logs',
      'logs:PutLogEvents Logs',
      's3:ListBucket Unlogged',
      's3:PutObject Unlogged',
    ]);
    for (const role of Object.values(state.findResources('AWS::IAM::Role')))
      expect(Object.keys(role.Properties)).toEqual(['AssumeRolePolicyDocument']);
  });

  test('is told of every change of table Access, before and after, in order, for as long as it takes', () => {
    state.hasResource('AWS::DynamoDB::GlobalTable', {
      Properties: Match.objectLike({ StreamSpecification: { StreamViewType: 'NEW_AND_OLD_IMAGES' } }),
    });
    state.resourcePropertiesCountIs('AWS::DynamoDB::GlobalTable', { StreamSpecification: Match.anyValue() }, 1);
    state.hasResourceProperties('AWS::Lambda::EventSourceMapping', {
      EventSourceArn: { 'Fn::GetAtt': ['Access9901B1FF', 'StreamArn'] },
      StartingPosition: 'TRIM_HORIZON',
      FunctionResponseTypes: ['ReportBatchItemFailures'],
      BisectBatchOnFunctionError: true,
      ParallelizationFactor: Match.absent(),
      MaximumRetryAttempts: Match.absent(),
      MaximumRecordAgeInSeconds: 20 * 3600,
      DestinationConfig: { OnFailure: { Destination: { 'Fn::GetAtt': [Match.stringLikeRegexp('Unlogged'), 'Arn'] } } },
    });
    state.hasResource('AWS::S3::Bucket', {
      DeletionPolicy: 'Retain',
      Properties: Match.objectLike({
        PublicAccessBlockConfiguration: Match.objectLike({ RestrictPublicBuckets: true, BlockPublicPolicy: true }),
      }),
    });
    state.hasResourceProperties('AWS::CloudWatch::Alarm', {
      MetricName: 'IteratorAge',
      Threshold: 900_000,
      AlarmActions: [{ Ref: Match.stringLikeRegexp('^Alerts') }],
    });
  });

  test('is kept for ever unless somebody says how long, and so is the second copy of its hashes', () => {
    const variables = (template: Template) =>
      Object.values(template.findResources('AWS::Lambda::Function')).map(
        ({ Properties }) => Properties.Environment.Variables,
      );
    const names = {
      SLUICE_TABLE_AUDIT: { Ref: 'Audit3D8ADE0A' },
      SLUICE_ACCESS_STREAM: { 'Fn::GetAtt': ['Access9901B1FF', 'StreamArn'] },
    };
    expect(variables(state)).toEqual([names]);
    expect(variables(synthesized({ auditKeptDays: 400 }).state)).toEqual([{ ...names, SLUICE_AUDIT_KEPT_DAYS: '400' }]);
    expect(Object.values(state.findResources('AWS::Logs::LogGroup'))).toEqual([
      { Type: 'AWS::Logs::LogGroup', DeletionPolicy: 'Retain', UpdateReplacePolicy: 'Retain' }, // and no RetentionInDays
    ]);
  });

  test('is known by name to operators, and to no gateway', () => {
    gateway.hasOutput('AuditTable', { Value: { 'Fn::ImportValue': Match.stringLikeRegexp('OutputRefAudit') } });
    const functions = JSON.stringify(gateway.findResources('AWS::Lambda::Function'));
    expect(functions).not.toContain('OutputRefAudit');
  });
});
