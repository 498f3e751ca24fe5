import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { bundled } from '../../esbuild.config.ts';
import { tables } from '../../lib/aws/tables.ts';
import { openaiAt } from './gateway.ts';
import type { RuntimeOptions } from './ric/start-runtime.ts';

/** The bundled Lambda door as a runtime starts it: over tables and a provider of the test's, its configuration, and what is added to it, in a folder. */
export function lambdaGateway(
  folder: string,
  database: { readonly endpoint: string },
  upstream: { readonly baseUrl: string },
  more: Readonly<Record<string, unknown>> = {},
): RuntimeOptions {
  const config = join(folder, 'sluice.config.json');
  writeFileSync(config, JSON.stringify({ ...openaiAt(upstream.baseUrl), ...more }));
  return {
    bundleDir: bundled('gateway'),
    env: {
      SLUICE_DYNAMODB_ENDPOINT: database.endpoint,
      SLUICE_CONFIG: config,
      TEST_PROVIDER_KEY: 'sk-provider',
      ...Object.fromEntries(Object.values(tables).map(({ variable, localName }) => [variable, localName])),
    },
  };
}
