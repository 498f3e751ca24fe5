import { Match, type Template } from 'aws-cdk-lib/assertions';
import { describe, expect, test } from 'vitest';
import { tables } from '../../lib/aws/tables.ts';
import { logicalIds, synthesized } from './synthesized.ts';

const plain = synthesized();
const configured = synthesized({
  configName: 'sluice.config.json',
  secretNames: ['sluice/anthropic', 'sluice/openai'],
  callsBedrock: true,
});

type Statement = { readonly Effect: string; readonly Action: string | readonly string[]; readonly Resource: unknown };

/** What the function may do: one line for each action on each resource. */
function permissions(template: Template): readonly string[] {
  const statements: readonly Statement[] = Object.values(template.findResources('AWS::IAM::Policy')).flatMap(
    ({ Properties }) => Properties.PolicyDocument.Statement,
  );
  return statements.flatMap(({ Action, Resource }) =>
    [Action].flat().flatMap((action) => [Resource].flat().map((resource) => `${action} ${JSON.stringify(resource)}`)),
  );
}

const actionsOn = (template: Template, part: string) =>
  permissions(template)
    .filter((line) => line.includes(part))
    .map((line) => line.slice(0, line.indexOf(' ')))
    .sort();

describe('front door', () => {
  test('the function runs on arm64 and the newest Node for as long as Lambda allows', () => {
    plain.gateway.hasResourceProperties('AWS::Lambda::Function', {
      Architectures: ['arm64'],
      Runtime: 'nodejs24.x',
      Handler: 'index.handler',
      MemorySize: 512,
      Timeout: 900,
      LoggingConfig: { LogFormat: 'JSON', LogGroup: { Ref: 'FrontDoorLogs38CDE1C0' } },
    });
  });

  test('the url streams and is open to all, for the gateway checks keys itself', () => {
    plain.gateway.hasResourceProperties('AWS::Lambda::Url', { InvokeMode: 'RESPONSE_STREAM', AuthType: 'NONE' });
    plain.gateway.resourceCountIs('AWS::Lambda::Permission', 2);
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

  test('the url keeps its logical id, because another id is another address', () => {
    expect(logicalIds(plain.gateway, 'AWS::Lambda::Url')).toEqual(['FrontDoorFunctionFunctionUrl722953A5']);
    expect(logicalIds(plain.gateway, 'AWS::Lambda::Function')).toEqual(['FrontDoorFunction439ACAB5']);
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

  test('each table is named in the environment by its own variable', () => {
    const variables = Object.values(tables).map(({ variable, localName }) => [
      variable,
      { 'Fn::ImportValue': Match.stringLikeRegexp(`OutputRef${localName}`) },
    ]);
    plain.gateway.hasResourceProperties('AWS::Lambda::Function', {
      Environment: { Variables: { ...Object.fromEntries(variables), SLUICE_CONFIG: Match.absent() } },
    });
  });

  test('a config in the bundle is named in the environment', () => {
    configured.gateway.hasResourceProperties('AWS::Lambda::Function', {
      Environment: { Variables: { SLUICE_CONFIG: '/var/task/sluice.config.json' } },
    });
  });
});

describe('permissions', () => {
  test('the role has one policy of its own and none of the ready-made ones', () => {
    plain.gateway.resourceCountIs('AWS::IAM::Policy', 1);
    plain.gateway.allResourcesProperties('AWS::IAM::Role', {
      ManagedPolicyArns: Match.absent(),
      Policies: Match.absent(),
    });
  });

  test('no action and no resource is a wildcard', () => {
    for (const line of permissions(configured.gateway)) expect(line).toMatch(/^[a-z]+:[A-Za-z]+ (?!"\*")/);
  });

  test('access is only read', () => {
    expect(actionsOn(plain.gateway, 'Access9901B1FF')).toEqual(['dynamodb:GetItem']);
  });

  test('counters are updated, calls are written, the cache is not used yet', () => {
    expect(actionsOn(plain.gateway, 'CountersFDB211E7')).toEqual(['dynamodb:UpdateItem']);
    expect(actionsOn(plain.gateway, 'Calls3682725C')).toEqual(['dynamodb:PutItem']);
    expect(actionsOn(plain.gateway, 'Cache18F6EE16')).toEqual([]);
  });

  test('beyond tables there are only its own logs, so no table can be deleted or changed', () => {
    const others = permissions(plain.gateway).filter((line) => !line.startsWith('dynamodb:'));
    expect(others).toEqual(
      ['logs:CreateLogStream', 'logs:PutLogEvents'].map(
        (action) => `${action} {"Fn::GetAtt":["FrontDoorLogs38CDE1C0","Arn"]}`,
      ),
    );
    expect(permissions(plain.gateway).join('\n')).not.toMatch(/dynamodb:\w*Table/);
  });

  test('models may be called only when the config names the provider that needs it, and nothing else of it', () => {
    expect(actionsOn(plain.gateway, ':bedrock:')).toEqual([]);
    const granted = permissions(configured.gateway).filter((line) => line.startsWith('bedrock:'));
    expect(new Set(granted.map((line) => line.split(' ')[0]))).toEqual(
      new Set(['bedrock:InvokeModel', 'bedrock:InvokeModelWithResponseStream']),
    );
    for (const kind of ['foundation-model/*', 'inference-profile/*', 'application-inference-profile/*']) {
      expect(granted.filter((line) => line.includes(`:${kind}"`)).length).toBeGreaterThanOrEqual(2);
    }
    expect(granted).toHaveLength(6);
  });

  test('the secrets of the config are readable, each by its name', () => {
    const secrets = permissions(configured.gateway).filter((line) => line.startsWith('secretsmanager:GetSecretValue'));
    expect(secrets).toHaveLength(2);
    expect(secrets[0]).toContain(':secret:sluice/anthropic-??????"');
    expect(secrets[1]).toContain(':secret:sluice/openai-??????"');
  });
});
