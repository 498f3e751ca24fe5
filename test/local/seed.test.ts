import { afterAll, beforeAll, expect, test } from 'vitest';
import { seed } from '../../lib/local/seed.ts';
import { keyHash } from '../../lib/pipeline/authenticate.ts';
import { demoKey, scratch } from '../support/gateway.ts';
import { startTables, type Tables } from '../support/tables.ts';

const { folder, remove } = scratch();
let tables: Tables;
beforeAll(async () => {
  tables = await startTables(`${folder}/data`); // seeds once, with demoKey
});
afterAll(async () => {
  await tables?.stop();
  remove();
});
const ids = async () => (await tables.admin.keys()).map(({ id }) => id).sort();

test('seeding twice changes nothing: a chosen key is shown again, a made one never', async () => {
  const before = await ids();
  expect(before).toHaveLength(1);
  expect(await seed(tables.admin, demoKey)).toBe(demoKey);
  expect(await seed(tables.admin, undefined)).toBeUndefined();
  expect(await ids()).toEqual(before);
});

test('another chosen key, of any shape, is made beside those there are', async () => {
  expect(await seed(tables.admin, 'my own key')).toBe('my own key');
  expect(await tables.item('access', `key#${keyHash('my own key')}`, 'key')).toMatchObject({
    tenant: 'demo',
    name: 'demo',
  });
  expect(await ids()).toHaveLength(2);
});

test('a tenant without a key gets one that nobody chose, once', async () => {
  const fresh = await startTables(`${folder}/fresh`, 'bare');
  try {
    expect(await fresh.admin.keys()).toEqual([]);
    const shown = await seed(fresh.admin, undefined);
    expect(shown).toMatch(/^sk-sluice-[\w-]{43}$/);
    expect(await fresh.item('access', `key#${keyHash(String(shown))}`, 'key')).toMatchObject({ tenant: 'demo' });
    expect(await seed(fresh.admin, undefined)).toBeUndefined();
  } finally {
    await fresh.stop();
  }
});

test.each(['clé', ' key', 'key ', 'a\nb'])('%j cannot travel in a header, and is refused', async (key) => {
  await expect(seed(tables.admin, key)).rejects.toThrow(/SLUICE_DEMO_KEY must be printable ASCII/);
});
