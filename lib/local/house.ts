import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { accessAdmin } from '../aws/access-admin.ts';
import { auditLog } from '../aws/audit-log.ts';
import { watchAccess } from '../aws/audit-watch.ts';
import { configStore } from '../aws/config-store.ts';
import { createTables } from '../aws/create-tables.ts';
import { dynamodb } from '../aws/dynamodb.ts';
import { stampsOf } from '../aws/stamp.ts';
import { auditTable, localTableNames } from '../aws/tables.ts';
import { rollAt, sweepAt } from '../aws/upkeep.ts';
import { worldAt } from '../aws/world.ts';
import { banner, baseUrlOf } from './banner.ts';
import { folderCaptures } from './captures.ts';
import { startDatabase } from './dynamodb/start.ts';
import { eachQuarter } from './each-quarter.ts';
import { withEcho } from './echo.ts';
import { removeGateway, writeGateway } from './gateway-address.ts';
import { keepSweeping } from './keep-sweeping.ts';
import { fileContent, localParser, startingConfig } from './local-config.ts';
import { seed } from './seed.ts';
import { localUser } from './user.ts';
import { hasVectors, vectorsOnDemand } from './vectors/start.ts';

/** How long what nobody waits for waits for more of it: the database has the same processors as the calls. Elsewhere time is paid for, and nothing waits. */
const GATHER_MS = 20;

/** How long what a call came to is tried to be written, should the database be away. */
const PATIENCE_MS = 10 * 60_000;

/** A gateway on this machine: the embedded database with its tables and first key, and the world over them. */
export async function openHouse() {
  if (existsSync('.env')) process.loadEnvFile('.env'); // what the shell has set stays
  const { env } = process;
  const content = fileContent(env);
  const parse = localParser(env);
  parse(content.json); // what is wrong with it, or with the environment, is told before anything starts
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
  watchAccess(client, localTableNames.access, auditLog(client, auditTable.localName));
  const stamping = stampsOf(async () => ({ by: localUser(), reason: 'the gateway here was started' }));
  const config = await startingConfig(configStore(client, localTableNames, Date.now, stamping), content, parse);
  // Each for itself: what keeps one from its work is nothing to the other.
  const stopSweeping = keepSweeping(sweepAt(localTableNames, database.endpoint));
  const stopRolling = keepSweeping(eachQuarter(rollAt(localTableNames, database.endpoint), Date.now));
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
      gatherMs: GATHER_MS,
      vectorsEndpoint: vectors.endpoint,
      captures: folderCaptures(dataDir),
      around: withEcho,
    }),
    // The first key is made once the port is ours, for it is shown only once.
    prepare: async () => {
      key = await seed(accessAdmin(client, localTableNames, Date.now, stamping), env.SLUICE_DEMO_KEY || undefined);
      client.destroy();
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
      stopSweeping();
      stopRolling();
      await Promise.all([vectors.close(), database.stop()]);
    },
  };
}
