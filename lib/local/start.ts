import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';

// `npm start`: the same bundle that is deployed, run in this very process, so that a signal to npm reaches it. It is made
// in another, for what bundling takes in memory a process keeps.
const { status } = spawnSync(process.execPath, [fileURLToPath(new URL('./bundle.ts', import.meta.url))], {
  stdio: 'inherit',
});
if (status !== 0) process.exit(status ?? 1);
process.env.SLUICE_LOCAL = 'true';
try {
  await import(new URL('../../dist/gateway-web/index.mjs', import.meta.url).href);
} catch (error) {
  // A folder in use, a port in use, a field misspelt: the message says what to do, a stack would hide it.
  process.stderr.write(`\n${error instanceof Error ? error.message : error}\n\n`);
  process.exit(1);
}
