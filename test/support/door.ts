import { localTableNames } from '../../lib/aws/tables.ts';
import { worldAt } from '../../lib/aws/world.ts';
import { type Config, usualLedger } from '../../lib/config/config.ts';
import { type Door, openDoor } from '../../lib/http/door.ts';
import type { World } from '../../lib/world.ts';
import { scratch } from './gateway.ts';
import { labs } from './labs.ts';
import { startTables, type Tables } from './tables.ts';
import { startUpstream, type Upstream } from './upstream.ts';

process.env.POWERTOOLS_LOG_LEVEL ??= 'SILENT'; // the log of this process is the test's report

/** The HTTP door in this process, over the real tables and a provider on a socket, for tests that count and look inside. */
export type House = {
  readonly tables: Tables;
  /** Where the tables are kept, for whoever is given that. */
  readonly dataDir: string;
  readonly upstream: Upstream;
  readonly url: string;
  readonly door: Door;
  /** A key of a fresh tenant that is set up so; the key may have attributes, too. */
  readonly keyOf: (
    tenant: object,
    key?: object,
  ) => Promise<{ readonly tenant: string; readonly key: string; readonly id: string }>;
  /** Asks `lab/m` for a chat. */
  readonly ask: (
    key: string,
    fields?: object,
    headers?: Readonly<Record<string, string>>,
    signal?: AbortSignal,
  ) => Promise<Response>;
  readonly close: () => Promise<void>;
};

export type Unlike = {
  readonly config?: Partial<Config>;
  /** What stands between the gateway and its database. */
  readonly endpoint?: (tables: Tables) => string | Promise<string>;
  /** Where vectors are; without it there is no place for them. */
  readonly vectorsEndpoint?: () => Promise<string>;
  /** What its environment says besides. */
  readonly env?: Readonly<Record<string, string>>;
  /** What of its world is another. */
  readonly world?: (world: World) => World;
};

/** Opens a house; a call of `lab/m` costs a thousand nano-dollars a token in, two thousand a token out. */
export async function openHouse({
  config = {},
  endpoint = (tables) => tables.endpoint,
  vectorsEndpoint,
  env = {},
  world: changed = (world) => world,
}: Unlike = {}): Promise<House> {
  const { folder, remove } = scratch();
  const dataDir = `${folder}/data`;
  const tables = await startTables(dataDir);
  const upstream = await startUpstream();
  const usual = labs({ lab: upstream.baseUrl });
  const world = worldAt({
    env: { LAB_KEY: 'sk-lab', ...env },
    config: { ...usual, ledger: usualLedger, ...config, providers: { ...usual.providers, ...config.providers } },
    tables: localTableNames,
    endpoint: await endpoint(tables),
    vectorsEndpoint,
    patienceMs: 60_000,
  });
  const door = await openDoor(changed(world), { host: '127.0.0.1', port: 0 });
  const url = `http://127.0.0.1:${door.port}/v1`;
  let tenants = 0;
  return {
    tables,
    dataDir,
    upstream,
    url,
    door,
    keyOf: async (attributes, more = {}) => {
      const tenant = `tenant${++tenants}`;
      await tables.admin.createTenant(tenant, attributes);
      const { key, id } = await tables.admin.createKey({ tenant, ...more });
      return { tenant, key, id };
    },
    ask: (key, fields = {}, headers = {}, signal) =>
      fetch(`${url}/chat/completions`, {
        method: 'POST',
        headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json', ...headers },
        body: JSON.stringify({ model: 'lab/m', messages: [{ role: 'user', content: 'Hello' }], ...fields }),
        ...(signal && { signal }),
      }),
    close: async () => {
      await door.close(1_000);
      await upstream.close();
      await tables.stop();
      remove();
    },
  };
}
