import { readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { toFields } from './fields.ts';

/** Where a running database is, for those who have only its data folder. */
export type Address = { readonly endpoint: string; readonly pid: number };

const file = (dataDir: string) => join(dataDir, 'dynamodb.json');

/** Leaves the address in the data folder; a reader never sees half of it. */
export async function writeAddress(dataDir: string, address: Address): Promise<void> {
  const draft = `${file(dataDir)}.${address.pid}`;
  await writeFile(draft, `${JSON.stringify(address)}\n`);
  await rename(draft, file(dataDir));
}

/** Takes the address away. */
export const removeAddress = (dataDir: string): Promise<void> => rm(file(dataDir), { force: true });

/** The address in the data folder, though a killed database may have left it behind. */
export async function readAddress(dataDir: string): Promise<Address | undefined> {
  const text = await readFile(file(dataDir), 'utf8').catch(() => '{}');
  const { endpoint, pid } = toFields(JSON.parse(text));
  return typeof endpoint === 'string' && typeof pid === 'number' ? { endpoint, pid } : undefined;
}
