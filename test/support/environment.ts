import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { localTableNames } from '../../lib/aws/tables.ts';
import { worldAt } from '../../lib/aws/world.ts';
import type { Config } from '../../lib/config/config.ts';
import { openDoor } from '../../lib/http/door.ts';
import { databaseTime } from './database-time.ts';

/** Another environment of the gateway, in a process of its own, over the same tables. */
export type Environment = {
  readonly url: string;
  readonly process: ChildProcess;
  /** What it has done, and not told yet. */
  readonly told: () => Promise<Told>;
  /** Ends it as a machine does that loses its power. */
  readonly kill: () => Promise<void>;
};

/** What a process has done: the time it computed so far, and how long each look into the cache was on its way since it told last; in milliseconds. */
type Told = { readonly cpuMs: number; readonly lookMs: readonly number[] };

type Site = {
  readonly endpoint: string;
  readonly config: Config;
  /** What is seen of its calls: lines of the log, lines of metrics; nothing where it is not said. */
  readonly shows?: boolean;
  readonly env?: Readonly<Record<string, string>>;
};

/** Starts another environment. */
export async function startEnvironment(site: Site): Promise<Environment> {
  const child = spawn(process.execPath, [fileURLToPath(import.meta.url), JSON.stringify(site)], {
    env: { ...process.env, LAB_KEY: 'sk-lab', POWERTOOLS_LOG_LEVEL: site.shows ? 'INFO' : 'SILENT', ...site.env },
    stdio: ['ignore', 'pipe', 'inherit', 'ipc'],
  });
  if (child.stdout === null) throw new Error('An environment must say where it is.');
  const [port] = await once(createInterface({ input: child.stdout }), 'line');
  return {
    url: `http://127.0.0.1:${port}/v1`,
    process: child,
    told: async () => {
      const answer = once(child, 'message');
      child.send('tell');
      const [told] = await answer;
      return told;
    },
    kill: async () => {
      const gone = once(child, 'exit');
      child.kill('SIGKILL');
      await gone;
    },
  };
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const { endpoint, config, shows = false }: Site = JSON.parse(process.argv[2] ?? '');
  const lookMs = databaseTime('BatchGetItem');
  const site = { env: process.env, config, tables: localTableNames, endpoint, patienceMs: 10_000, countsCalls: shows };
  const world = worldAt(site);
  const door = await openDoor(world, { host: '127.0.0.1', port: 0 });
  process.stdout.write(`${door.port}\n`);
  process.on('message', () => {
    const { user, system } = process.cpuUsage();
    const told: Told = { cpuMs: (user + system) / 1000, lookMs: lookMs.splice(0) };
    process.send?.(told);
  });
}
