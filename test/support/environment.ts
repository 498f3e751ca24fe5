import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { localTableNames } from '../../lib/aws/tables.ts';
import { worldAt } from '../../lib/aws/world.ts';
import type { Config } from '../../lib/config/config.ts';
import { openDoor } from '../../lib/http/door.ts';

/** Another environment of the gateway, in a process of its own, over the same tables. */
export type Environment = {
  readonly url: string;
  readonly process: ChildProcess;
  /** Ends it as a machine does that loses its power. */
  readonly kill: () => Promise<void>;
};

type Site = { readonly endpoint: string; readonly config: Config };

/** Starts another environment. */
export async function startEnvironment(site: Site): Promise<Environment> {
  const child = spawn(process.execPath, [fileURLToPath(import.meta.url), JSON.stringify(site)], {
    env: { ...process.env, LAB_KEY: 'sk-lab', POWERTOOLS_LOG_LEVEL: 'SILENT' },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const [port] = await once(createInterface({ input: child.stdout }), 'line');
  return {
    url: `http://127.0.0.1:${port}/v1`,
    process: child,
    kill: async () => {
      const gone = once(child, 'exit');
      child.kill('SIGKILL');
      await gone;
    },
  };
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const { endpoint, config }: Site = JSON.parse(process.argv[2] ?? '');
  const world = worldAt({ env: process.env, config, tables: localTableNames, endpoint, patienceMs: 10_000 });
  const door = await openDoor(world, { host: '127.0.0.1', port: 0 });
  process.stdout.write(`${door.port}\n`);
}
