import { renameSync, rmSync, writeFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';

const file = (dataDir: string) => join(dataDir, 'gateway.json');

/** Leaves the base URL of the gateway that runs on a data folder there, for those who have only the folder; whole before it is told to anybody. */
export function writeGateway(dataDir: string, baseUrl: string): void {
  const draft = `${file(dataDir)}.${process.pid}`;
  writeFileSync(draft, `${JSON.stringify({ baseUrl })}\n`);
  renameSync(draft, file(dataDir));
}

export const removeGateway = (dataDir: string): void => rmSync(file(dataDir), { force: true });

/** The base URL in the data folder, though a gateway that was killed may have left it behind; undefined where there is none. */
export async function readGateway(dataDir: string): Promise<string | undefined> {
  const text = await readFile(file(dataDir), 'utf8').catch(() => '{}');
  const { baseUrl }: { readonly baseUrl?: unknown } = JSON.parse(text);
  return typeof baseUrl === 'string' ? baseUrl : undefined;
}
