import { Agent, request as ask, createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { finished } from 'node:stream/promises';
import { parseArgs } from 'node:util';
import { spawnDatabase } from '../../../lib/local/dynamodb/child.ts';
import { wholeBody } from '../../../lib/local/whole-body.ts';
import { chance } from '../chance.ts';
import { databaseFaults } from '../database-faults.ts';
import { faultOf } from './database-lot.ts';

// Run by a gateway in place of its local database: starts the real one, and stands between the two.

const MOST_BYTES = 16 * 1024 * 1024;

const { SLUICE_SOAK_DATABASE: program = '', SLUICE_SOAK_SEED: seed } = process.env;
const text = { type: 'string', default: '' } as const;
const { values } = parseArgs({ options: { data: text, port: text } });
const real = spawnDatabase({ dataDir: values.data, port: 0, program });
// A signal to the group is for the gateway; we go when it has gone.
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => {});
for (const stream of [process.stdout, process.stderr]) stream.on('error', () => {});
Promise.allSettled([finished(process.stdin.resume(), { writable: false })]).then(real.dismiss);
real.ended.then(() => process.exit());

const startedAt = performance.now();
const dice = chance(Number(seed));
const agent = new Agent({ keepAlive: true });
try {
  const { port } = new URL(await real.ready);
  // As of the real one: who keeps a connection says how long.
  const server = createServer({ keepAliveTimeout: 0 }, (request, response) => {
    pass(request, response, port).catch(() => response.destroy());
  });
  server.listen(Number(values.port), '127.0.0.1', () => {
    const address = server.address();
    if (address === null || typeof address !== 'object') throw new Error('The line has no port.');
    say({ endpoint: `http://127.0.0.1:${address.port}` });
  });
} catch (error) {
  say({ error: error instanceof Error ? error.message : String(error) });
}

async function pass(request: IncomingMessage, response: ServerResponse, port: string): Promise<void> {
  const text = (await wholeBody(request, MOST_BYTES)) ?? '';
  const fault = faultOf(dice(), performance.now() - startedAt);
  if (fault !== undefined && fault !== 'loses the answer') {
    const operation = String(request.headers['x-amz-target']);
    databaseFaults[fault]({ operation, table: '', text, at: 0, units: 0, ms: 0 }, response);
    return;
  }
  const { status, headers, body } = await answerOf(request, text, port);
  if (fault === undefined) response.writeHead(status, headers).end(body);
  else response.socket?.resetAndDestroy(); // it is done, and nobody learns of it
}

type Answer = { readonly status: number; readonly headers: IncomingMessage['headers']; readonly body: string };

function answerOf({ method, headers }: IncomingMessage, text: string, port: string): Promise<Answer> {
  const passed = { 'x-amz-target': headers['x-amz-target'], 'content-type': headers['content-type'] };
  return new Promise((resolve, reject) => {
    const asking = ask({ host: '127.0.0.1', port, method, agent, headers: passed }, (answer) => {
      const { statusCode: status = 500, headers } = answer;
      wholeBody(answer, MOST_BYTES).then((body = '') => resolve({ status, headers, body }), reject);
    });
    asking.on('error', reject).end(text);
  });
}

function say(line: { readonly endpoint: string } | { readonly error: string }): void {
  process.stdout.write(`${JSON.stringify(line)}\n`);
}
