import { readAddress } from './address.ts';
import { toFields } from './fields.ts';

const TIMEOUT_MS = 1000;

/** The endpoint of the local database that runs on a data folder; undefined when none does. */
export async function findDatabase(dataDir: string): Promise<string | undefined> {
  const address = await readAddress(dataDir);
  if (address === undefined) return undefined;
  const pid = await pidAt(address.endpoint).catch(() => undefined);
  return pid === address.pid ? address.endpoint : undefined;
}

// After a crash another program may have the port, or another database: the process id tells them apart.
async function pidAt(endpoint: string): Promise<unknown> {
  const response = await fetch(endpoint, { signal: AbortSignal.timeout(TIMEOUT_MS) });
  return toFields(await response.json()).pid;
}
