import type { Socket } from 'node:net';
import { type DynamoDBClient, ListTablesCommand } from '@aws-sdk/client-dynamodb';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { dynamodb } from '../../lib/aws/dynamodb.ts';
import { type HandClock, handClock } from '../support/hand-clock.ts';
import { serveHttp } from '../support/server.ts';

let server: Awaited<ReturnType<typeof serveHttp>>;
let client: DynamoDBClient;
let clock: HandClock;
/** The connections there are, and what became of those that are dead. */
let open: Set<Socket>;
let dead: Map<Socket, 'silent' | 'reset'>;

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
  client = dynamodb({ endpoint: server.url, tryMs: 60_000, tries: 2 }, clock.now);
  await Promise.all(Array.from({ length: 8 }, ask));
});
afterEach(async () => {
  client.destroy();
  await server.close();
});

const ask = () => client.send(new ListTablesCommand());
const kill = (fate: 'silent' | 'reset') => {
  expect(open.size).toBe(8);
  for (const socket of open) dead.set(socket, fate);
};

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
