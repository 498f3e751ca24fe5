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

test('some are listed and removed, and again, and the others stay', async () => {
  const anns = await Promise.all(Array.from({ length: 120 }, (_, at) => keep('listed', 'ann', `req_${at}`)));
  const nobodys = await keep('listed', undefined, 'req_n');
  await keep('listed-2', 'ann', 'req_1');
  await writeFile(join(folder, `${anns[0]}.draft`), 'half');
  const prefix = capturePrefix({ tenant: 'listed' });
  const pages = await Array.fromAsync(admin.list(prefix));
  expect(pages.map(({ length }) => length)).toEqual([100, 21]);
  expect(new Set(pages.flat().map(({ key }) => key))).toEqual(new Set([...anns, nobodys]));
  const some = anns.slice(0, 119).map((key) => ({ key }));
  for (let again = 0; again < 2; again++) await admin.remove(some);
  expect((await Array.fromAsync(admin.list(prefix))).flat().map(({ key }) => key)).toEqual(
    expect.arrayContaining([anns[119], nobodys]),
  );
  expect((await Array.fromAsync(admin.list(prefix))).flat()).toHaveLength(2);
  expect(await Array.fromAsync(admin.list(capturePrefix({ tenant: 'unheard-of' })))).toEqual([]);
});

test('nothing outside is read or deleted by a key or a prefix that somebody made up', async () => {
  await writeFile(join(folder, 'outside.json.gz'), 'x');
  for (const key of ['outside.json.gz', 'captures/../outside.json.gz', 'captures/a/nobody/../../../outside.json.gz'])
    expect(await admin.read(key)).toBeUndefined();
  for (const key of ['outside.json.gz', 'captures/a/nobody/../../../outside.json.gz'])
    await expect(admin.remove([{ key }])).rejects.toThrow(/no key/);
  for (const prefix of ['', 'captures/', 'captures/../', '/']) {
    await expect(Array.fromAsync(admin.delete(prefix))).rejects.toThrow(/no prefix/);
    await expect(Array.fromAsync(admin.list(prefix))).rejects.toThrow(/no prefix/);
  }
  await access(join(folder, 'outside.json.gz'));
});

test('one that cannot be written leaves no half of it', async () => {
  const key = captureKey({ tenant: 'torn', id: 'req_1' });
  await mkdir(join(folder, key), { recursive: true }); // in its place
  await expect(keep('torn', undefined, 'req_1')).rejects.toThrow();
  await expect(access(join(folder, `${key}.draft`))).rejects.toThrow(/ENOENT/);
});

test('one that is kept while others of its place are deleted is kept, and so is its folder', async () => {
  await keep('late', 'ann', 'req_1');
  const deleting = admin.delete(capturePrefix({ tenant: 'late' }))[Symbol.asyncIterator]();
  expect(await deleting.next()).toEqual({ done: false, value: { deleted: 1 } });
  const key = await keep('late', 'ann', 'req_2');
  expect(await deleting.next()).toEqual({ done: true, value: undefined });
  expect(await admin.read(key)).toBe('"req_2"');
});

test('drafts of a process that died go, too', async () => {
  const key = await keep('died', 'ann', 'req_1');
  await writeFile(join(folder, `${key}.draft`), 'half of it');
  expect(await Array.fromAsync(admin.delete(capturePrefix({ tenant: 'died' })))).toEqual([{ deleted: 1 }]);
  await expect(access(join(folder, 'captures/died'))).rejects.toThrow(/ENOENT/);
});

test('whoever deletes again and again fails nobody who keeps, and does not fail', async () => {
  const prefix = capturePrefix({ tenant: 'busy' });
  for (let round = 0; round < 10; round++) {
    let over = false;
    const keeping = Promise.allSettled(
      Array.from({ length: 60 }, (_, at) => keep('busy', `user ${at % 6}`, `req_${at}`)),
    ).finally(() => {
      over = true;
    });
    while (!over) await Array.fromAsync(admin.delete(prefix));
    expect((await keeping).filter(({ status }) => status !== 'fulfilled')).toEqual([]);
  }
  await Array.fromAsync(admin.delete(prefix));
  await expect(access(join(folder, 'captures/busy'))).rejects.toThrow(/ENOENT/);
});
