import { Duration, RemovalPolicy, Stack, type StackProps } from 'aws-cdk-lib';
import { Key } from 'aws-cdk-lib/aws-kms';
import { BlockPublicAccess, Bucket, BucketEncryption, ObjectOwnership } from 'aws-cdk-lib/aws-s3';
import type { Construct } from 'constructs';
import { explain } from './reasons.ts';

export type CapturesStackProps = StackProps & {
  /**
   * For how many days a capture is kept.
   * @default - 30
   */
  readonly keptDays?: number | undefined;
};

/** Where prompts and answers are kept of tenants that want it. It outlives its stack, and its content its time only by hours. */
export class CapturesStack extends Stack {
  readonly bucket: Bucket;
  readonly key: Key;

  constructor(scope: Construct, id: string, { keptDays = 30, ...props }: CapturesStackProps = {}) {
    super(scope, id, props);
    this.key = new Key(this, 'Key', {
      description: 'Sluice: prompts and answers that are kept',
      enableKeyRotation: true,
      removalPolicy: RemovalPolicy.RETAIN, // without it nobody can read any of them
    });
    const time = Duration.days(keptDays);
    this.bucket = new Bucket(this, 'Captures', {
      encryption: BucketEncryption.KMS,
      encryptionKey: this.key,
      bucketKeyEnabled: true,
      blockPublicAccess: BlockPublicAccess.BLOCK_ALL,
      objectOwnership: ObjectOwnership.BUCKET_OWNER_ENFORCED,
      enforceSSL: true,
      lifecycleRules: [
        {
          expiration: time,
          noncurrentVersionExpiration: Duration.days(1), // should somebody switch versions on
          abortIncompleteMultipartUploadAfter: Duration.days(1),
        },
      ],
      removalPolicy: RemovalPolicy.RETAIN,
    });
    explain(
      this.bucket,
      'S1',
      'Who reads a prompt is in the audit log, or in CloudTrail; a log of access would keep users longer than their prompts.',
    );
    // Exported whoever imports them: CloudFormation refuses to drop an export while a Web Function of yesterday still uses it.
    for (const told of [this.bucket.bucketName, this.key.keyArn]) this.exportValue(told);
  }
}
