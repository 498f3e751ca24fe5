import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ask } from '../support/answering.ts';
import { chatBytes, openBareDoor } from '../support/bare-door.ts';
import { answersIn, dial, rawRequest, sendRaw } from '../support/raw.ts';

let door: Awaited<ReturnType<typeof openBareDoor>>;
beforeAll(async () => {
  door = await openBareDoor();
});
afterAll(() => door.close(0));

/** The error bodies have the shape every OpenAI SDK reads. */
const errorOf = (status: number, code: string) => ({
  status,
  headers: expect.objectContaining({
    'content-type': 'application/json',
    'x-request-id': expect.stringMatching(/^req_/),
  }),
  body: expect.stringMatching(
    new RegExp(`^\\{"error":\\{"message":"[^"].*","type":"invalid_request_error","param":.*,"code":"${code}"`),
  ),
});
const said = async (bytes: Uint8Array | string) => answersIn(await sendRaw(door.port, bytes));
const ok = expect.objectContaining({ status: 200 });
const host = 'host: a\r\n';

describe('what is no request is refused in OpenAI’s shape, and its connection ends', () => {
  test.each([
    ['a TLS greeting', '\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03'],
    ['a preface of HTTP/2', 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n'],
    ['a version nobody speaks', `GET /healthz HTTP/3.0\r\n${host}\r\n`],
    ['a method nobody knows', `BREW /pot HTTP/1.1\r\n${host}\r\n`],
    ['a path with a blank', `GET /health z HTTP/1.1\r\n${host}\r\n`],
    ['a header with a null', `GET /healthz HTTP/1.1\r\n${host}x: a\0b\r\n\r\n`],
    ['a header that goes on in the next line', `GET /healthz HTTP/1.1\r\n${host}x: a\r\n b\r\n\r\n`],
    ['a header without a name', `GET /healthz HTTP/1.1\r\n${host}: a\r\n\r\n`],
    ['a chunk whose size is no number', chatBytes('zz\r\n', { 'transfer-encoding': 'chunked', 'content-length': '' })],
    ['a body that is cut', chatBytes(ask).subarray(0, -5)],
  ])('%s', async (_, bytes) => {
    expect(await said(bytes)).toEqual([errorOf(400, 'invalid_request_error')]);
  });

  const chunks = '0\r\n\r\n';
  test.each([
    ['a length beside chunks', { 'transfer-encoding': 'chunked', 'content-length': '5' }],
    ['chunks that are not said last', { 'transfer-encoding': 'chunked, identity' }],
    ['a length that is no number', { 'content-length': '5, 6' }],
    ['a length below nothing', { 'content-length': '-1' }],
    ['a length with a sign', { 'content-length': '+5' }],
  ])('%s: what would smuggle a second request behind the first', async (_, headers) => {
    const smuggled = rawRequest('GET /healthz HTTP/1.1', { host: 'a' });
    const first = rawRequest('POST /v1/chat/completions HTTP/1.1', { host: 'a', ...headers }, chunks);
    expect(await said(Buffer.concat([first, smuggled]))).toEqual([errorOf(400, 'invalid_request_error')]);
  });

  test('two lengths that differ', async () => {
    const bytes = `POST /v1/chat/completions HTTP/1.1\r\n${host}content-length: 0\r\ncontent-length: 5\r\n\r\nhello`;
    expect(await said(bytes)).toEqual([errorOf(400, 'invalid_request_error')]);
  });

  test.each([
    ['a header of 20 KB', `GET /healthz HTTP/1.1\r\n${host}x: ${'y'.repeat(20_000)}\r\n\r\n`],
    ['a path of 20 KB', `GET /${'y'.repeat(20_000)} HTTP/1.1\r\n${host}\r\n`],
    [
      'eleven hundred headers',
      `GET /healthz HTTP/1.1\r\n${host}${Array.from({ length: 1_100 }, (_, at) => `x${at.toString(36)}: ${at}\r\n`).join('')}\r\n`,
    ],
  ])('%s: 431', async (_, bytes) => {
    expect(await said(bytes)).toEqual([errorOf(431, 'headers_too_large')]);
  });

  test('a tunnel: 405', async () => {
    expect(await said('CONNECT example.com:443 HTTP/1.1\r\nhost: example.com\r\n\r\n')).toEqual([
      errorOf(405, 'method_not_allowed'),
    ]);
  });

  test('and never before or within an answer that is under way on the same connection', async () => {
    const both = Buffer.concat([chatBytes({ ...ask, stream: true }), Buffer.from('no request\r\n\r\n')]);
    expect(await sendRaw(door.port, both)).toMatch(/^(HTTP\/1\.1 200|$)/);
  });
});

describe('what is unusual and yet a request is answered', () => {
  test.each([
    ['the whole URL as its path', 'GET http://other.example/healthz?x=1 HTTP/1.1', { host: 'other.example' }],
    ['no host', 'GET /healthz HTTP/1.1', {}],
    ['HTTP/1.0', 'GET /healthz HTTP/1.0', {}],
    ['an offer of another protocol', 'GET /healthz HTTP/1.1', { connection: 'upgrade', upgrade: 'h2c', host: 'a' }],
    ['an expectation nobody has', 'GET /healthz HTTP/1.1', { expect: 'the-unexpected', host: 'a' }],
    ['names that every object has', 'GET /healthz HTTP/1.1', { ['__proto__']: 'a', constructor: 'b', host: 'a' }],
  ])('with %s', async (_, line, headers) => {
    expect(await said(rawRequest(line, headers))).toEqual([ok]);
  });

  test('900 headers all arrive: none is dropped to make room', async () => {
    const many = Object.fromEntries(Array.from({ length: 900 }, (_, at) => [`x${at.toString(36)}`, '1']));
    expect(await said(chatBytes(ask, { ...many, connection: 'close' }))).toEqual([ok]);
    expect(await said(chatBytes(ask, { ...many, 'x-sluice-last': '1' }))).toEqual([
      errorOf(400, 'invalid_request_error'),
    ]);
  });

  test('three requests at once on a connection, in their order', async () => {
    const [none, chat] = [rawRequest('GET /nowhere HTTP/1.1', { host: 'a' }), chatBytes(ask)];
    const answers = await said(Buffer.concat([chat, none, chat]));
    expect(answers.map(({ status }) => status)).toEqual([200, 404, 200]);
  });

  test('one that waits to be told to go on is told, and then answered', async () => {
    const bytes = chatBytes(ask, { expect: '100-continue' });
    const head = bytes.subarray(0, bytes.indexOf('\r\n\r\n') + 4);
    const { socket, closed, said } = dial(door.port);
    socket.write(head);
    await expect.poll(said).toBe('HTTP/1.1 100 Continue\r\n\r\n');
    socket.end(bytes.subarray(head.length));
    await closed;
    expect(answersIn(said()).map(({ status }) => status)).toEqual([100, 200]);
  });

  test('a body in chunks of one byte, with extensions and a trailer', async () => {
    const chunks = [...Buffer.from(JSON.stringify(ask))].map((byte) => `1;x=y\r\n${String.fromCharCode(byte)}\r\n`);
    const bytes = chatBytes(`${chunks.join('')}0\r\nx-trailer: 1\r\n\r\n`, { 'transfer-encoding': 'chunked' });
    expect(await said(bytes.toString('latin1').replace(/content-length: \d+\r\n/, ''))).toEqual([ok]);
  });
});

describe('a body that is not what it seems is refused', () => {
  const bomb = gzipSync(Buffer.alloc(50 * 1024 * 1024));
  test.each(['gzip', 'br', 'deflate', 'zstd', 'gzip, identity'])('packed as %s, unread', async (encoding) => {
    expect(await said(chatBytes(bomb, { 'content-encoding': encoding }))).toEqual([
      errorOf(400, 'invalid_request_error'),
    ]);
  });

  const text = JSON.stringify(ask);
  test.each([
    ['a number beyond all', text.replace('{', '{"n":1e999,'), 400, '"param":"n"'],
    [
      'a key twice, the later of which is wrong',
      text.replace('{', '{"temperature":1,"temperature":9,'),
      400,
      '"param":"temperature"',
    ],
    ['a null in the name of the model', text.replace('lab/m', 'lab/\\u0000m'), 400, '"param":"model"'],
    ['half a surrogate in the name of the model', text.replace('lab/m', 'lab/\\ud800'), 400, '"param":"model"'],
    ['a raw null', text.replace('Hello', 'Hel\0lo'), 400, 'not valid JSON'],
    ['a byte order mark and nothing else', '\ufeff', 400, 'not valid JSON'],
    ['an object nobody made as a model', text.replace('lab/m', '__proto__'), 404, 'model_not_found'],
  ] as const)('%s', async (_, body, status, words) => {
    const [answer] = await said(chatBytes(body));
    expect(answer).toMatchObject({ status, body: expect.stringContaining(words) });
  });
});

describe('a field called as every object’s are', () => {
  test.each([
    ['of the body', { ...JSON.parse('{"__proto__":{"stream":true},"constructor":1,"toString":2}') }],
    ['as a tool', { tools: ['__proto__', 'constructor'].map((name) => ({ type: 'function', function: { name } })) }],
    ['as a user', { user: '__proto__' }],
    ['of metadata', { metadata: { constructor: 'a', toString: 'b' } }],
  ])('%s is one like any other', async (_, fields) => {
    const headers = { 'x-sluice-feature': '__proto__', 'x-sluice-user': 'constructor' };
    expect(await said(chatBytes({ ...ask, ...fields }, headers))).toEqual([ok]);
  });
});

describe('a client that takes its time', () => {
  test.each([
    ['headers', 'GET /healthz HTTP/1.1\r\nx: '],
    ['a body', chatBytes(ask, { 'content-length': '100000' })],
    ['nothing', ''],
  ])('in sending %s is cut off within a few times what it has, however it dribbles', async (_, beginning) => {
    const slow = await openBareDoor({ arrival: { headersMs: 200, wholeMs: 400 } });
    const { socket, closed, said } = dial(slow.port);
    socket.write(beginning);
    const dribble = setInterval(() => beginning !== '' && socket.writable && socket.write(' '), 20);
    const since = performance.now();
    await closed;
    clearInterval(dribble);
    expect(performance.now() - since).toBeLessThan(3_000);
    expect(answersIn(said())).toEqual([errorOf(408, 'request_timeout')]);
    await slow.close(0);
  });

  test('and a thousand that say nothing keep nobody else waiting', async () => {
    const idle = Array.from({ length: 1_000 }, () => dial(door.port));
    await Promise.all(idle.map(({ socket }) => new Promise((resolve) => socket.once('connect', resolve))));
    const since = performance.now();
    const served = await Promise.all(Array.from({ length: 20 }, () => said(chatBytes(ask))));
    expect(performance.now() - since).toBeLessThan(3_000);
    expect(served.flat().map(({ status }) => status)).toEqual(Array(20).fill(200));
    for (const { socket } of idle) socket.destroy();
    await Promise.all(idle.map(({ closed }) => closed));
  });
});
