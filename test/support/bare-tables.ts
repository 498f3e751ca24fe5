import { afterAll } from 'vitest';
import { scratch } from './gateway.ts';
import { startTables } from './tables.ts';

/** Starts empty tables for a test file, on a database of their own that ends with it. */
export async function bareTables() {
  const { folder, remove } = scratch();
  const tables = await startTables(`${folder}/data`, 'bare');
  afterAll(async () => {
    await tables.stop();
    remove();
  });
  return { tables, folder };
}
