import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import type { Socket } from 'node:net';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { describe, expect, test } from 'vitest';
import type { Caller } from '../../lib/caller.ts';
import { GatewayError } from '../../lib/errors.ts';
import { ask } from '../support/answering.ts';
import { chatBytes, openBareDoor } from '../support/bare-door.ts';
import { answersIn, dial, rawRequest, sendRaw } from '../support/raw.ts';
import { caller } from '../support/world.ts';

const MB = 1024 * 1024;
const TIME = { timeout: 10_000 };
const LARGE = 32 * 1024;
const stranger = { authorization: 'Bearer sk-sluice-nobody' };

/** A chat of so many bytes. */
const chatOf = (bytes: number) => JSON.stringify(ask).padEnd(bytes);
/** The same, as one that does not say how long it is. */
const inChunks = (text: string, headers: Readonly<Record<string, string>> = {}) =>
  rawRequest(
    'POST /v1/chat/completions HTTP/1.1',
    { host: 'a', 'content-type': 'application/json', 'transfer-encoding': 'chunked', ...headers },
    `${text.length.toString(16)}\r\n${text}\r\n0\r\n\r\n`,
  );

/** A door that looks up keys so, for the first and each later time, and how often it has. */
async function openAsking(find: (time: number) => Promise<Caller | undefined> = async () => caller) {
  let asked = 0;
  const access = { find: () => find(++asked) };
  const door = await openBareDoor({}, undefined, { access });
  const told = async (bytes: Uint8Array) => answersIn(await sendRaw(door.port, bytes));
  return { ...door, told, asked: () => asked };
}
const codeOf = (code: string) => expect.stringContaining(`"code":"${code}"`);
const unknown = async () => undefined;

/** The bytes a door keeps of a request that comes forty times at once, when it has read all but the last byte of each. */
async function keptOf(request: Uint8Array): Promise<number> {
  const door = await openBareDoor();
  const sockets: Socket[] = [];
  const come = (message: unknown) => void sockets.push((message as { readonly socket: Socket }).socket);
  subscribe('http.server.request.start', come);
  const bytes = request.subarray(0, -1);
  const before = await leftOfBuffers();
  const clients = Array.from({ length: 40 }, () => dial(door.port).socket);
  for (const socket of clients) socket.write(bytes);
  await expect.poll(() => sockets.map(({ bytesRead }) => bytesRead), TIME).toEqual(clients.map(() => bytes.length));
  unsubscribe('http.server.request.start', come);
  const kept = (await leftOfBuffers()) - before;
  for (const socket of clients) socket.destroy();
  await door.close(0);
  return kept;
}

/** What all buffers hold that are still in use: V8 gives others back in a while, and what is kept stays however often it looks. */
async function leftOfBuffers(): Promise<number> {
  setFlagsFromString('--expose-gc');
  const collect = runInNewContext('gc');
  let least = Number.POSITIVE_INFINITY;
  for (let look = 0; look < 20; look++) {
    collect();
    await new Promise((resolve) => void setImmediate(resolve));
    least = Math.min(least, process.memoryUsage().arrayBuffers);
  }
  return least;
}

describe('a large body of somebody without a key', () => {
  test.each([
    ['no key', chatBytes(chatOf(6 * MB), { authorization: '' })],
    ['an unknown key', chatBytes(chatOf(6 * MB), stranger)],
    ['an unknown key, and no length', inChunks(chatOf(6 * MB), stranger)],
    ['nothing to ask', chatBytes(chatOf(6 * MB), stranger, 'POST /nowhere HTTP/1.1')],
  ])('is not kept in memory: with %s', async (_, request) => {
    expect(await keptOf(request)).toBeLessThan(20 * MB);
  });

  test('where that of somebody with a key is', async () => {
    expect(await keptOf(chatBytes(chatOf(6 * MB)))).toBeGreaterThan(200 * MB);
  });

  test.each([
    ['a chat', chatBytes(chatOf(LARGE), stranger), 401, codeOf('invalid_api_key')],
    ['a chat in chunks', inChunks(chatOf(10), stranger), 401, codeOf('invalid_api_key')],
    ['a chat over 6 MB', chatBytes(chatOf(7 * MB), stranger), 401, codeOf('invalid_api_key')],
    ['a path that is none', chatBytes(chatOf(LARGE), stranger, 'POST /x HTTP/1.1'), 404, codeOf('not_found')],
    ['a method that is none', chatBytes(chatOf(LARGE), stranger, 'PUT /v1/models HTTP/1.1'), 405, expect.anything()],
    ['what needs no key', chatBytes(chatOf(LARGE), stranger, 'GET /healthz HTTP/1.1'), 200, expect.anything()],
  ])('is answered as a small one is: %s', async (_, bytes, status, body) => {
    const { told, close } = await openAsking(unknown);
    expect(await told(bytes)).toEqual([{ status, headers: expect.anything(), body }]);
    await close(0);
  });

  test('is refused though the key is made while it comes: it is gone by then', async () => {
    const { told, close } = await openAsking(async (time) => (time === 1 ? undefined : caller));
    expect(await told(chatBytes(chatOf(LARGE)))).toEqual([expect.objectContaining({ status: 401 })]);
    await close(0);
  });

  test('is refused as any call is while keys cannot be checked', async () => {
    const away = async (time: number) => {
      if (time > 1) return caller;
      throw new GatewayError('gateway_unavailable', { message: 'Keys cannot be checked right now.' });
    };
    const { told, close } = await openAsking(away);
    expect(await told(chatBytes(chatOf(LARGE)))).toEqual([
      { status: 503, headers: expect.anything(), body: codeOf('gateway_unavailable') },
    ]);
    await close(0);
  });
});

describe('the body of somebody with a key', () => {
  test.each([
    ['small', chatBytes(chatOf(1_000)), 1],
    ['large', chatBytes(chatOf(5 * MB)), 2],
    ['in chunks', inChunks(chatOf(LARGE), { authorization: 'Bearer sk-sluice-a' }), 2],
  ])('that is %s is read whole, and who sends it is asked for no more often than need be', async (_, bytes, looks) => {
    const gate = Promise.withResolvers<void>();
    const { port, close, asked } = await openAsking(async () => {
      await gate.promise; // bytes arrive meanwhile
      return caller;
    });
    const { socket, said } = dial(port);
    socket.write(bytes);
    await expect.poll(asked).toBe(1);
    gate.resolve();
    await expect.poll(() => answersIn(said())).toEqual([expect.objectContaining({ status: 200 })]);
    expect(asked()).toBe(looks);
    socket.destroy();
    await close(0);
  });

  test('is refused where the key is taken back while it comes', async () => {
    const { told, close } = await openAsking(async (time) => (time === 1 ? caller : undefined));
    expect(await told(chatBytes(chatOf(LARGE)))).toEqual([expect.objectContaining({ status: 401 })]);
    await close(0);
  });

  test('that is over 6 MB is too large', async () => {
    const { told, close } = await openAsking();
    expect(await told(chatBytes(chatOf(7 * MB)))).toEqual([expect.objectContaining({ status: 413 })]);
    await close(0);
  });
});

test('a stranger is refused before all of a large body has come, and keeps no place', async () => {
  const door = await openBareDoor({ mostAtOnce: 1 });
  const { socket, said } = dial(door.port);
  socket.write(chatBytes(chatOf(LARGE), stranger).subarray(0, -1));
  await expect.poll(() => answersIn(said())).toEqual([expect.objectContaining({ status: 401 })]);
  const health = rawRequest('GET /healthz HTTP/1.1', { host: 'a' });
  expect(answersIn(await sendRaw(door.port, health))).toEqual([expect.objectContaining({ status: 200 })]);
  socket.destroy();
  await door.close(0);
});

test('who leaves while his key is looked up keeps no place', async () => {
  const gate = Promise.withResolvers<void>();
  const access = { find: () => gate.promise.then(unknown) };
  const door = await openBareDoor({ mostAtOnce: 1 }, undefined, { access });
  const health = async () =>
    answersIn(await sendRaw(door.port, rawRequest('GET /healthz HTTP/1.1', { host: 'a' })))[0]?.status;
  const { socket, closed } = dial(door.port);
  socket.write(chatBytes(chatOf(LARGE)).subarray(0, -1));
  await expect.poll(health).toBe(503);
  socket.destroy();
  await closed;
  expect(await health()).toBe(503); // and the door has heard of it
  gate.resolve();
  await expect.poll(health).toBe(200);
  await door.close(0);
});
