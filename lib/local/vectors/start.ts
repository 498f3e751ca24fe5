import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { removeAddress, writeAddress } from '../dynamodb/address.ts';
import { answer } from './answer.ts';
import { front } from './front.ts';
import { openStore } from './store.ts';

/** A place for vectors on this machine. */
export type LocalVectors = {
  readonly endpoint: string;
  /** Lets the requests under way end badly; what was answered is on disk. */
  readonly close: () => Promise<void>;
};

/** Starts a server for the client of OpenSearch, with the vectors of a data folder: it speaks the part that we use, and refuses what the service would. */
export async function startVectors({ dataDir }: { readonly dataDir: string }): Promise<LocalVectors> {
  const store = await openStore(fileOf(dataDir));
  const server = front((request) => answer(store, request));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  const port = address !== null && typeof address === 'object' ? address.port : 0;
  const endpoint = `http://127.0.0.1:${port}`;
  await writeAddress(dataDir, { endpoint, pid: process.pid }, 'vectors');
  return {
    endpoint,
    close: async () => {
      await removeAddress(dataDir, 'vectors');
      server.close();
      server.closeAllConnections();
      await store.close();
    },
  };
}

/** Whether there are vectors in a data folder, or were. */
export const hasVectors = (dataDir: string): boolean => existsSync(fileOf(dataDir));

const fileOf = (dataDir: string): string => join(dataDir, 'vectors.jsonl');

/** The same, started when somebody first asks where it is: most gateways never do. */
export function vectorsOnDemand(where: { readonly dataDir: string }) {
  let started: Promise<LocalVectors> | undefined;
  return {
    endpoint: async (): Promise<string> => {
      started ??= startVectors(where).catch((error: unknown) => {
        started = undefined; // the next one tries again
        throw error;
      });
      return (await started).endpoint;
    },
    close: async (): Promise<void> => (await started)?.close(),
  };
}
