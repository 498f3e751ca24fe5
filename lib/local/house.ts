import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { accessAdmin } from '../aws/access-admin.ts';
import { createTables } from '../aws/create-tables.ts';
import { dynamodb } from '../aws/dynamodb.ts';
import { localTableNames } from '../aws/tables.ts';
import { sweepAt, worldAt } from '../aws/world.ts';
import { type Config, emptyConfig } from '../config/config.ts';
import { ConfigError, readConfig } from '../config/read.ts';
import { wrongBase } from '../config/schema.ts';
import { providerProblems, switchedOn } from '../providers/index.ts';
import { banner } from './banner.ts';
import { startDatabase } from './dynamodb/start.ts';
import { ECHO_BASE_URL, withEcho } from './echo.ts';
import { keepSweeping } from './keep-sweeping.ts';
import { seed } from './seed.ts';

type Environment = Readonly<Record<string, string | undefined>>;

/** How long what a call came to is tried to be written, should the database be away. */
const PATIENCE_MS = 10 * 60_000;

const DEFAULT_CONFIG = 'sluice.config.yaml';

/** A gateway on this machine: the embedded database with its tables and first key, and the world over them. */
export async function openHouse() {
  if (existsSync('.env')) process.loadEnvFile('.env'); // what the shell has set stays
  const { env } = process;
  const config = localConfig(env);
  const dataDir = env.SLUICE_DATA_DIR || '.sluice';
  const database = await startDatabase({
    dataDir,
    // Beside us once bundled: dist/gateway-web and dist/dynamodb.
    program: fileURLToPath(new URL('../dynamodb/index.mjs', import.meta.url)),
  });
  database.exited.then((departure) => {
    if (departure.stopped) return;
    process.stderr.write(`The local database is gone for good (${departure.reason}), so this gateway ends.\n`);
    process.exit(1);
  });
  const client = dynamodb({ endpoint: database.endpoint, tryMs: 10_000, tries: 3 });
  await createTables(client);
  const stopSweeping = keepSweeping(sweepAt(localTableNames, database.endpoint));
  let key: string | undefined;
  return {
    world: worldAt({
      env,
      config,
      tables: localTableNames,
      endpoint: database.endpoint,
      patienceMs: PATIENCE_MS,
      around: withEcho,
    }),
    // The first key is made once the port is ours, for it is shown only once.
    prepare: async () => {
      key = await seed(accessAdmin(client, localTableNames), env.SLUICE_DEMO_KEY || undefined);
      client.destroy();
    },
    welcome: (port: number) => {
      const host = env.HOST || '127.0.0.1';
      process.stdout.write(banner({ host, port, dataDir, key, providers: Object.keys(config.providers) }));
    },
    close: () => {
      stopSweeping();
      return database.stop();
    },
  };
}

/** The configuration file, the providers whose keys are in the environment, and the model that needs neither. */
function localConfig(env: Environment): Config {
  const file = env.SLUICE_CONFIG || (existsSync(DEFAULT_CONFIG) ? DEFAULT_CONFIG : undefined);
  const written = file === undefined ? emptyConfig : readConfig(readFileSync(file, 'utf8'), file, providerProblems);
  const config = switchedOn(written, env);
  for (const [name, { baseUrl, allowPrivate }] of Object.entries(config.providers)) {
    // A file's addresses have been checked; those in the environment come here unchecked.
    const problem = baseUrl === undefined ? undefined : wrongBase(baseUrl, allowPrivate === true);
    if (problem !== undefined)
      throw new ConfigError(`The address of ${name} in the environment, ${JSON.stringify(baseUrl)}, ${problem}.`);
  }
  return {
    ...config,
    providers: { ...config.providers, sluice: { kind: 'openai-compatible', baseUrl: ECHO_BASE_URL } },
  };
}
