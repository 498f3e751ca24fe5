import { promisify } from 'node:util';
import { gunzip } from 'node:zlib';
import { type CaptureAdmin, isCaptureKey, isCapturePrefix } from '../captures.ts';
import { s3OnDemand } from './s3.ts';

/** What S3 deletes at once. */
const PAGE = 1_000;

/** Captures in a bucket as an operator reaches them, with the operator's own rights. */
export function bucketCaptureAdmin(Bucket: string, effort: { readonly tryMs: number; readonly tries: number }) {
  const s3 = s3OnDemand({ ...effort });
  return {
    read: async (Key) => {
      if (!isCaptureKey(Key)) return undefined;
      const { sdk, client } = await s3();
      try {
        const { Body } = await client.send(new sdk.GetObjectCommand({ Bucket, Key }));
        return Body && String(await unpacked(await Body.transformToByteArray()));
      } catch (error) {
        if (error instanceof sdk.NoSuchKey) return undefined;
        throw error;
      }
    },

    async *delete(Prefix) {
      if (!isCapturePrefix(Prefix)) throw new Error(`${JSON.stringify(Prefix)} is no prefix of captures.`);
      const { sdk, client } = await s3();
      let deleted = 0;
      for (let more = true; more; ) {
        // By versions: should the bucket have any, one without its marker would be there still. What is deleted is not
        // listed again, so each page is the first.
        const page = await client.send(new sdk.ListObjectVersionsCommand({ Bucket, Prefix, MaxKeys: PAGE }));
        const { Versions = [], DeleteMarkers = [], IsTruncated = false } = page;
        const found = [...Versions, ...DeleteMarkers].map(({ Key, VersionId }) => ({ Key, VersionId }));
        if (found.length > 0) {
          const Delete = { Objects: found, Quiet: true };
          const { Errors: [first] = [] } = await client.send(new sdk.DeleteObjectsCommand({ Bucket, Delete }));
          if (first !== undefined) throw new Error(`${first.Key} could not be deleted: ${first.Code} ${first.Message}`);
        }
        deleted += Versions.length;
        more = IsTruncated && found.length > 0;
        yield { deleted };
      }
    },

    async *list(Prefix) {
      if (!isCapturePrefix(Prefix)) throw new Error(`${JSON.stringify(Prefix)} is no prefix of captures.`);
      const { sdk, client } = await s3();
      let after: { readonly KeyMarker?: string | undefined; readonly VersionIdMarker?: string | undefined } = {};
      for (let more = true; more; ) {
        const asked = new sdk.ListObjectVersionsCommand({ Bucket, Prefix, MaxKeys: PAGE, ...after });
        const { Versions = [], IsTruncated = false, NextKeyMarker, NextVersionIdMarker } = await client.send(asked);
        yield Versions.flatMap(({ Key, VersionId }) => (Key === undefined ? [] : [{ key: Key, version: VersionId }]));
        after = { KeyMarker: NextKeyMarker, VersionIdMarker: NextVersionIdMarker };
        more = IsTruncated;
      }
    },

    async remove(stored) {
      const { sdk, client } = await s3();
      for (let from = 0; from < stored.length; from += PAGE) {
        const Objects = stored.slice(from, from + PAGE).map(({ key, version }) => {
          if (!isCaptureKey(key)) throw new Error(`${JSON.stringify(key)} is no key of a capture.`);
          return { Key: key, VersionId: version };
        });
        const Delete = { Objects, Quiet: true };
        const { Errors: [first] = [] } = await client.send(new sdk.DeleteObjectsCommand({ Bucket, Delete }));
        if (first !== undefined) throw new Error(`${first.Key} could not be deleted: ${first.Code} ${first.Message}`);
      }
    },
  } satisfies CaptureAdmin;
}

const unpacked = promisify(gunzip);
