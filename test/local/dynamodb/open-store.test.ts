import { once } from 'node:events';
import { readdirSync, statSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { Level } from '../../../lib/local/dynamodb/level.ts';
import { openStore } from '../../../lib/local/dynamodb/open-store.ts';
import { chance } from '../../support/chance.ts';
import { dataFolder } from './house.ts';

const { create }: { create: (options: { path: string }) => { db: Level } } = createRequire(import.meta.url)(
  'dynalite/db',
);

const KEYS = 20;
const LETTERS = 20_000;

test('of a folder whose ranges an earlier release left open, the last of each value is left', async () => {
  const dataDir = await dataFolder();
  const path = join(dataDir, 'dynamodb');
  const { db: before } = create({ path }); // dynalite's own, as that release had it
  await before.open();
  const dice = chance(1);
  const rest = Array.from({ length: LETTERS }, () => String.fromCharCode(35 + 50 * dice())).join('');
  for (let count = 0; count < 50 * KEYS; count++) {
    await before.put(`key ${count % KEYS}`, { count, rest });
    if (count % KEYS === 0) await once(before.createValueStream({ limit: 1 }), 'data');
  }
  await before.compactRange('!', '~'); // into the deepest files, with all that was held
  await before.close();
  expect(sizeOf(path)).toBeGreaterThan(20 * KEYS * LETTERS);

  const { db } = await openStore(dataDir);
  for (let key = 0; key < KEYS; key++) expect(await db.get(`key ${key}`)).toHaveProperty('count', 49 * KEYS + key);
  await db.close();
  expect(sizeOf(path)).toBeLessThan(2 * KEYS * LETTERS);
});

test('a table that was being made when its database died is there', async () => {
  const dataDir = await dataFolder();
  const { db: before } = create({ path: join(dataDir, 'dynamodb') });
  await before.open();
  await before.put('table~One', { TableName: 'One', TableStatus: 'CREATING' });
  await before.put('table~Two', { TableName: 'Two', TableStatus: 'DELETING' });
  await before.close();
  const { db } = await openStore(dataDir);
  expect(await db.get('table~One')).toEqual({ TableName: 'One', TableStatus: 'ACTIVE' });
  expect(await db.get('table~Two')).toHaveProperty('TableStatus', 'DELETING');
  await db.close();
});

const sizeOf = (folder: string) =>
  readdirSync(folder).reduce((sum, name) => sum + statSync(join(folder, name)).size, 0);
