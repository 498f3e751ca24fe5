import { type Address, readAddress } from './address.ts';
import { toFields } from './fields.ts';

const PATIENCE_MS = 5_000;

/** The endpoint of the local database that runs on a data folder; undefined when none does. Throws when it does not answer, for it may be there all the same. */
export async function findDatabase(dataDir: string, patienceMs = PATIENCE_MS): Promise<string | undefined> {
  const address = await readAddress(dataDir);
  if (address === undefined) return undefined;
  return (await answers(address, patienceMs)) ? address.endpoint : undefined;
}

// After a crash another program may have the port, or another database: the process id tells them apart.
async function answers({ endpoint, pid }: Address, patienceMs: number): Promise<boolean> {
  const patience = AbortSignal.timeout(patienceMs);
  try {
    const response = await fetch(endpoint, { signal: patience });
    return toFields(await response.json()).pid === pid;
  } catch (cause) {
    if (!patience.aborted) return false;
    throw new Error(
      `The local gateway's database at ${endpoint} does not answer within ${patienceMs / 1000} seconds: this machine is too busy, or process ${pid} hangs. Try again, or stop the gateway and start it anew.`,
      { cause },
    );
  }
}
