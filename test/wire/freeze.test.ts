import { spawn } from 'node:child_process';
import { once } from 'node:events';
import type { Socket } from 'node:net';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { Outbound } from '../../lib/wire/send.ts';
import type { Told } from '../support/sender.ts';
import { serveHttp } from '../support/server.ts';

/** Three providers over HTTP, and the AWS service both ways. */
type Host = { requests: number; readonly connections: Set<Socket>; readonly outbound: Outbound };

let dead: Set<Socket>;
let hosts: readonly Host[];
let closing: (() => Promise<void>)[];

beforeEach(async () => {
  dead = new Set();
  closing = [];
  hosts = await Promise.all(['http', 'http', 'http', 'converse', 'invoke'].map(opened));
});
afterEach(async () => void (await Promise.all(closing.map((close) => close()))));

async function opened(via: string): Promise<Host> {
  const { url, close } = await serveHttp((request, response) => {
    host.requests++;
    host.connections.add(request.socket);
    if (!dead.has(request.socket)) request.resume().on('end', () => response.end('{}'));
  });
  closing.push(close);
  const host = { requests: 0, connections: new Set<Socket>(), outbound: outboundTo(via, url) };
  return host;
}

function outboundTo(via: string, url: string): Outbound {
  const place = { endpoint: url, region: 'eu-west-3', model: 'm' };
  if (via === 'converse') return { via, ...place, body: '{"messages":[]}' };
  if (via === 'invoke') return { via, ...place, body: '[{}]' };
  return { via: 'http', method: 'POST', url, headers: {}, body: '{}' };
}

/** The process that sends. */
async function awake() {
  const child = spawn(process.execPath, [fileURLToPath(new URL('../support/sender.ts', import.meta.url))], {
    env: { ...process.env, AWS_ACCESS_KEY_ID: 'AKIDEXAMPLE', AWS_SECRET_ACCESS_KEY: 'secret' },
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  closing.push(async () => {
    child.stdin.end();
    await once(child, 'exit');
  });
  return {
    child,
    asked: async (passedMs: number): Promise<unknown> => {
      const told: Told = { passedMs, outbounds: hosts.map(({ outbound }) => outbound) };
      child.stdin.write(`${JSON.stringify(told)}\n`);
      return JSON.parse((await lines.next()).value ?? 'null');
    },
  };
}

const closed = (socket: Socket) => socket.end();
const reset = (socket: Socket) => socket.resetAndDestroy();
const forgot = (socket: Socket) => void dead.add(socket);

test.each([
  ['ten seconds', 10_000, 'closed its connections', closed],
  ['ten seconds', 10_000, 'reset its connections', reset],
  ['ten minutes', 600_000, 'closed its connections', closed],
  ['ten minutes', 600_000, 'reset its connections', reset],
  ['ten minutes', 600_000, 'forgot its connections, and says nothing over them', forgot],
])('after %s of frost (%i ms) a host that %s answers the first request', async (_, passedMs, __, lost) => {
  const { child, asked } = await awake();
  expect(await asked(0)).toEqual([200, 200, 200, 200, 200]);
  child.kill('SIGSTOP');
  for (const { connections } of hosts) for (const socket of connections) lost(socket);
  child.kill('SIGCONT');
  expect(await asked(passedMs)).toEqual([200, 200, 200, 200, 200]);
  // One before the frost, and one or, where the first met a dead connection, two after it.
  for (const { requests } of hosts) expect([2, 3]).toContain(requests);
});
