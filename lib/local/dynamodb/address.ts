import { readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { toFields } from './fields.ts';

/** Where a running database is, or another server, for those who have only its data folder. */
export type Address = { readonly endpoint: string; readonly pid: number };

/** Of which server it is. */
type Served = 'dynamodb' | 'vectors';

const file = (dataDir: string, served: Served) => join(dataDir, `${served}.json`);

/** Leaves the address in the data folder; a reader never sees half of it. */
export async function writeAddress(dataDir: string, address: Address, served: Served = 'dynamodb'): Promise<void> {
  const draft = `${file(dataDir, served)}.${address.pid}`;
  await writeFile(draft, `${JSON.stringify(address)}\n`);
  await rename(draft, file(dataDir, served));
}

/** Takes the address away. */
export const removeAddress = (dataDir: string, served: Served = 'dynamodb'): Promise<void> =>
  rm(file(dataDir, served), { force: true });

/** The address in the data folder, though a killed server may have left it behind. */
export async function readAddress(dataDir: string, served: Served = 'dynamodb'): Promise<Address | undefined> {
  const text = await readFile(file(dataDir, served), 'utf8').catch(() => '{}');
  const { endpoint, pid } = toFields(JSON.parse(text));
  return typeof endpoint === 'string' && typeof pid === 'number' ? { endpoint, pid } : undefined;
}
