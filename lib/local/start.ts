import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';

const pathOf = (name: string) => fileURLToPath(new URL(name, import.meta.url));

// `npm start`: the same bundle that is deployed, run in this very process, so that a signal to npm reaches it. It is made
// in another, for what bundling takes in memory a process keeps.
const { status } = spawnSync(process.execPath, [pathOf('./bundle.ts')], { stdio: 'inherit' });
if (status !== 0) process.exit(status ?? 1);
// Where a process can begin anew it does, for it keeps what stripping types took, too. Elsewhere it goes on as it is.
const run = pathOf('./run.mjs');
if (process.execve && process.platform !== 'win32')
  process.execve(process.execPath, [process.execPath, ...process.execArgv, run], process.env);
await import(new URL('./run.mjs', import.meta.url).href);
