import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { bundle, bundled } from '../../../esbuild.config.ts';
import { accessAdmin } from '../../../lib/aws/access-admin.ts';
import { dynamodb } from '../../../lib/aws/dynamodb.ts';
import { localTableNames } from '../../../lib/aws/tables.ts';
import { findDatabase } from '../../../lib/local/dynamodb/find.ts';
import { demoKey, scratch } from '../../support/gateway.ts';
import { held } from '../../support/held.ts';
import { startSite } from '../../support/soaking/site.ts';
import { startProgram } from './asking.ts';
import type { Peer } from './scenarios.ts';

/** All that is compared, running. */
export type Peers = {
  readonly all: readonly Peer[];
  /** How long the gateway took from its start to its banner, its database included. */
  readonly startMs: number;
  /** What it had of the machine then, and has now. */
  readonly idleMegabytes: number;
  readonly megabytes: () => number;
  readonly close: () => Promise<void>;
};

const limits = {
  budgets: { minute: 1_000, day: 5_000, month: 90_000 },
  rates: { rpm: 1_000_000, tpm: 1_000_000_000, concurrent: 1_000 },
};

/** Starts the provider, the proxy beside the gateway, and the gateway with a key for each way to be asked. */
export async function startPeers(): Promise<Peers> {
  await bundle('gateway-web', 'dynamodb');
  const provider = await startProgram('provider.ts');
  const reference = await startProgram('reference.ts', provider.url);
  const { folder, remove } = scratch();
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
  const startMs = performance.now() - startedAt;
  const { url, pid } = gateway;
  return {
    all: [
      { name: 'direct', url: `${provider.url}/v1`, key: 'sk-lab' },
      { name: 'reference', url: `${reference.url}/v1`, key: 'sk-any', pid: reference.pid },
      { name: 'bare', url, pid, key: demoKey },
      ...(await keysAt(dataDir)).map((each) => ({ ...each, url, pid })),
    ],
    startMs,
    idleMegabytes: held(pid).megabytes,
    megabytes: () => held(pid).megabytes,
    close: async () => {
      await gateway.end('SIGTERM');
      for (const { end } of [provider, reference]) end();
      remove();
    },
  };
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
