import { Stack } from 'aws-cdk-lib';
import { PolicyStatement, type Role } from 'aws-cdk-lib/aws-iam';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import type { IBucket } from 'aws-cdk-lib/aws-s3';
import { CAPTURES_BUCKET, CAPTURES_KEY } from '../lib/aws/captures.ts';
import { CAPTURES } from '../lib/captures.ts';
import { explainMany } from './reasons.ts';

/** A place for captures. */
export type CapturesPlace = { readonly bucket: IBucket; readonly key: IKey };

/** How a function is told of it. */
export const capturesTold = ({ bucket, key }: CapturesPlace): Record<string, string> => ({
  [CAPTURES_BUCKET]: bucket.bucketName,
  [CAPTURES_KEY]: key.keyArn,
});

/** Lets a role keep captures, and no more: it can neither read, list nor delete one. */
export function grantKeeping({ bucket, key }: CapturesPlace, role: Role): void {
  role.addToPolicy(
    new PolicyStatement({ actions: ['s3:PutObject'], resources: [bucket.arnForObjects(`${CAPTURES}*`)] }),
  );
  explainMany(role, [bucket.arnForObjects(`${CAPTURES}*`)], 'Each call has a key of its own in the bucket.');
  // By way of S3 alone, which encrypts with what it gets. https://docs.aws.amazon.com/AmazonS3/latest/userguide/UsingKMSEncryption.html
  role.addToPolicy(
    new PolicyStatement({
      actions: ['kms:GenerateDataKey'],
      resources: [key.keyArn],
      conditions: { StringEquals: { 'kms:ViaService': `s3.${Stack.of(role).region}.amazonaws.com` } },
    }),
  );
}
