import type { Socket } from 'node:net';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Database } from '../../lib/aws/database.ts';
import { direct } from '../../lib/aws/direct.ts';
import { dynamodb } from '../../lib/aws/dynamodb.ts';
import { type HandClock, handClock } from '../support/hand-clock.ts';
import { serveHttp } from '../support/server.ts';
import { timer } from '../support/timer.ts';

let server: Awaited<ReturnType<typeof serveHttp>>;
let ask: () => Promise<unknown>;
let clock: HandClock;
/** The connections there are, and what became of those that are dead. */
let open: Set<Socket>;
let dead: Map<Socket, 'silent' | 'reset'>;

const effort = { tryMs: 60_000, tries: 2 };
const clients: Readonly<Record<string, (url: string) => Database>> = {
  'the SDK': (endpoint) => dynamodb({ endpoint, ...effort }, clock.now),
  'the direct client': (url) =>
    direct({ url, region: 'local' }, { timer, now: clock.now, random: Math.random })(effort),
};

const kill = (fate: 'silent' | 'reset') => {
  expect(open.size).toBe(8);
  for (const socket of open) dead.set(socket, fate);
};

describe.each(Object.entries(clients))('%s', (_, clientAt) => {
  beforeEach(async () => {
    open = new Set();
    dead = new Map();
    clock = handClock();
    server = await serveHttp((request, response) => {
      open.add(request.socket);
      const fate = dead.get(request.socket);
      if (fate === 'reset') request.socket.resetAndDestroy();
      if (fate === undefined) request.resume().on('end', () => response.end('{}'));
    });
    const database = clientAt(server.url);
    ask = () => database.getItem({ TableName: 'any', Key: { pk: { S: 'a' } } });
    await Promise.all(Array.from({ length: 8 }, ask));
  });
  afterEach(async () => {
    await server.close();
  });

  test('of many connections that are dead, one is met', async () => {
    kill('reset');
    await ask();
    expect(open.size).toBe(9);
  });

  test('connections that nobody used for long are not tried: they might swallow a request without a word', async () => {
    kill('silent');
    clock.pass(31_000);
    await ask();
    expect(open.size).toBe(9);
  });

  test('connections that were used lately are kept', async () => {
    clock.pass(29_000);
    await ask();
    clock.pass(29_000);
    await ask();
    expect(open.size).toBe(8);
  });
});
