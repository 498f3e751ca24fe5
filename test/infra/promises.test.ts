import { App, CfnResource, Stack } from 'aws-cdk-lib';
import type { Template } from 'aws-cdk-lib/assertions';
import { describe, expect, test } from 'vitest';
import cdkJson from '../../cdk.json' with { type: 'json' };
import { doorsAsked } from '../../infra/doors-asked.ts';
import { synthesized, synthesizedWithVectors } from './synthesized.ts';

const everything: Readonly<Record<string, unknown>> = {
  waf: true,
  accessLog: true,
  domain: 'llm.example.com',
  certificateArn: 'arn:aws:acm:eu-central-1:123456789012:certificate/12345678-aaaa',
};
const usual = synthesized();
const all = synthesized({ tablesKey: 'customer', secretNames: ['lab'], doors: doorsAsked((name) => everything[name]) });
const withVectors = synthesizedWithVectors();
const templates: readonly Template[] = [
  usual.state,
  usual.gateway,
  all.state,
  all.gateway,
  withVectors.gateway,
  withVectors.semanticCache,
];

/** Of all templates the resources of a type, CDK's own too, by which it invokes. */
const found = (type: string) =>
  templates.flatMap((template) =>
    Object.entries(template.findResources(type)).map(([id, { Properties }]) => ({ id, Properties })),
  );

describe('whatever is asked for', () => {
  test('every function runs on Graviton and Node 24, and writes to a log that is kept for a time', () => {
    const functions = found('AWS::Lambda::Function');
    expect(functions.length).toBeGreaterThan(6);
    for (const { Properties } of functions) {
      expect(Properties).toMatchObject({ Runtime: 'nodejs24.x', Architectures: ['arm64'] });
      expect(Properties.LoggingConfig.LogGroup).toEqual({ Ref: expect.stringMatching(/Logs/) });
    }
    const forEver = found('AWS::Logs::LogGroup').filter(({ Properties }) => Properties?.RetentionInDays !== 30);
    expect(new Set(forEver.map(({ id }) => id))).toEqual(new Set(['AuditTrailLogsD47DB5AF']));
  });

  test('every function has a role to itself', () => {
    for (const template of templates) {
      const roles = Object.values(template.findResources('AWS::Lambda::Function')).map(({ Properties }) =>
        JSON.stringify(Properties.Role),
      );
      expect(new Set(roles).size).toBe(roles.length);
    }
  });

  test('no bucket is public, and none is read without TLS', () => {
    const buckets = found('AWS::S3::Bucket');
    expect(buckets.length).toBeGreaterThan(0);
    for (const { Properties } of buckets)
      expect(Properties.PublicAccessBlockConfiguration).toEqual({
        BlockPublicAcls: true,
        BlockPublicPolicy: true,
        IgnorePublicAcls: true,
        RestrictPublicBuckets: true,
      });
    const policies = found('AWS::S3::BucketPolicy').flatMap(({ Properties }) => Properties.PolicyDocument.Statement);
    for (const { Effect } of policies) expect(Effect).toBe('Deny');
  });

  test('every alarm tells the topic', () => {
    const alarms = found('AWS::CloudWatch::Alarm');
    expect(alarms.length).toBeGreaterThan(20);
    for (const { Properties } of alarms)
      expect(JSON.stringify(Properties.AlarmActions)).toMatch(
        /^\[\{"(Ref|Fn::ImportValue)":"[^"]*Alerts[0-9A-F]+"\}\]$/,
      );
  });

  test('no role may do all of something, or something to all, but for the segments of traces', () => {
    const statements: readonly Statement[] = found('AWS::IAM::Policy').flatMap(
      ({ Properties }) => Properties.PolicyDocument.Statement,
    );
    expect(statements.length).toBeGreaterThan(30);
    for (const { Effect, Action, Resource } of statements) {
      const actions = [Action].flat();
      expect(Effect).toBe('Allow');
      expect(actions.join()).not.toContain('*');
      if (Resource === '*') expect(actions.every((action) => action.startsWith('xray:Put'))).toBe(true);
    }
  });

  test('what is allowed of some keys of a table is allowed of no request that names none', () => {
    const conditions = found('AWS::IAM::Policy')
      .flatMap(({ Properties }) => Properties.PolicyDocument.Statement)
      .flatMap(({ Condition = {} }) => (JSON.stringify(Condition).includes('LeadingKeys') ? [Condition] : []));
    expect(conditions.length).toBeGreaterThan(10);
    for (const { Null } of conditions) expect(Null).toEqual({ 'dynamodb:LeadingKeys': 'false' });
  });

  test('no role may delete or change a table, or read a secret that the configuration does not name', () => {
    const policies = JSON.stringify(found('AWS::IAM::Policy'));
    expect(policies).not.toMatch(/dynamodb:(\w*Table|\w*Backup|\*)/);
    const secrets = new Set(policies.match(/:secret:[^"]*/g));
    expect(secrets).toEqual(new Set([':secret:sluice/*', ':secret:lab-??????']));
    expect(policies.match(/secretsmanager:\w+/g)?.every((action) => action === 'secretsmanager:GetSecretValue')).toBe(
      true,
    );
  });

  test('no secret is in a template, nor in the environment of a function', () => {
    for (const template of templates)
      expect(JSON.stringify(template.toJSON())).not.toMatch(/resolve:(secretsmanager|ssm)|SecretString|sk-|"NoEcho"/);
    const names = found('AWS::Lambda::Function').flatMap(({ Properties }) =>
      Object.keys(Properties.Environment?.Variables ?? {}),
    );
    expect(names.length).toBeGreaterThan(20);
    expect(names.filter((name) => /KEY|TOKEN|SECRET|PASSWORD/i.test(name))).toEqual([]);
  });

  test('no door grants anything to a web page of another origin', () => {
    for (const template of templates) expect(JSON.stringify(template.toJSON())).not.toMatch(/"Cors"|access-control-/i);
    expect(found('AWS::Lambda::Url').length).toBeGreaterThan(0);
  });

  test('a firewall guards a REST API and no function', () => {
    const guards = found('AWS::WAFv2::WebACLAssociation').map(({ Properties }) =>
      JSON.stringify(Properties.ResourceArn),
    );
    expect(guards).toEqual([expect.stringContaining('/restapis/')]);
  });
});

type Statement = { readonly Effect: string; readonly Action: string | readonly string[]; readonly Resource: unknown };

test('a template that CloudFormation would refuse does not get that far', () => {
  const app = new App({ context: cdkJson.context });
  new CfnResource(new Stack(app, 'stack'), 'Topic', { type: 'AWS::SNS::Topic', properties: { TopicNam: 'alerts' } });
  expect(() => app.synth()).toThrow(/TopicNam/);
});
