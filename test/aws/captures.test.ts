import { once } from 'node:events';
import { createServer, type IncomingHttpHeaders, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { pathToFileURL } from 'node:url';
import { gunzipSync, gzipSync } from 'node:zlib';
import { build, stop } from 'esbuild';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { bundling } from '../../esbuild.config.ts';
import { bucketCaptureAdmin } from '../../lib/aws/capture-admin.ts';
import { bucketCaptures } from '../../lib/aws/captures.ts';
import { captureKey, capturePrefix } from '../../lib/captures.ts';
import { root, scratch } from '../support/gateway.ts';

type Asked = {
  readonly method: string;
  readonly url: URL;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
};

/** What stands in for S3: it answers as the test says, and remembers what it was asked. */
const asked: Asked[] = [];
let script: (one: Asked, response: ServerResponse) => void;
const server = createServer(async (request, response) => {
  const { method = '', headers } = request;
  const one = { method, url: new URL(`http://s3${request.url}`), headers, body: await buffer(request) };
  asked.push(one);
  script(one, response);
});
let endpoint = '';
beforeAll(async () => {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterAll(() => {
  server.closeAllConnections();
  server.close();
});
beforeEach(() => {
  asked.length = 0;
  script = (_, response) => response.end();
});

const place = { tenant: 'acme', user: 'ann@example.com', id: 'req_01' };
const key = captureKey(place);
const KMS = 'arn:aws:kms:eu-central-1:123456789012:key/1';
const env = () => ({ SLUICE_CAPTURES_BUCKET: 'kept', SLUICE_CAPTURES_KEY: KMS, SLUICE_S3_ENDPOINT: endpoint });
const captures = () => {
  const found = bucketCaptures(env());
  if (found === undefined) throw new Error('There is no place.');
  return found;
};
const patient = () => AbortSignal.timeout(10_000);

test('without a bucket there is no place, and a bucket without its key is told at once', () => {
  expect(bucketCaptures({})).toBeUndefined();
  expect(() => bucketCaptures({ SLUICE_CAPTURES_BUCKET: 'kept' })).toThrow(/SLUICE_CAPTURES_KEY/);
});

describe('a capture', () => {
  /** What was put, as S3 gets it. */
  const putOnce = () => {
    expect(asked).toHaveLength(1);
    const [{ method, url, headers, body } = { method: '', url: new URL(endpoint), headers: {}, body: Buffer.of() }] =
      asked;
    expect([method, url.pathname]).toEqual(['PUT', `/kept/${key}`]);
    expect(headers).toMatchObject({
      'x-amz-server-side-encryption': 'aws:kms',
      'x-amz-server-side-encryption-aws-kms-key-id': KMS,
      'x-amz-server-side-encryption-bucket-key-enabled': 'true',
      'content-type': 'application/json',
      'content-encoding': 'gzip',
    });
    return gunzipSync(body).toString();
  };

  test('is put under its key, packed, encrypted under the key of KMS', async () => {
    expect(await captures().keep(place, '{"v":1}', patient())).toBe(key);
    expect(putOnce()).toBe('{"v":1}');
  });

  test('is put by the bundle as it is deployed, too', async () => {
    const { folder, remove } = scratch();
    const entryPoints = { index: join(root, 'lib/aws/captures.ts') };
    await build({ ...bundling, absWorkingDir: root, entryPoints, outdir: folder, logLevel: 'warning' });
    await stop();
    const bundled: typeof import('../../lib/aws/captures.ts') = await import(
      pathToFileURL(join(folder, 'index.mjs')).href
    );
    expect(await bundled.bucketCaptures(env())?.keep(place, '{"v":1}', patient())).toBe(key);
    expect(putOnce()).toBe('{"v":1}');
    remove();
  });

  test('is put again where S3 is busy, and fails where it stays so', async () => {
    const busy = (response: ServerResponse) => response.writeHead(503).end('<Error><Code>SlowDown</Code></Error>');
    script = (_, response) => (asked.length === 1 ? busy(response) : response.end());
    expect(await captures().keep(place, '{}', patient())).toBe(key);
    expect(asked).toHaveLength(2);
    script = (_, response) => busy(response);
    await expect(captures().keep(place, '{}', patient())).rejects.toThrow(/SlowDown|UnknownError/);
    expect(asked).toHaveLength(4);
  });

  test('is given up when nobody waits any more for an S3 that is silent', async () => {
    const leaving = new AbortController();
    script = () => leaving.abort();
    await expect(captures().keep(place, '{}', leaving.signal)).rejects.toMatchObject({ name: 'AbortError' });
  });
});

describe('an operator', () => {
  const admin = () => {
    process.env.AWS_ENDPOINT_URL_S3 = endpoint;
    process.env.AWS_REGION = 'eu-central-1';
    process.env.AWS_ACCESS_KEY_ID = 'an-operator';
    process.env.AWS_SECRET_ACCESS_KEY = 'a-secret';
    return bucketCaptureAdmin('kept', { tryMs: 5_000, tries: 1 });
  };

  test('reads what is kept under a key, and nothing else', async () => {
    script = ({ url }, response) => {
      if (url.pathname === `/kept/${key}`) response.setHeader('content-encoding', 'gzip').end(gzipSync('{"v":1}'));
      else response.writeHead(404).end('<Error><Code>NoSuchKey</Code></Error>');
    };
    expect(await admin().read(key)).toBe('{"v":1}');
    expect(await admin().read(captureKey({ ...place, id: 'req_02' }))).toBeUndefined();
    expect(asked).toHaveLength(2);
    for (const other of ['other/key', `captures/../${key}`, '']) expect(await admin().read(other)).toBeUndefined();
    expect(asked).toHaveLength(2);
  });

  test('deletes all that is under a prefix, page by page, older versions too', async () => {
    const objects = new Set(['one', 'two', 'three', 'four'].map((id) => captureKey({ ...place, id })));
    script = ({ method, url, body }, response) => {
      response.setHeader('content-type', 'text/xml');
      if (method === 'GET') {
        expect(url.searchParams.get('prefix')).toBe(capturePrefix(place));
        const page = [...objects].slice(0, 3);
        const versions = page.map((Key) => `<Version><Key>${Key}</Key><VersionId>null</VersionId></Version>`).join('');
        const marker = '<DeleteMarker><Key>gone</Key><VersionId>m1</VersionId></DeleteMarker>';
        const more = objects.size > page.length;
        response.end(
          `<ListVersionsResult><IsTruncated>${more}</IsTruncated>${versions}${more ? '' : marker}</ListVersionsResult>`,
        );
        return;
      }
      for (const [, found = ''] of body.toString().matchAll(/<Key>(.*?)<\/Key>/g)) objects.delete(found);
      response.end('<DeleteResult></DeleteResult>');
    };
    expect(await Array.fromAsync(admin().delete(capturePrefix(place)))).toEqual([{ deleted: 3 }, { deleted: 4 }]);
    expect(objects.size).toBe(0);
    const deletions = asked.filter(({ method }) => method === 'POST').map(({ body }) => body.toString());
    expect(deletions).toHaveLength(2);
    expect(deletions[1]).toContain('<VersionId>m1</VersionId>');
  });

  test('is told when one cannot be deleted, and deletes nothing by what is no prefix', async () => {
    script = ({ method }, response) =>
      void response
        .setHeader('content-type', 'text/xml')
        .end(
          method === 'GET'
            ? `<ListVersionsResult><Version><Key>${key}</Key><VersionId>null</VersionId></Version></ListVersionsResult>`
            : `<DeleteResult><Error><Key>${key}</Key><Code>AccessDenied</Code><Message>no</Message></Error></DeleteResult>`,
        );
    await expect(Array.fromAsync(admin().delete(capturePrefix(place)))).rejects.toThrow(/AccessDenied/);
    asked.length = 0;
    for (const wide of ['', 'captures/', 'captures/acme', 'captures/../'])
      await expect(Array.fromAsync(admin().delete(wide))).rejects.toThrow(/no prefix/);
    expect(asked).toEqual([]);
  });

  test('lists what is under a prefix, page by page, and each version of it can be removed', async () => {
    const version = (id: string, name: string) =>
      `<Version><Key>${captureKey({ ...place, id })}</Key><VersionId>${name}</VersionId></Version>`;
    const marker = '<DeleteMarker><Key>gone</Key><VersionId>m1</VersionId></DeleteMarker>';
    const next = `<NextKeyMarker>${captureKey({ ...place, id: 'two' })}</NextKeyMarker><NextVersionIdMarker>2</NextVersionIdMarker>`;
    script = ({ url, method }, response) => {
      response.setHeader('content-type', 'text/xml');
      if (method === 'POST') return void response.end('<DeleteResult></DeleteResult>');
      const [after, over] = ['key-marker', 'version-id-marker'].map((name) => url.searchParams.get(name));
      if (after !== null) expect([after, over]).toEqual([captureKey({ ...place, id: 'two' }), '2']);
      response.end(
        after === null
          ? `<ListVersionsResult><IsTruncated>true</IsTruncated>${next}${version('one', 'null')}${version('two', '2')}</ListVersionsResult>`
          : `<ListVersionsResult><IsTruncated>false</IsTruncated>${version('two', '1')}${marker}</ListVersionsResult>`,
      );
    };
    const pages = await Array.fromAsync(admin().list(capturePrefix(place)));
    const stored = (id: string, name: string) => ({ key: captureKey({ ...place, id }), version: name });
    expect(pages).toEqual([[stored('one', 'null'), stored('two', '2')], [stored('two', '1')]]);
    asked.length = 0;
    await admin().remove(pages.flat());
    expect(asked).toHaveLength(1);
    const [{ body } = { body: Buffer.of() }] = asked;
    expect([...body.toString().matchAll(/<VersionId>(.*?)<\/VersionId>/g)].map(([, name]) => name)).toEqual([
      'null',
      '2',
      '1',
    ]);
    script = (_, response) =>
      void response
        .setHeader('content-type', 'text/xml')
        .end(
          `<DeleteResult><Error><Key>${key}</Key><Code>AccessDenied</Code><Message>no</Message></Error></DeleteResult>`,
        );
    await expect(admin().remove([stored('one', 'null')])).rejects.toThrow(/AccessDenied/);
    asked.length = 0;
    await admin().remove([]);
    await expect(admin().remove([{ key: 'other' }])).rejects.toThrow(/no key/);
    await expect(Array.fromAsync(admin().list('captures/'))).rejects.toThrow(/no prefix/);
    expect(asked).toEqual([]);
  });
});
