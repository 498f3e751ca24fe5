import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { bundle, bundled } from '../../esbuild.config.ts';

// `npm start`: the same bundle that is deployed, run in this very process, so that a signal to npm reaches it.
await bundle('gateway-web', 'dynamodb');
process.env.SLUICE_LOCAL = 'true';
try {
  await import(pathToFileURL(join(bundled('gateway-web'), 'index.mjs')).href);
} catch (error) {
  // A folder in use, a port in use, a field misspelt: the message says what to do, a stack would hide it.
  process.stderr.write(`\n${error instanceof Error ? error.message : error}\n\n`);
  process.exit(1);
}
