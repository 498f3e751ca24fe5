import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { bundle, bundled, bundling } from '../../../esbuild.config.ts';
import { accessAdmin } from '../../../lib/aws/access-admin.ts';
import { dynamodb } from '../../../lib/aws/dynamodb.ts';
import { localTableNames } from '../../../lib/aws/tables.ts';
import { findDatabase } from '../../../lib/local/dynamodb/find.ts';
import { demoKey, scratch } from '../../support/gateway.ts';
import { held } from '../../support/held.ts';
import { startSite } from '../../support/soaking/site.ts';
import { startProgram } from './asking.ts';
import type { Peer } from './scenarios.ts';

/** What a process has of the machine: how long it took to start, and what is resident of it then and now. */
export type Footprint = { readonly startMs: number; readonly idleMegabytes: number; readonly megabytes: number };

/** All that is compared, running. */
export type Peers = {
  readonly all: readonly Peer[];
  /** What the gateway and the proxy had of the machine, and have of it now. */
  readonly footprints: () => Readonly<Record<'gateway' | 'reference', Footprint>>;
  readonly close: () => Promise<void>;
};

const limits = {
  budgets: { minute: 1_000, day: 5_000, month: 90_000 },
  rates: { rpm: 1_000_000, tpm: 1_000_000_000, concurrent: 1_000 },
};

/** Starts the provider, the proxy beside the gateway, and the gateway with a key for each way to be asked. */
export async function startPeers(): Promise<Peers> {
  const { folder, remove } = scratch();
  // As the gateway is: with types to be stripped at its start, it would have more of the machine than a proxy needs.
  const entryPoints = [fileURLToPath(new URL('reference.ts', import.meta.url))];
  await build({ ...bundling, entryPoints, outdir: folder });
  await bundle('gateway-web', 'dynamodb');
  const provider = await startProgram('provider.ts');
  const reference = await startProgram(join(folder, 'reference.mjs'), provider.url);
  const dataDir = join(folder, 'data');
  const at = (baseUrl: string) => ({ baseUrl, allowPrivate: true, credential: 'env:LAB_KEY' });
  const providers = { openai: at(`${provider.url}/v1`), anthropic: at(provider.url), gemini: at(provider.url) };
  const config = { providers, prices: { '*': { input: 1, output: 2 } } };
  writeFileSync(join(folder, 'sluice.config.yaml'), JSON.stringify(config));
  const startedAt = performance.now();
  const gateway = await startSite(join(bundled('gateway-web'), 'index.mjs'), folder, {
    PATH: process.env.PATH,
    PORT: '0',
    SLUICE_LOCAL: 'true',
    SLUICE_DATA_DIR: dataDir,
    SLUICE_DEMO_KEY: demoKey,
    LAB_KEY: 'sk-lab',
  });
  const { url, pid } = gateway;
  const footprintOf = {
    gateway: footprint(pid, performance.now() - startedAt), // its database included
    reference: footprint(reference.pid, reference.startMs),
  };
  return {
    all: [
      { name: 'direct', url: `${provider.url}/v1`, key: 'sk-lab' },
      { name: 'reference', url: `${reference.url}/v1`, key: 'sk-any', pid: reference.pid },
      { name: 'bare', url, pid, key: demoKey },
      ...(await keysAt(dataDir)).map((each) => ({ ...each, url, pid })),
    ],
    footprints: () => ({ gateway: footprintOf.gateway(), reference: footprintOf.reference() }),
    close: async () => {
      await gateway.end('SIGTERM');
      for (const { end } of [provider, reference]) end();
      remove();
    },
  };
}

/** Looks at a process when it has started, and again whenever it is asked. */
function footprint(pid: number, startMs: number): () => Footprint {
  const idleMegabytes = held(pid).megabytes;
  return () => ({ startMs, idleMegabytes, megabytes: held(pid).megabytes });
}

async function keysAt(dataDir: string): Promise<readonly Pick<Peer, 'name' | 'key'>[]> {
  const client = dynamodb({ endpoint: await findDatabase(dataDir), tryMs: 10_000, tries: 3 });
  const admin = accessAdmin(client, localTableNames);
  await admin.createTenant('governed', { ...limits, userDefaults: limits, features: { search: limits } });
  await admin.createTenant('cached', { budgets: 'none', cache: { mode: 'exact', scope: 'key' } });
  const { key: governed } = await admin.createKey({ tenant: 'governed', ...limits });
  const { key: cached } = await admin.createKey({ tenant: 'cached' });
  client.destroy();
  return [
    { name: 'governed', key: governed },
    { name: 'cached', key: cached },
  ];
}
