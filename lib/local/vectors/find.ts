import { type Address, readAddress } from '../dynamodb/address.ts';
import { PROCESS } from './front.ts';
import { hasVectors } from './start.ts';

const PATIENCE_MS = 5_000;

/** The endpoint of the vectors that a gateway serves from a data folder; undefined where it has none. Throws where it has some, and serves them not. */
export async function findVectors(dataDir: string): Promise<string | undefined> {
  const address = await readAddress(dataDir, 'vectors');
  if (address !== undefined && (await serves(address))) return address.endpoint;
  if (!hasVectors(dataDir)) return undefined;
  throw new Error(
    `There are vectors in ${dataDir}, and the gateway that runs on it does not serve them. Stop it and start it anew, then do this again.`,
  );
}

// After a crash another program may have the port.
async function serves({ endpoint, pid }: Address): Promise<boolean> {
  try {
    const { headers } = await fetch(endpoint, { signal: AbortSignal.timeout(PATIENCE_MS) });
    return headers.get(PROCESS) === String(pid);
  } catch {
    return false;
  }
}
