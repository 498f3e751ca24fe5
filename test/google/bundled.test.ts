import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { build } from 'esbuild';
import { expect, test } from 'vitest';
import { startTokenEndpoint } from './token-endpoint.ts';

test('tokens are exchanged in the bundle that is deployed, too', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'sluice-tokens-'));
  const endpoint = await startTokenEndpoint();
  try {
    await build({
      entryPoints: { tokens: 'lib/google/tokens.ts' },
      outdir: folder,
      outExtension: { '.js': '.mjs' },
      bundle: true,
      splitting: true,
      format: 'esm',
      platform: 'node',
      mainFields: ['module', 'main'],
      banner: {
        js: "import{createRequire as __createRequire}from'node:module';const require=__createRequire(import.meta.url);",
      },
    });
    const { googleTokens } = await import(pathToFileURL(join(folder, 'tokens.mjs')).href);
    expect(await googleTokens(Date.now).token(endpoint.key)).toBe('ya29.token-1');
  } finally {
    await endpoint.close();
    await rm(folder, { recursive: true });
  }
});
