import type { Store } from './dynalite.ts';
import { openStore } from './open-store.ts';

/** The open store and the work under way on it. */
export type Engine = {
  /** Runs work on the store. */
  readonly use: <T>(work: (store: Store) => Promise<T>) => Promise<T>;
  /** Fails the work under way with this error and opens the store anew. */
  readonly recover: (error: unknown) => Promise<void>;
  /** Lets the work under way end, then gives the folder back. Work that comes later is refused. */
  readonly close: () => Promise<void>;
};

/** Opens the store in a data folder; throws a message for the person who started it when that cannot be. */
export async function openEngine(dataDir: string): Promise<Engine> {
  const underWay = new Map<Promise<unknown>, (error: unknown) => void>();
  let store = openStore(dataDir);
  let closing = false;
  await store;
  return { use, recover, close };

  async function use<T>(work: (store: Store) => Promise<T>): Promise<T> {
    const open = await store;
    if (closing) throw new Error('The local database is closing.');
    const { promise, resolve, reject } = Promise.withResolvers<T>();
    underWay.set(promise, reject);
    work(open).then(resolve, reject);
    try {
      return await promise;
    } finally {
      underWay.delete(promise);
    }
  }

  // What dynalite throws past its callbacks leaves an item locked for ever; only a new store has new locks.
  async function recover(error: unknown): Promise<void> {
    for (const fail of underWay.values()) fail(error);
    store = store.then(async (broken) => {
      await broken.db.close();
      return openStore(dataDir);
    });
    await store;
  }

  async function close(): Promise<void> {
    closing = true;
    await Promise.allSettled(underWay.keys());
    await (await store).db.close();
  }
}
