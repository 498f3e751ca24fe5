import { Match, type Template } from 'aws-cdk-lib/assertions';
import { describe, expect, test } from 'vitest';
import { tables } from '../../lib/aws/tables.ts';
import { logicalIds, synthesized } from './synthesized.ts';

const plain = synthesized();
const configured = synthesized({
  secretNames: ['lab', 'sluice/openai', 'team/anthropic'],
  callsBedrock: false,
  defaultBudgets: { hour: 500_000_000, month: 100_000_000_000 },
});

type Statement = { readonly Effect: string; readonly Action: string | readonly string[]; readonly Resource: unknown };

/** What a function may do: one line for each action on each resource. */
function permissions(template: Template, of = 'FrontDoor'): readonly string[] {
  const statements: readonly Statement[] = Object.entries(template.findResources('AWS::IAM::Policy'))
    .filter(([id]) => id.startsWith(of))
    .flatMap(([, { Properties }]) => Properties.PolicyDocument.Statement);
  return statements.flatMap(({ Action, Resource }) =>
    [Action].flat().flatMap((action) => [Resource].flat().map((resource) => `${action} ${JSON.stringify(resource)}`)),
  );
}

const actionsOn = (template: Template, part: string, of?: string) =>
  permissions(template, of)
    .filter((line) => line.includes(part))
    .map((line) => line.slice(0, line.indexOf(' ')))
    .sort();

/** https://docs.aws.amazon.com/service-authorization/latest/reference/list_awsx-ray.html: they have no resource to name. */
const segments = ['xray:PutTelemetryRecords "*"', 'xray:PutTraceSegments "*"'];

describe('front door', () => {
  test('the function runs on arm64 and the newest Node for as long as Lambda allows', () => {
    plain.gateway.hasResourceProperties('AWS::Lambda::Function', {
      Architectures: ['arm64'],
      Runtime: 'nodejs24.x',
      Handler: 'index.handler',
      MemorySize: 512,
      Timeout: 900,
      LoggingConfig: { LogFormat: 'JSON', LogGroup: { Ref: 'FrontDoorLogs38CDE1C0' } },
      TracingConfig: { Mode: 'Active' },
    });
  });

  test('where calls are not traced, it may not write traces either', () => {
    const untraced = synthesized({ traces: false }).gateway;
    untraced.hasResourceProperties('AWS::Lambda::Function', {
      Timeout: 900,
      TracingConfig: Match.absent(),
      Environment: { Variables: Match.objectLike({ OTEL_TRACES_EXPORTER: 'none' }) },
    });
    expect(permissions(untraced, '').filter((line) => line.startsWith('xray:'))).toEqual([]);
  });

  test('the url streams and is open to all, for the gateway checks keys itself', () => {
    plain.gateway.hasResourceProperties('AWS::Lambda::Url', { InvokeMode: 'RESPONSE_STREAM', AuthType: 'NONE' });
    plain.gateway.resourcePropertiesCountIs('AWS::Lambda::Permission', { Principal: '*' }, 2);
    plain.gateway.hasResourceProperties('AWS::Lambda::Permission', {
      Action: 'lambda:InvokeFunctionUrl',
      Principal: '*',
      FunctionUrlAuthType: 'NONE',
    });
    plain.gateway.hasResourceProperties('AWS::Lambda::Permission', {
      Action: 'lambda:InvokeFunction',
      Principal: '*',
      InvokedViaFunctionUrl: true,
    });
  });

  test('the url leads to the version that is live', () => {
    const live = { Ref: expect.stringMatching(/^FrontDoorLive/) };
    plain.gateway.hasResourceProperties('AWS::Lambda::Url', { Qualifier: 'live' });
    const open = Object.values(plain.gateway.findResources('AWS::Lambda::Permission')).map(
      ({ Properties }) => Properties,
    );
    const toAll = open.filter(({ Principal }) => Principal === '*');
    expect(toAll.map(({ FunctionName }) => FunctionName)).toEqual([live, live]);
  });

  test('the url keeps its logical id, because another id is another address', () => {
    expect(logicalIds(plain.gateway, 'AWS::Lambda::Url')).toEqual(['FrontDoorFunctionFunctionUrl722953A5']);
    expect(logicalIds(plain.gateway, 'AWS::Lambda::Function')).toContain('FrontDoorFunction439ACAB5');
  });

  test('logs are kept for a month and go with the stack', () => {
    plain.gateway.hasResource('AWS::Logs::LogGroup', { DeletionPolicy: 'Delete', Properties: { RetentionInDays: 30 } });
  });

  test('the stack says where to point an SDK and what the tables are called', () => {
    plain.gateway.hasOutput('BaseUrl', {
      Value: { 'Fn::Join': ['', [{ 'Fn::GetAtt': ['FrontDoorFunctionFunctionUrl722953A5', 'FunctionUrl'] }, 'v1']] },
    });
    for (const { localName } of Object.values(tables)) {
      plain.gateway.hasOutput(`${localName}Table`, {
        Value: { 'Fn::ImportValue': Match.stringLikeRegexp(`OutputRef${localName}`) },
      });
    }
  });

  test('the stack says what tenants may spend that set no budgets', () => {
    plain.gateway.hasOutput('DefaultBudgets', { Value: '{"day":25}' });
    configured.gateway.hasOutput('DefaultBudgets', { Value: '{"hour":0.5,"month":100}' });
    synthesized({ defaultBudgets: {} }).gateway.hasOutput('DefaultBudgets', { Value: 'none' });
  });

  test('each table is named in the environment by its own variable', () => {
    const variables = Object.values(tables).map(({ variable, localName }) => [
      variable,
      { 'Fn::ImportValue': Match.stringLikeRegexp(`OutputRef${localName}`) },
    ]);
    plain.gateway.hasResourceProperties('AWS::Lambda::Function', {
      Environment: { Variables: Object.fromEntries(variables) },
    });
  });

  test('the config in the bundle is named in the environment', () => {
    plain.gateway.hasResourceProperties('AWS::Lambda::Function', {
      Environment: { Variables: { SLUICE_CONFIG: '/var/task/sluice.config.json' } },
    });
  });
});

describe('sweep', () => {
  test('runs every quarter of an hour, on tables it knows by name', () => {
    plain.gateway.hasResourceProperties('AWS::Scheduler::Schedule', {
      ScheduleExpression: 'rate(15 minutes)',
      State: Match.absent(), // which is ENABLED
      Target: {
        Arn: { 'Fn::GetAtt': ['SweepFunctionA7728703', 'Arn'] },
        RoleArn: { 'Fn::GetAtt': [Match.stringLikeRegexp('^SweepScheduleRole'), 'Arn'] },
        RetryPolicy: { MaximumRetryAttempts: 0 },
      },
    });
    expect(permissions(plain.gateway, 'SweepScheduleRole')).toEqual([
      'lambda:InvokeFunction {"Fn::GetAtt":["SweepFunctionA7728703","Arn"]}',
    ]);
    plain.gateway.hasResourceProperties('AWS::Lambda::Function', {
      Description: Match.stringLikeRegexp('nobody ended'),
      Architectures: ['arm64'],
      Runtime: 'nodejs24.x',
      Environment: {
        Variables: {
          SLUICE_TABLE_COUNTERS: { 'Fn::ImportValue': Match.stringLikeRegexp('OutputRefCounters') },
          SLUICE_TABLE_CALLS: { 'Fn::ImportValue': Match.stringLikeRegexp('OutputRefCalls') },
        },
      },
    });
  });

  test('the gateway knows the topic of budget alerts, and the stack tells it to who wants to subscribe', () => {
    const topic = { 'Fn::ImportValue': Match.stringLikeRegexp('OutputRefAlerts') };
    plain.gateway.hasResourceProperties('AWS::Lambda::Function', {
      Environment: { Variables: Match.objectLike({ SLUICE_ALERTS_TOPIC: topic }) },
    });
    plain.gateway.hasOutput('AlertsTopic', { Value: topic });
  });
});

describe('permissions', () => {
  test('each role has one policy of its own and none of the ready-made ones, also the one by which CDK invokes the adoption', () => {
    const { gateway } = synthesized({ gradual: false }); // CodeDeploy's role is a ready-made one
    gateway.resourceCountIs('AWS::IAM::Policy', 4);
    const roles = Object.entries(gateway.findResources('AWS::IAM::Role'));
    const [cdks, ours] = [true, false].map((of) => roles.filter(([id]) => id.startsWith('AWSCDK') === of));
    expect(ours).toHaveLength(4);
    for (const [, { Properties }] of ours ?? []) expect(Object.keys(Properties)).toEqual(['AssumeRolePolicyDocument']);
    expect(cdks?.map(([, { Properties }]) => Properties.Policies[0].PolicyDocument.Statement)).toEqual([
      [
        {
          Effect: 'Allow',
          Action: ['lambda:InvokeFunction'],
          Resource: [{ 'Fn::Join': ['', [{ 'Fn::GetAtt': ['AdoptionFunctionCDE2D866', 'Arn'] }, ':*']] }],
        },
        {
          Effect: 'Allow',
          Action: ['logs:CreateLogStream', 'logs:PutLogEvents'],
          Resource: { 'Fn::GetAtt': ['AdoptionLogs1BB030E5', 'Arn'] },
        },
      ],
    ]);
    for (const [, { Properties }] of cdks ?? []) expect(Properties).not.toHaveProperty('ManagedPolicyArns');
  });

  test('no action and no resource is a wildcard, but for the segments of traces, which belong to no resource', () => {
    const lines = permissions(configured.gateway, '').filter((line) => !segments.includes(line));
    for (const line of lines) expect(line).toMatch(/^[a-z]+:[A-Za-z]+ (?!"\*")/);
  });

  test('access is only read', () => {
    expect(actionsOn(plain.gateway, 'Access9901B1FF')).toEqual(['dynamodb:GetItem']);
  });

  test('counters are updated, calls are written, the cache holds answers and who makes them', () => {
    expect(actionsOn(plain.gateway, 'CountersFDB211E7')).toEqual(['dynamodb:GetItem', 'dynamodb:UpdateItem']);
    expect(actionsOn(plain.gateway, 'Calls3682725C')).toEqual([
      'dynamodb:GetItem',
      'dynamodb:PutItem',
      'dynamodb:UpdateItem',
    ]);
    expect(actionsOn(plain.gateway, 'Cache18F6EE16')).toEqual([
      'dynamodb:BatchGetItem',
      'dynamodb:DeleteItem',
      'dynamodb:PutItem',
      'dynamodb:Query',
      'dynamodb:UpdateItem',
    ]);
  });

  test('nobody but an operator asks the indexes of a table', () => {
    expect(permissions(plain.gateway, '').filter((line) => line.includes('/index/'))).toEqual([]);
  });

  test('beyond tables, models and secrets there are only its own logs and budget alerts, so no table can be deleted or changed', () => {
    const others = permissions(plain.gateway).filter((line) => !/^(dynamodb|bedrock|secretsmanager):/.test(line));
    expect(others).toEqual([
      'logs:CreateLogStream {"Fn::GetAtt":["FrontDoorLogs38CDE1C0","Arn"]}',
      'logs:PutLogEvents {"Fn::GetAtt":["FrontDoorLogs38CDE1C0","Arn"]}',
      ...segments,
      expect.stringMatching(/^sns:Publish .*OutputRefAlerts/),
    ]);
    expect(permissions(plain.gateway, '').join('\n')).not.toMatch(/dynamodb:\w*Table/);
  });

  test('the sweep reads and changes counters, reads and writes calls, and does nothing else', () => {
    expect(actionsOn(plain.gateway, 'CountersFDB211E7', 'Sweep')).toEqual([
      'dynamodb:GetItem',
      'dynamodb:Scan',
      'dynamodb:UpdateItem',
    ]);
    expect(actionsOn(plain.gateway, 'Calls3682725C', 'Sweep')).toEqual([
      'dynamodb:GetItem',
      'dynamodb:PutItem',
      'dynamodb:Query',
      'dynamodb:UpdateItem',
    ]);
    expect(actionsOn(plain.gateway, 'Access9901B1FF', 'Sweep')).toEqual(['dynamodb:GetItem']);
    const others = permissions(plain.gateway, 'SweepRole').filter((line) => !line.startsWith('dynamodb:'));
    expect(others.map((line) => line.split(' ')[0])).toEqual(['logs:CreateLogStream', 'logs:PutLogEvents']);
  });

  test('the gateway writes calls, the sweep sums as well, and of calls only what is said of their sums is ever changed', () => {
    const keysOf = (of: string, part: string, action: string) =>
      Object.entries(plain.gateway.findResources('AWS::IAM::Policy'))
        .filter(([id]) => id.startsWith(of))
        .flatMap(([, { Properties }]) => Properties.PolicyDocument.Statement)
        .filter(({ Action, Resource }) => Action === action && JSON.stringify(Resource).includes(part))
        .map(({ Condition }) => Condition);
    // A request that names no key passes what is said for all of its keys.
    const only = (keys: string | readonly string[]) => [
      { 'ForAllValues:StringLike': { 'dynamodb:LeadingKeys': keys }, Null: { 'dynamodb:LeadingKeys': 'false' } },
    ];
    const calls = 'Calls3682725C';
    expect(keysOf('FrontDoor', calls, 'dynamodb:PutItem')).toEqual(only(['tenant#*']));
    expect(keysOf('Sweep', calls, 'dynamodb:PutItem')).toEqual(only(['tenant#*', 'usage#*']));
    for (const of of ['FrontDoor', 'Sweep'])
      expect(keysOf(of, calls, 'dynamodb:UpdateItem')).toEqual(only(['usage#*']));
    expect(keysOf('Sweep', 'Access9901B1FF', 'dynamodb:GetItem')).toEqual(only(['config']));
  });

  test('models may be called unless the config says otherwise, and nothing else of their service', () => {
    expect(actionsOn(configured.gateway, ':bedrock:')).toEqual([]);
    const granted = permissions(plain.gateway).filter((line) => line.startsWith('bedrock:'));
    expect(new Set(granted.map((line) => line.split(' ')[0]))).toEqual(
      new Set(['bedrock:InvokeModel', 'bedrock:InvokeModelWithResponseStream', 'bedrock:ApplyGuardrail']),
    );
    for (const kind of ['foundation-model/*', 'inference-profile/*', 'application-inference-profile/*']) {
      expect(granted.filter((line) => line.includes(`:${kind}"`)).length).toBeGreaterThanOrEqual(2);
    }
    for (const kind of ['guardrail/*', 'guardrail-profile/*'])
      expect(
        granted.filter((line) => line.startsWith('bedrock:ApplyGuardrail') && line.includes(`:${kind}"`)),
      ).toHaveLength(1);
    expect(granted).toHaveLength(8);
  });

  test('secrets named sluice/… are readable without a deploy, others of the config each by its name', () => {
    const readable = (template: Template) => permissions(template).filter((line) => line.startsWith('secretsmanager:'));
    expect(readable(plain.gateway)).toEqual([
      expect.stringMatching(/^secretsmanager:GetSecretValue .*:secret:sluice\/\*"/),
    ]);
    expect(readable(configured.gateway)).toEqual([
      expect.stringContaining(':secret:lab-??????"'),
      expect.stringContaining(':secret:sluice/*"'),
      expect.stringContaining(':secret:team/anthropic-??????"'),
    ]);
  });

  test('a stage of its own reads no secret of another, but for those that its configuration names', () => {
    const trial = synthesized({ ownSecrets: 'sluice-trial/', secretNames: ['sluice/openai', 'sluice-trial/lab'] });
    const readable = permissions(trial.gateway).filter((line) => line.startsWith('secretsmanager:'));
    expect(readable).toEqual([
      expect.stringContaining(':secret:sluice-trial/*"'),
      expect.stringContaining(':secret:sluice/openai-??????"'),
    ]);
    trial.gateway.hasOutput('OwnSecrets', { Value: 'sluice-trial/' });
    plain.gateway.hasOutput('OwnSecrets', { Value: 'sluice/' });
  });

  test('the adoption reaches versions of the configuration in table Access, and no tenant and no key', () => {
    const [policy, ...more] = Object.entries(plain.gateway.findResources('AWS::IAM::Policy')).filter(([id]) =>
      id.startsWith('Adoption'),
    );
    expect(more).toEqual([]);
    const statements: readonly (Statement & { readonly Condition?: unknown })[] =
      policy?.[1].Properties.PolicyDocument.Statement;
    expect(statements.map(({ Action, Condition }) => [Action, Condition])).toEqual([
      [['logs:CreateLogStream', 'logs:PutLogEvents'], undefined],
      [
        ['dynamodb:GetItem', 'dynamodb:PutItem', 'dynamodb:Query'],
        {
          'ForAllValues:StringLike': { 'dynamodb:LeadingKeys': ['config'] },
          Null: { 'dynamodb:LeadingKeys': 'false' },
        },
      ],
    ]);
    expect(JSON.stringify(statements[1]?.Resource)).toContain('Access9901B1FFArn');
  });
});

describe('adoption', () => {
  test('runs at each deploy that changes it, once the gateway is there that can read its version', () => {
    plain.gateway.hasResource('Custom::Trigger', {
      Properties: { InvocationType: 'RequestResponse', ExecuteOnHandlerChange: true },
      DependsOn: Match.arrayWith(['FrontDoorFunction439ACAB5']),
    });
    plain.gateway.hasResourceProperties('AWS::Lambda::Function', {
      Description: Match.stringLikeRegexp('configuration of a deploy'),
      Environment: {
        Variables: {
          SLUICE_CONFIG: '/var/task/content.json',
          SLUICE_TABLE_ACCESS: { 'Fn::ImportValue': Match.stringLikeRegexp('OutputRefAccess') },
        },
      },
    });
  });
});
