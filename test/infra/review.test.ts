import { App, Stack } from 'aws-cdk-lib';
import { ManagedPolicy, PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { Bucket } from 'aws-cdk-lib/aws-s3';
import { AwsSolutionsChecks } from 'cdk-nag';
import { describe, expect, test } from 'vitest';
import { doorsAsked } from '../../infra/doors-asked.ts';
import { explainMany } from '../../infra/reasons.ts';
import { synthesized, synthesizedWithCaptures, synthesizedWithVectors, synthesizedWithWeb } from './synthesized.ts';

/** What the review finds, and nobody explained. */
const findings = (app: App) => new AwsSolutionsChecks().validateScope(app).violations.map(({ ruleName }) => ruleName);

const guarded: Readonly<Record<string, unknown>> = {
  functionUrl: false,
  waf: true,
  accessLog: true,
  domain: 'llm.example.com',
  certificateArn: 'arn:aws:acm:eu-central-1:123456789012:certificate/12345678-aaaa',
};

const ownBootstrap = { '@aws-cdk/core:bootstrapQualifier': 'acme' };

describe("AWS's review of the templates", () => {
  test.each([
    ['what is deployed unless somebody asks for something', () => synthesized()],
    [
      'all that a configuration can name',
      () => synthesized({ secretNames: ['lab'], auditKeptDays: 400, tablesKey: 'customer' }),
    ],
    ['a gateway that calls no models of AWS, untraced', () => synthesized({ callsBedrock: false, traces: false })],
    ['a REST API with all that it can have', () => synthesized({ doors: doorsAsked((name) => guarded[name]) })],
    ['a function URL alone', () => synthesized({ doors: { functionUrl: true, rest: undefined } })],
    ['a place for prompts and answers', () => synthesizedWithCaptures()],
    ['the semantic cache', () => synthesizedWithVectors()],
    ['a gateway for many streams at once', () => synthesizedWithWeb()],
    ['the same in an account with a bootstrap of its own', () => synthesizedWithWeb(ownBootstrap)],
  ])('finds nothing unexplained in %s', (_, made) => {
    expect(findings(made().app)).toEqual([]);
  });

  test.each(['weak', 'strong'])(
    'of %s references it finds a right that nobody explained, and none that somebody did, of another stack or of this',
    (strength) => {
      const app = new App({ context: { '@aws-cdk/core:defaultCrossStackReferences': strength } });
      const stack = new Stack(app, 'stack');
      const role = new Role(stack, 'Role', {
        assumedBy: new ServicePrincipal('lambda.amazonaws.com'),
        managedPolicies: [ManagedPolicy.fromAwsManagedPolicyName('AdministratorAccess')],
      });
      const { bucketArn } = new Bucket(new Stack(app, 'other'), 'Bucket');
      const explained = [`arn:${stack.partition}:s3:::a/*`, `${bucketArn}/*`];
      const resources = [...explained, `arn:${stack.partition}:s3:::b/*`];
      role.addToPolicy(new PolicyStatement({ actions: ['s3:GetObject'], resources }));
      explainMany(role, explained, 'Because.');
      app.synth();
      expect(findings(app).filter((finding) => finding.includes('IAM'))).toEqual([
        expect.stringMatching(/^AwsSolutions-IAM4\[.*AdministratorAccess/),
        'AwsSolutions-IAM5[Resource::arn:<AWS::Partition>:s3:::b/*]',
      ]);
    },
  );
});
