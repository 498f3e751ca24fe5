import { promisify } from 'node:util';
import { gzip } from 'node:zlib';
import { type Captures, captureKey } from '../captures.ts';
import { s3OnDemand } from './s3.ts';

/** The variables that tell a function where captures are kept, and under which key of KMS. */
export const CAPTURES_BUCKET = 'SLUICE_CAPTURES_BUCKET';
export const CAPTURES_KEY = 'SLUICE_CAPTURES_KEY';

const TRY_MS = 1_400;

/** Captures in a bucket, each encrypted under a key of KMS; undefined where the environment names no bucket. */
export function bucketCaptures(env: Readonly<Record<string, string | undefined>>): Captures | undefined {
  const { [CAPTURES_BUCKET]: Bucket, [CAPTURES_KEY]: SSEKMSKeyId } = env;
  if (!Bucket) return undefined;
  if (!SSEKMSKeyId) throw new Error(`Set ${CAPTURES_KEY} to the key that ${CAPTURES_BUCKET} is encrypted with.`);
  const s3 = s3OnDemand({ endpoint: env.SLUICE_S3_ENDPOINT, tryMs: TRY_MS, tries: 2 });
  return {
    keep: async (place, text, abortSignal) => {
      const Key = captureKey(place);
      const [{ sdk, client }, Body] = await Promise.all([s3(), packed(text)]);
      const command = new sdk.PutObjectCommand({
        Bucket,
        Key,
        Body,
        ContentType: 'application/json',
        ContentEncoding: 'gzip',
        ServerSideEncryption: 'aws:kms',
        SSEKMSKeyId,
        BucketKeyEnabled: true, // one call of KMS pays for many objects
      });
      await client.send(command, { abortSignal });
      return Key;
    },
  };
}

const packed = promisify(gzip);
