import { type Child, type Launch, spawnDatabase } from './child.ts';

/** A local database that is started again when it dies. */
export type LocalDatabase = {
  /** Stays the same when the database is started again. */
  readonly endpoint: string;
  /** Closes the database; returns when its process has ended. */
  readonly stop: () => Promise<void>;
  /** Resolves when there is no database any more: it was stopped, or kept dying and was given up. */
  readonly exited: Promise<Departure>;
};

export type Departure = { readonly stopped: true } | { readonly stopped: false; readonly reason: string };

const MOST_DEATHS = 5;
const WITHIN_MS = 60_000;

/** Starts the database of a data folder; rejects with what to do when it cannot be. */
export async function startDatabase(
  options: Omit<Launch, 'port'> & { readonly port?: number },
): Promise<LocalDatabase> {
  let child = spawnDatabase({ ...options, port: options.port ?? 0 });
  let stopping = false;
  const endpoint = await child.ready;
  const exited = keepAlive();
  return {
    endpoint,
    exited,
    stop: async () => {
      stopping = true;
      child.dismiss();
      await exited;
    },
  };

  async function keepAlive(): Promise<Departure> {
    const deaths: number[] = [];
    for (;;) {
      const reason = await child.ended;
      if (stopping) return { stopped: true };
      deaths.push(performance.now());
      if (tooMany(deaths)) return { stopped: false, reason };
      process.stderr.write(`The local database ended (${reason}); starting it again at ${endpoint}.\n`);
      child = spawnDatabase({ ...options, port: Number(new URL(endpoint).port) });
      await settled(child);
    }
  }
}

const tooMany = (deaths: readonly number[]) =>
  deaths.filter((death) => death > performance.now() - WITHIN_MS).length > MOST_DEATHS;

/** A process that fails to start counts as one more death; its reason is told once. */
async function settled({ ready }: Child): Promise<void> {
  await ready.catch((error: Error) => process.stderr.write(`${error.message}\n`));
}
