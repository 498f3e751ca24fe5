import { access, mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { captureKey, capturePrefix } from '../../lib/captures.ts';
import { folderCaptureAdmin, folderCaptures } from '../../lib/local/captures.ts';
import { scratch } from '../support/gateway.ts';

const { folder, remove } = scratch();
afterAll(remove);
const captures = folderCaptures(folder);
const admin = folderCaptureAdmin(folder);
const keep = (tenant: string, user: string | undefined, id: string) =>
  captures.keep({ tenant, user, id }, `"${id}"`, new AbortController().signal);

test('those of one user are deleted, and nobody else’s, page by page, and again', async () => {
  const anns = await Promise.all(Array.from({ length: 120 }, (_, at) => keep('acme', 'ann', `req_${at}`)));
  const others = [
    await keep('acme', 'bob', 'req_b'),
    await keep('acme', undefined, 'req_n'),
    await keep('two', 'ann', 'req_2'),
  ];
  const prefix = capturePrefix({ tenant: 'acme', user: 'ann' });
  expect(await Array.fromAsync(admin.delete(prefix))).toEqual([{ deleted: 100 }, { deleted: 120 }]);
  expect(await Array.fromAsync(admin.delete(prefix))).toEqual([]);
  expect(await Promise.all([...anns.slice(0, 3)].map(admin.read))).toEqual([undefined, undefined, undefined]);
  expect(await Promise.all(others.map(admin.read))).toEqual(['"req_b"', '"req_n"', '"req_2"']);
  expect(await Array.fromAsync(admin.delete(capturePrefix({ tenant: 'acme' })))).toEqual([{ deleted: 2 }]);
  await expect(access(join(folder, 'captures/acme'))).rejects.toThrow(/ENOENT/);
  expect(await admin.read(others[2] ?? '')).toBe('"req_2"');
});

test('nothing outside is read or deleted by a key or a prefix that somebody made up', async () => {
  await writeFile(join(folder, 'outside.json.gz'), 'x');
  for (const key of ['outside.json.gz', 'captures/../outside.json.gz', 'captures/a/nobody/../../../outside.json.gz'])
    expect(await admin.read(key)).toBeUndefined();
  for (const prefix of ['', 'captures/', 'captures/../', '/'])
    await expect(Array.fromAsync(admin.delete(prefix))).rejects.toThrow(/no prefix/);
});

test('one that cannot be written leaves no half of it', async () => {
  const key = captureKey({ tenant: 'torn', id: 'req_1' });
  await mkdir(join(folder, key), { recursive: true }); // in its place
  await expect(keep('torn', undefined, 'req_1')).rejects.toThrow();
  await expect(access(join(folder, `${key}.draft`))).rejects.toThrow(/ENOENT/);
});
