import { once } from 'node:events';
import type { Server } from 'node:http';
import { finished } from 'node:stream/promises';
import { parseArgs } from 'node:util';
import { removeAddress, writeAddress } from './address.ts';
import { answer } from './answer.ts';
import { type Engine, openEngine } from './engine.ts';
import { front } from './front.ts';
import { keepSweeping } from './sweep.ts';

const { values } = parseArgs({
  options: {
    data: { type: 'string', default: '.sluice' },
    port: { type: 'string', default: '0' },
    'sweep-ms': { type: 'string', default: '60000' },
  },
});

// A signal to the group is for the gateway, which still needs us for its last streams; we go when it has gone.
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => {});
// Who reads these may be gone before us.
for (const stream of [process.stdout, process.stderr]) stream.on('error', () => {});
const parentGone = Promise.allSettled([finished(process.stdin.resume(), { writable: false })]);

try {
  await run(values.data, Number(values.port), Number(values['sweep-ms']));
} catch (error) {
  await say({ error: error instanceof Error ? error.message : String(error) });
  process.exitCode = 1;
}
// Connections kept by clients would hold us back.
process.exit();

async function run(dataDir: string, port: number, sweepMs: number): Promise<void> {
  const engine = await openEngine(dataDir);
  surviveWith(engine);
  const server = front((operation, input) => engine.use((store) => answer(store, operation, input)));
  const endpoint = `http://127.0.0.1:${await listen(server, port)}`;
  await writeAddress(dataDir, { endpoint, pid: process.pid });
  await say({ endpoint });
  const leaving = new AbortController();
  await Promise.race([parentGone, keepSweeping(engine, sweepMs, leaving.signal)]);
  leaving.abort();
  server.close();
  await removeAddress(dataDir);
  await engine.close();
}

async function listen(server: Server, port: number): Promise<number> {
  server.listen(port, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  return address !== null && typeof address === 'object' ? address.port : port;
}

function surviveWith(engine: Engine): void {
  process.on('uncaughtException', async (error) => {
    process.stderr.write(`The local database opens anew after: ${error.stack}\n`);
    await engine.recover(error).catch(() => process.exit(1));
  });
}

async function say(line: { readonly endpoint: string } | { readonly error: string }): Promise<void> {
  await new Promise((written) => process.stdout.write(`${JSON.stringify(line)}\n`, written));
}
