import { describe, expect, test } from 'vitest';
import { logicalIds, synthesized, synthesizedWithCaptures } from './synthesized.ts';

const { gateway, captures } = synthesizedWithCaptures();

/** The one resource of its type in a template. */
const only = (template: typeof gateway, type: string) => {
  const [found, ...more] = Object.values(template.findResources(type));
  expect(more).toEqual([]);
  return found;
};

test('without it the gateway has no variable, no permission, no alarm and no output for captures', () => {
  const without = JSON.stringify(synthesized().gateway.toJSON());
  expect(without).not.toMatch(/aptures|CAPTURES|s3:PutObject|kms:/);
});

describe('what is kept', () => {
  const key = { 'Fn::GetAtt': [expect.stringMatching(/^Key/), 'Arn'] };

  test('is encrypted under a key of its own that changes every year, one call of KMS for many objects', () => {
    expect(only(captures, 'AWS::KMS::Key')?.Properties).toMatchObject({ EnableKeyRotation: true });
    expect(only(captures, 'AWS::S3::Bucket')?.Properties.BucketEncryption).toEqual({
      ServerSideEncryptionConfiguration: [
        {
          BucketKeyEnabled: true,
          ServerSideEncryptionByDefault: { SSEAlgorithm: 'aws:kms', KMSMasterKeyID: key },
        },
      ],
    });
  });

  test('is public to nobody, belongs to the account whoever put it there, and is reached by TLS alone', () => {
    expect(only(captures, 'AWS::S3::Bucket')?.Properties).toMatchObject({
      PublicAccessBlockConfiguration: {
        BlockPublicAcls: true,
        BlockPublicPolicy: true,
        IgnorePublicAcls: true,
        RestrictPublicBuckets: true,
      },
      OwnershipControls: { Rules: [{ ObjectOwnership: 'BucketOwnerEnforced' }] },
    });
    expect(only(captures, 'AWS::S3::BucketPolicy')?.Properties.PolicyDocument.Statement).toEqual([
      expect.objectContaining({
        Effect: 'Deny',
        Action: 's3:*',
        Principal: { AWS: '*' },
        Condition: { Bool: { 'aws:SecureTransport': 'false' } },
      }),
    ]);
  });

  test.each([
    ['30 days', undefined, 30],
    ['as long as is asked', 7, 7],
  ])('is kept for %s, and nothing is left of it then', (_, keptDays, days) => {
    const template = synthesizedWithCaptures({ keptDays }).captures;
    expect(only(template, 'AWS::S3::Bucket')?.Properties.LifecycleConfiguration).toEqual({
      Rules: [
        {
          Status: 'Enabled',
          ExpirationInDays: days,
          NoncurrentVersionExpiration: { NoncurrentDays: 1 },
          AbortIncompleteMultipartUpload: { DaysAfterInitiation: 1 },
        },
      ],
    });
    expect(only(template, 'AWS::S3::Bucket')?.Properties).not.toHaveProperty('VersioningConfiguration');
  });

  test('stays when its stack is deleted, and so does the key without which nobody can read it', () => {
    for (const type of ['AWS::S3::Bucket', 'AWS::KMS::Key'])
      expect(only(captures, type)).toMatchObject({ DeletionPolicy: 'Retain', UpdateReplacePolicy: 'Retain' });
  });

  test('knows nothing of the gateway, so that either stack can be deployed first that is not there', () => {
    expect(JSON.stringify(captures.toJSON())).not.toContain('gateway');
  });
});

describe('the gateway with captures', () => {
  const told = (output: string) => ({
    'Fn::GetStackOutput': expect.objectContaining({
      StackName: 'sluice-captures',
      OutputName: expect.stringContaining(output),
    }),
  });

  test('puts objects under captures/ with that key, by way of S3, and does nothing else with either', () => {
    const statements: readonly { readonly Action: string; readonly Resource: unknown }[] = Object.values(
      gateway.findResources('AWS::IAM::Policy'),
    ).flatMap(({ Properties }) => Properties.PolicyDocument.Statement);
    const ours = statements.filter((statement) => /"(s3|kms):|sluice-captures/.test(JSON.stringify(statement)));
    expect(ours).toEqual([
      {
        Effect: 'Allow',
        Action: 's3:PutObject',
        Resource: { 'Fn::Join': ['', [told('GetAttCaptures'), '/captures/*']] },
      },
      {
        Effect: 'Allow',
        Action: 'kms:GenerateDataKey',
        Resource: told('GetAttKey'),
        Condition: {
          StringEquals: { 'kms:ViaService': { 'Fn::Join': ['', ['s3.', { Ref: 'AWS::Region' }, '.amazonaws.com']] } },
        },
      },
    ]);
    const [role, ...others] = Object.entries(gateway.findResources('AWS::IAM::Policy')).filter(([, policy]) =>
      JSON.stringify(policy).includes('s3:PutObject'),
    );
    expect([role?.[0], others]).toEqual([expect.stringMatching(/^FrontDoorRole/), []]);
  });

  test('is told where, and its stack tells operators', () => {
    const variables = Object.values(gateway.findResources('AWS::Lambda::Function')).flatMap(({ Properties }) => {
      const { SLUICE_CAPTURES_BUCKET: bucket, SLUICE_CAPTURES_KEY: key } = Properties.Environment?.Variables ?? {};
      return bucket === undefined ? [] : [{ bucket, key }];
    });
    expect(variables).toEqual([{ bucket: told('RefCaptures'), key: told('GetAttKey') }]);
    expect(gateway.findOutputs('CapturesBucket').CapturesBucket?.Value).toEqual(told('RefCaptures'));
  });

  test('has an alarm for what could not be kept', () => {
    expect(logicalIds(gateway, 'AWS::CloudWatch::Alarm')).toHaveLength(
      logicalIds(synthesized().gateway, 'AWS::CloudWatch::Alarm').length + 1,
    );
    gateway.hasResourceProperties('AWS::CloudWatch::Alarm', { MetricName: 'CaptureFailed', Threshold: 1 });
  });
});
