import type { IncomingMessage } from 'node:http';
import { afterEach, describe, expect, test } from 'vitest';
import { GatewayError } from '../../lib/errors.ts';
import { NEVER_SENT, toFailure } from '../../lib/wire/failure.ts';
import { httpSend, type Outbound } from '../../lib/wire/send.ts';
import { readText } from '../../lib/wire/text.ts';
import { arriving, failureOf } from '../support/bytes.ts';
import { nobody, serveHttp, serveTcp } from '../support/server.ts';
import { timer } from '../support/timer.ts';

const send = httpSend(timer, Date.now);
const running = new AbortController().signal;
const closing: (() => Promise<void>)[] = [];
afterEach(async () => void (await Promise.all(closing.splice(0).map((close) => close()))));

const at = async (...listener: Parameters<typeof serveHttp>) => {
  const { url, close } = await serveHttp(...listener);
  closing.push(close);
  return url;
};
const post = (url: string, body = '{}'): Outbound => ({
  via: 'http',
  method: 'POST',
  url,
  headers: { 'content-type': 'application/json', authorization: 'Bearer secret' },
  body,
});

describe('what is sent', () => {
  test('arrives as it is: method, path with its query, headers, every byte of the body', async () => {
    let seen: { request: IncomingMessage; body: string } | undefined;
    const url = await at(async (request, response) => {
      seen = { request, body: await readText(request) };
      response.writeHead(201, { 'set-cookie': ['a=1', 'b=2'], 'retry-after': '3' }).end('héllo');
    });
    const body = JSON.stringify({ text: '漢😀'.repeat(10_000) });
    const inbound = await send(post(`${url}/v1/chat?x=1&y=%20`, body), running);
    expect(inbound).toMatchObject({ status: 201, headers: { 'set-cookie': 'a=1, b=2', 'retry-after': '3' } });
    expect(await readText(inbound.body)).toBe('héllo');
    expect(seen?.request).toMatchObject({
      method: 'POST',
      url: '/v1/chat?x=1&y=%20',
      headers: { authorization: 'Bearer secret', 'content-length': String(Buffer.byteLength(body)) },
    });
    expect(seen?.body).toBe(body);
  });

  test.each([301, 302, 303, 307, 308])('does not follow a redirect (%i)', async (status) => {
    let visitors = 0;
    const elsewhere = await at((_, response) => {
      visitors++;
      response.end();
    });
    const url = await at((_, response) => response.writeHead(status, { location: elsewhere }).end());
    const inbound = await send(post(url), running);
    expect(inbound.status).toBe(status);
    await readText(inbound.body);
    expect(visitors).toBe(0);
  });

  test('an error status is an answer, not a failure', async () => {
    const url = await at((_, response) => response.writeHead(503).end('{"error":{}}'));
    const inbound = await send(post(url), running);
    expect([inbound.status, await readText(inbound.body)]).toEqual([503, '{"error":{}}']);
  });

  test('is broken off when the call is aborted, before the head and after it', async () => {
    const reason = new GatewayError('client_closed', { message: 'gone' });
    const broken: Promise<unknown>[] = [];
    const calls: AbortController[] = [];
    const url = await at((request, response) => {
      broken.push(new Promise((resolve) => response.on('close', resolve)));
      if (request.url === '/silent') calls.at(-1)?.abort(reason);
      else response.writeHead(200).write('first');
    });
    const abortable = () => {
      const call = new AbortController();
      calls.push(call);
      return call;
    };
    expect(toFailure(await failureOf(send(post(`${url}/silent`), abortable().signal)), 'lab', running)).toBe(reason);

    const second = abortable();
    const inbound = await send(post(url), second.signal);
    const reading = async () => {
      for await (const _ of inbound.body) second.abort(reason);
    };
    expect(toFailure(await failureOf(reading()), 'lab', second.signal)).toBe(reason);
    await Promise.all(broken);
    expect(broken).toHaveLength(2);
    expect(await failureOf(send(post(url), AbortSignal.abort(reason)))).toMatchObject({
      code: NEVER_SENT,
      cause: reason,
    });
    expect(broken).toHaveLength(2);
  });

  test('is broken off when its reader leaves', async () => {
    const gone = Promise.withResolvers<void>();
    const url = await at((_, response) => {
      response.on('close', gone.resolve);
      response.writeHead(200).write('x'.repeat(100_000));
    });
    expect(await readText((await send(post(url), running)).body, 10)).toBe('xxxxxxxxxx');
    await gone.promise;
  });

  test('to nobody fails as a provider out of reach', async () => {
    const failure = toFailure(await failureOf(send(post(await nobody()), running)), 'lab', running);
    expect(failure).toMatchObject({ code: 'provider_unreachable', message: expect.stringContaining('ECONNREFUSED') });
  });

  test.each([
    ['no HTTP', 'SSH-2.0-OpenSSH\r\n'],
    ['half a head', 'HTTP/1.1 200 OK\r\ncontent-le'],
    ['less than it promises', 'HTTP/1.1 200 OK\r\ncontent-length: 10\r\n\r\nhalf'],
    ['half a chunk', 'HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n5\r\nhe'],
  ])('and answered with %s fails as a provider out of reach', async (_, answer) => {
    const { url, close } = await serveTcp((socket) => void socket.once('data', () => socket.end(answer)));
    closing.push(close);
    const asking = async () => readText((await send(post(url), running)).body);
    expect(toFailure(await failureOf(asking()), 'lab', running)).toMatchObject({ code: 'provider_unreachable' });
  });
});

test('a text is read whole, or cut at a number of bytes', async () => {
  const pieces = () => arriving([Buffer.from('he'), Buffer.from('llo'), Buffer.from('!')]);
  expect(await readText(pieces())).toBe('hello!');
  expect(await readText(pieces(), 4)).toBe('hell');
  expect(await readText(pieces(), 100)).toBe('hello!');
  expect(await readText(arriving(['漢'].flatMap((each) => cutEach(each))))).toBe('漢');
});

const cutEach = (text: string) => [...Buffer.from(text)].map((byte) => Uint8Array.of(byte));
