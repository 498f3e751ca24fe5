import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { localTableNames } from '../aws/tables.ts';
import { worldAt } from '../aws/world.ts';
import { banner, baseUrlOf } from './banner.ts';
import { folderCaptures } from './captures.ts';
import { startDatabase } from './dynamodb/start.ts';
import { withEcho } from './echo.ts';
import { removeGateway, writeGateway } from './gateway-address.ts';
import { fileContent, localParser, startingConfig } from './local-config.ts';
import { startOpening } from './opening.ts';
import { hasVectors, vectorsOnDemand } from './vectors/start.ts';

/**
 * How long writes that nobody waits for may rest, to leave together. Only here: the database shares our processors, and
 * elsewhere waiting is paid for. Who kills the gateway loses that much of what nothing limits.
 */
const REST_MS = 20;

/** How long what a call came to is tried to be written, should the database be away. */
const PATIENCE_MS = 10 * 60_000;

/** What runs beside a gateway: beside us once bundled, dist/gateway-web and dist/dynamodb. */
const program = fileURLToPath(new URL('../dynamodb/index.mjs', import.meta.url));

/** A gateway on this machine: the embedded database with its tables and first key, and the world over them. */
export async function openHouse() {
  if (existsSync('.env')) process.loadEnvFile('.env'); // what the shell has set stays
  const { env } = process;
  const content = fileContent(env);
  const parse = localParser(env);
  parse(content.json); // what is wrong with it, or with the environment, is told before anything starts
  const dataDir = env.SLUICE_DATA_DIR || '.sluice';
  const opening = startOpening(program);
  const database = await startDatabase({ dataDir, program });
  database.exited.then((departure) => {
    if (departure.stopped) return;
    process.stderr.write(`The local database is gone for good (${departure.reason}), so this gateway ends.\n`);
    process.exit(1);
  });
  await opening.makeTables(database.endpoint);
  const config = await startingConfig(opening, content, parse);
  const vectors = vectorsOnDemand({ dataDir });
  if (hasVectors(dataDir)) await vectors.endpoint(); // for `sluice forget`, which finds no others
  let key: string | undefined;
  return {
    world: worldAt({
      env,
      config,
      parse,
      tables: localTableNames,
      endpoint: database.endpoint,
      patienceMs: PATIENCE_MS,
      restMs: REST_MS,
      vectorsEndpoint: vectors.endpoint,
      captures: folderCaptures(dataDir),
      around: withEcho,
    }),
    // The first key is made once the port is ours, for it is shown only once.
    prepare: async () => {
      key = await opening.seed(env.SLUICE_DEMO_KEY || undefined);
      opening.end();
    },
    welcome: (port: number) => {
      const host = env.HOST || '127.0.0.1';
      writeGateway(dataDir, baseUrlOf({ host, port }));
      process.stdout.write(
        banner({ host, port, dataDir, key, version: config.version, providers: Object.keys(config.providers) }),
      );
    },
    close: async () => {
      removeGateway(dataDir);
      await Promise.all([vectors.close(), database.stop()]);
    },
  };
}
