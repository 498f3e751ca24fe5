import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import { EventStreamCodec } from '@smithy/core/event-streams';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { withConverse } from '../../lib/aws/converse.ts';
import { withInvoke } from '../../lib/aws/invoke.ts';
import { toFailure } from '../../lib/wire/failure.ts';
import type { ConverseOutbound, InvokeOutbound, Send } from '../../lib/wire/send.ts';
import { readText } from '../../lib/wire/text.ts';
import { failureOf } from '../support/bytes.ts';
import { serveHttp, serveTcp } from '../support/server.ts';

type Seen = { readonly nth: number; readonly connection: number };
type Script = (seen: Seen, response: ServerResponse, request: IncomingMessage) => void;

const never = new AbortController().signal;
const unused: Send = () => Promise.reject(new Error('This goes elsewhere.'));
const codec = new EventStreamCodec(
  (bytes) => Buffer.from(bytes as Uint8Array).toString(),
  (text) => Buffer.from(text),
);
const encode = (named: Readonly<Record<string, string>>, payload = '{}') => {
  const headers = Object.entries({ ':content-type': 'application/json', ...named });
  return codec.encode({
    headers: Object.fromEntries(headers.map(([name, value]) => [name, { type: 'string' as const, value }])),
    body: Buffer.from(payload),
  });
};
const stopped = encode({ ':message-type': 'event', ':event-type': 'messageStop' }, '{"stopReason":"end_turn"}');

let clock: number;
let seen: Seen[];
let script: Script;
let server: Awaited<ReturnType<typeof serveHttp>>;

beforeEach(async () => {
  vi.stubEnv('AWS_ACCESS_KEY_ID', 'AKIDEXAMPLE');
  vi.stubEnv('AWS_SECRET_ACCESS_KEY', 'secret');
  vi.stubEnv('AWS_PROFILE', undefined);
  clock = 1_800_000_000_000;
  seen = [];
  const served = new Map<Socket, number>();
  server = await serveHttp((request, response) => {
    const nth = (served.get(request.socket) ?? 0) + 1;
    served.set(request.socket, nth);
    const one = { nth, connection: [...served.keys()].indexOf(request.socket) + 1 };
    seen.push(one);
    request.resume().on('end', () => script(one, response, request));
  });
});
afterEach(async () => {
  vi.unstubAllEnvs();
  await server.close();
});

const place = { region: 'eu-west-3', model: 'm' };
const converse = (): ConverseOutbound => ({ ...place, via: 'converse', endpoint: server.url, body: '{"messages":[]}' });
const invoke = (): InvokeOutbound => ({ ...place, via: 'invoke', endpoint: server.url, body: '[{}]' });

describe.each([
  ['converse', withConverse, converse, stopped],
  ['invoke', withInvoke, invoke, '{}'],
] as const)('what goes via %s', (_, sending, outbound, answer) => {
  let send: Send;
  beforeEach(() => {
    send = sending(unused, () => clock);
    script = answering;
  });

  const answering: Script = (__, response) => void response.end(answer);
  const dying: Script = (one, response, request) =>
    one.nth === 1 ? answering(one, response, request) : void request.socket.destroy();
  const asked = async (more = {}) => {
    const { status, body } = await send({ ...outbound(), ...more }, never);
    await readText(body);
    await new Promise(setImmediate);
    return status;
  };
  const nameOf = async (failing: Promise<unknown>) => toFailure(await failureOf(failing), 'aws', never).code;
  const connections = () => seen.map(({ connection }) => connection);

  test('is sent again, once, where the connection kept over a pause is dead', async () => {
    script = dying;
    await asked();
    clock += 10_000;
    expect(await asked()).toBe(200);
    expect(connections()).toEqual([1, 1, 2]);
  });

  test('takes no connection that slept longer than any is kept', async () => {
    await asked();
    clock += 600_000;
    await asked();
    expect(connections()).toEqual([1, 2]);
  });

  test('fails when its second connection dies, too', async () => {
    await asked();
    clock += 10_000;
    script = (__, ___, request) => void request.socket.destroy();
    expect(await nameOf(asked())).toBe('provider_unreachable');
    expect(seen).toHaveLength(3);
  });

  test('is sent once without a pause, and over a connection made for it', async () => {
    script = dying;
    await asked();
    expect(await nameOf(asked())).toBe('provider_unreachable');
    expect(connections()).toEqual([1, 1]);
    clock += 10_000;
    script = (__, ___, request) => void request.socket.destroy();
    expect(await nameOf(asked())).toBe('provider_unreachable');
    expect(connections()).toEqual([1, 1, 2]);
  });

  test('is sent once where a part of an answer came before the connection died', async () => {
    await asked();
    clock += 10_000;
    script = (__, ___, { socket }) => void socket.write('HTTP/1.1 200 O', () => socket.resetAndDestroy());
    expect(await nameOf(asked())).toBe('provider_unreachable');
    expect(seen).toHaveLength(2);
  });

  test('fails as a host that was never reached when no connection comes about in time', async () => {
    const { url, close } = await serveTcp(() => {}); // accepts, and says nothing to the beginning of TLS
    const failing = send({ ...outbound(), endpoint: url.replace('http', 'https') }, never, { connectMs: 200 });
    expect(toFailure(await failureOf(failing), 'aws', never)).toMatchObject({
      code: 'timeout',
      details: { unreached: true },
    });
    await close();
  });

  test('leaves its connection, but not to those that may take another time to connect', async () => {
    const over = async (connectMs?: number) => {
      await readText((await send(outbound(), never, { connectMs })).body);
      await new Promise(setImmediate);
    };
    for (const ms of [undefined, 900, 900, undefined]) await over(ms);
    expect(connections()).toEqual([1, 2, 2, 1]);
  });
});

describe('a connection whose answer nobody reads to its end', () => {
  const refusing: Script = (_, response) => void response.writeHead(429).end('{"message":"Slow down."}');

  test.each([
    ['converse', withConverse, converse],
    ['invoke', withInvoke, invoke],
  ] as const)('is there for the next call after a refusal (%s)', async (_, sending, outbound) => {
    const send = sending(unused, Date.now);
    script = refusing;
    for (let times = 0; times < 5; times++) {
      expect((await send(outbound(), never)).status).toBe(429); // its body stays unread
      await new Promise(setImmediate);
    }
    expect(seen.map(({ connection }) => connection)).toEqual([1, 1, 1, 1, 1]);
  });

  test.each([
    ['an exception', encode({ ':message-type': 'exception', ':exception-type': 'throttlingException' })],
    [
      'an event and an exception',
      Buffer.concat([stopped, encode({ ':message-type': 'exception', ':exception-type': 'x' })]),
    ],
    ['a garbled frame', Buffer.from(stopped).fill(7, 20)],
  ])('is closed at %s', async (_, bytes) => {
    const closed = Promise.withResolvers<void>();
    script = (_, response) => {
      response.on('close', closed.resolve);
      response.writeHead(200, { 'content-type': 'application/vnd.amazon.eventstream' }).write(bytes); // and no end
    };
    const { body } = await withConverse(unused, Date.now)(converse(), never);
    await readText(body).catch(() => {});
    await closed.promise;
  });
});

describe('a connection', () => {
  /** A call over a connection whose host announces how long it keeps it; gives our end of it. */
  async function left(announced: string) {
    const sockets: Socket[] = [];
    const see = (message: unknown) => void sockets.push(Object(message).socket);
    const closed = Promise.withResolvers<void>();
    const { url, close } = await serveTcp((socket) => {
      socket
        .on('data', () => socket.write(`HTTP/1.1 200 OK\r\n${announced}content-length: 2\r\n\r\n{}`))
        .on('close', closed.resolve);
    });
    subscribe('net.client.socket', see);
    const { body } = await withInvoke(unused, Date.now)({ ...invoke(), endpoint: url }, never);
    unsubscribe('net.client.socket', see);
    await readText(body);
    return { sockets, closed: closed.promise, close };
  }

  test.each(['', 'keep-alive: timeout=600\r\n'])('is kept for 30 s', async (announced) => {
    const { sockets, close } = await left(announced);
    await expect.poll(() => sockets.map(({ timeout }) => timeout)).toEqual([30_000]);
    await close();
  });

  test('is left before its host closes it', async () => {
    const { closed, close } = await left('keep-alive: timeout=2\r\n');
    await closed;
    await close();
  });
});
