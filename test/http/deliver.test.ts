import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { describe, expect, onTestFinished, test } from 'vitest';
import { deliver } from '../../lib/http/deliver.ts';
import type { Reply } from '../../lib/pipeline/visit.ts';
import type { KeptAnswer, Repeats } from '../../lib/repeats.ts';
import type { World } from '../../lib/world.ts';
import { ask } from '../support/answering.ts';
import { chatBytes, openBareDoor } from '../support/bare-door.ts';
import { chunk, delta, done } from '../support/compatible-stream.ts';
import { answersIn, dial, rawRequest, sendRaw } from '../support/raw.ts';

const STALLED_MS = 500;
/** More than the buffers of two sockets hold. */
const LONG = 'x'.repeat(24 * 1024 * 1024);

const json = { 'content-type': 'application/json' };
const events = { 'content-type': 'text/event-stream; charset=utf-8' };
const whole: KeptAnswer = { status: 200, headers: json, body: JSON.stringify(LONG) };
const stream: KeptAnswer = { status: 200, headers: events, body: `data: ${LONG}\n\n${done}` };

/** A world that has a long answer for each idempotency-key, which nothing bounds in time. */
const keeping = (answer: KeptAnswer): { readonly repeats: Repeats } => ({
  repeats: {
    claim: async () => ({ state: 'done', owner: 'req_0', answer }),
    renew: async () => {},
    keep: async () => {},
    release: async () => {},
  },
});
const repeated = chatBytes(ask, { 'idempotency-key': 'k' });
const health = rawRequest('GET /healthz HTTP/1.1', { host: 'a' });

/** A door at which two may be served at once. */
const openNarrow = (answer: KeptAnswer, more: Partial<World> = {}) =>
  openBareDoor({ mostAtOnce: 2, stalledMs: STALLED_MS }, undefined, { ...keeping(answer), ...more });

const statusAt = async (port: number) => answersIn(await sendRaw(port, health))[0]?.status;

/** Asks, and reads nothing of the answer. */
function stalledAt(port: number) {
  const { socket } = dial(port);
  socket.pause();
  socket.write(repeated);
  return socket;
}

/** Resolves when clients who read nothing have come, and have been cut; more than `STALLED_MS` have passed by then. */
async function pastTheTime(port: number): Promise<void> {
  const clients = [stalledAt(port), stalledAt(port)];
  await expect.poll(() => statusAt(port)).toBe(503);
  await expect.poll(() => statusAt(port), { timeout: 5_000 }).toBe(200);
  for (const socket of clients) socket.destroy();
}

/** A provider whose stream stops after its first words until it is told to go on. */
function pausing() {
  const gate = Promise.withResolvers<void>();
  async function* body() {
    yield Buffer.from(chunk([delta({ content: 'First' })]));
    await gate.promise;
    yield Buffer.from(chunk([delta({ content: ' and last' }, 0, 'stop')]) + done);
  }
  const send: World['send'] = async () => ({ status: 200, headers: events, body: body() });
  return { send, goOn: gate.resolve };
}

test.each([
  ['whole', whole],
  ['streamed', stream],
])('a client that reads nothing of an answer, %s, is cut, and its place is free', async (_, answer) => {
  const door = await openNarrow(answer);
  await pastTheTime(door.port);
  await door.close(0);
});

test('is cut, too, though it sends something all the time', async () => {
  const door = await openNarrow(whole);
  const clients = [stalledAt(door.port), stalledAt(door.port)];
  const sending = setInterval(() => {
    for (const socket of clients) socket.write('\r\n'); // before a request, where it means nothing
  }, STALLED_MS / 10);
  await expect.poll(() => statusAt(door.port)).toBe(503);
  await expect.poll(() => statusAt(door.port), { timeout: 5_000 }).toBe(200);
  clearInterval(sending);
  for (const socket of clients) socket.destroy();
  await door.close(0);
});

test('a client that reads slowly is waited for, however long it takes', async () => {
  const door = await openNarrow(whole);
  const { socket, said } = dial(door.port);
  const since = performance.now();
  socket.on('data', () => {
    socket.pause();
    setTimeout(() => socket.resume(), 3);
  });
  socket.write(repeated);
  await expect.poll(() => said().length, { timeout: 20_000, interval: 100 }).toBeGreaterThan(LONG.length);
  expect(performance.now() - since).toBeGreaterThan(2 * STALLED_MS);
  expect(answersIn(said())).toEqual([expect.objectContaining({ status: 200, body: whole.body })]);
  socket.destroy();
  await door.close(0);
});

test('a client whose provider is silent is not cut for it', async () => {
  const { send, goOn } = pausing();
  const door = await openNarrow(whole, { send });
  const { socket, said } = dial(door.port);
  socket.write(chatBytes({ ...ask, stream: true }));
  await expect.poll(said).toContain('First');
  await pastTheTime(door.port);
  goOn();
  await expect.poll(said).toContain(done);
  socket.destroy();
  await door.close(0);
});

test('nor is one who has read an answer, and waits on the same connection for the next', async () => {
  const { send, goOn } = pausing();
  const door = await openNarrow(whole, { send });
  const { socket, said } = dial(door.port);
  socket.write(Buffer.concat([repeated, chatBytes({ ...ask, stream: true })]));
  await expect.poll(() => said().slice(LONG.length), { timeout: 5_000 }).toContain('First');
  await pastTheTime(door.port);
  goOn();
  await expect.poll(() => said().slice(LONG.length)).toContain(done);
  socket.destroy();
  await door.close(0);
});

test('nor is one whose answer waits for its turn on the connection', async () => {
  const { send, goOn } = pausing();
  const door = await openBareDoor({ mostAtOnce: 4, stalledMs: STALLED_MS }, undefined, { ...keeping(whole), send });
  const { socket, said } = dial(door.port);
  socket.write(Buffer.concat([chatBytes({ ...ask, stream: true }), repeated]));
  await expect.poll(said).toContain('First');
  await pastTheTime(door.port);
  goOn();
  await expect.poll(() => said().length, { timeout: 5_000 }).toBeGreaterThan(LONG.length);
  expect(answersIn(said()).at(-1)).toMatchObject({ status: 200, body: whole.body });
  socket.destroy();
  await door.close(0);
});

test('a connection on which an answer was read stays for the next request', async () => {
  const door = await openNarrow(whole);
  const { socket, said } = dial(door.port);
  socket.write(repeated);
  await expect.poll(() => said().length, { timeout: 5_000 }).toBeGreaterThan(LONG.length);
  await pastTheTime(door.port);
  socket.write(health);
  await expect.poll(() => answersIn(said()).map(({ status }) => status)).toEqual([200, 200]);
  socket.destroy();
  await door.close(0);
});

test('and ends once it has idled for as long as its server allows', async () => {
  const { port } = await deliveringAt(plain);
  const { socket, closed, said } = dial(port);
  socket.write(health);
  await closed;
  expect(answersIn(said())).toEqual([expect.objectContaining({ status: 200, body: LONG })]);
});

describe.each([
  ['while it is read', false],
  ['before it is given', true],
])('an answer whose time is over %s', (_, before) => {
  const timed = (text: string): Reply => {
    const time = new AbortController();
    if (before) time.abort();
    async function* body() {
      time.abort();
      yield text;
    }
    return { ...plain, body: body(), signal: time.signal };
  };

  test('waits for no reader any more', async () => {
    const { port, delivered } = await deliveringAt(timed(LONG));
    const { socket } = dial(port);
    socket.pause();
    socket.write(health);
    await delivered;
    socket.destroy();
  });

  test('is still told to a client that reads', async () => {
    const { port } = await deliveringAt(timed('Too late.'));
    const { socket, said } = dial(port);
    socket.write(health);
    await expect.poll(said).toContain('Too late.');
    socket.destroy();
  });
});

const plain: Reply = { status: 200, headers: json, body: [LONG], afterwards: async () => {} };

/** A server that gives everybody this reply, and lets a connection idle for a moment only. */
async function deliveringAt(reply: Reply) {
  const usual = { keepAliveTimeout: 100, keepAliveTimeoutBuffer: 0 };
  const delivered = Promise.withResolvers<void>();
  const server = createServer(usual, (_, response) => delivered.resolve(deliver(reply, response, 60_000)));
  onTestFinished(() => void server.close());
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return { port: (server.address() as AddressInfo).port, delivered: delivered.promise };
}
