import { join } from 'node:path';
import { bundle } from '../../esbuild.config.ts';
import { startCounting } from './counting.ts';
import { type Deployed, startDeployed } from './deployed.ts';
import { scratch } from './gateway.ts';
import { startTables } from './tables.ts';
import { startUpstream } from './upstream.ts';

/** A deployed gateway with caches, over tables behind a line and a provider on a socket, for tests that break both. */
export type CachedSite = Awaited<ReturnType<typeof openCachedSite>>;

/** What a caller was told. */
export type Heard = {
  readonly status: number;
  readonly cache: string | null;
  readonly text: string;
  readonly ms: number;
};

/** Opens a site with this cache; a call of `lab/m` that answers as usual costs 16,000 nano-dollars. */
export async function openCachedSite(cache: object, env: Readonly<Record<string, string>> = {}) {
  const { folder, remove } = scratch();
  const [tables, upstream] = await Promise.all([
    startTables(join(folder, 'data')),
    startUpstream(),
    bundle('gateway-web'),
  ]);
  const line = await startCounting(tables.endpoint);
  const lab = { kind: 'openai-compatible', baseUrl: upstream.baseUrl, allowPrivate: true, credential: 'env:LAB_KEY' };
  const config = { providers: { lab }, prices: { 'lab/*': { input: 1, output: 2 } }, cache };
  const gateway: Deployed = await startDeployed({ folder, endpoint: line.endpoint, config, env });
  let tenants = 0;
  return {
    tables,
    upstream,
    line,
    gateway,
    /** A key of a fresh tenant with a day budget. */
    keyOf: async () => {
      const tenant = `tenant${++tenants}`;
      await tables.admin.createTenant(tenant, { budgets: { day: 1 } });
      return { tenant, ...(await tables.admin.createKey({ tenant })) };
    },
    ask: async (key: string, fields: object = {}, headers: Readonly<Record<string, string>> = {}): Promise<Heard> => {
      const startedAt = performance.now();
      const response = await fetch(`${gateway.url}/chat/completions`, {
        method: 'POST',
        headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json', ...headers },
        body: JSON.stringify({ model: 'lab/m', messages: [{ role: 'user', content: 'Hello' }], ...fields }),
      });
      const text = await response.text();
      const ms = performance.now() - startedAt;
      return { status: response.status, cache: response.headers.get('x-sluice-cache'), text, ms };
    },
    close: async () => {
      gateway.kill('SIGKILL');
      await gateway.exited;
      await Promise.all([upstream.close(), line.close()]);
      await tables.stop();
      remove();
    },
  };
}
