import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { EventStreamCodec } from '@smithy/core/event-streams';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test, vi } from 'vitest';
import { withConverse } from '../../lib/aws/converse.ts';
import { converseLines } from '../../lib/aws/converse-lines.ts';
import { GatewayError } from '../../lib/errors.ts';
import { toFailure } from '../../lib/wire/failure.ts';
import type { ConverseOutbound, Inbound, Send } from '../../lib/wire/send.ts';
import { readText } from '../../lib/wire/text.ts';

type Asked = {
  readonly path: string;
  readonly headers: IncomingMessage['headers'];
  readonly body: Record<string, unknown>;
};
type Script = (response: ServerResponse, request: IncomingMessage) => void | Promise<void>;

const codec = new EventStreamCodec(
  (bytes) => Buffer.from(bytes as Uint8Array).toString(),
  (text) => Buffer.from(text),
);

/** One frame of the AWS event stream, as the service writes it: with padding. */
function frame(headers: Record<string, string>, payload: object | string): Buffer {
  const json = typeof payload === 'string' ? payload : JSON.stringify(payload);
  const typed = Object.entries(headers).map(([name, value]) => [name, { type: 'string' as const, value }]);
  return Buffer.from(codec.encode({ headers: Object.fromEntries(typed), body: Buffer.from(json) }));
}

const event = (type: string, payload: object) =>
  frame(
    { ':event-type': type, ':content-type': 'application/json', ':message-type': 'event' },
    { ...payload, p: 'abc' },
  );
const exception = (type: string, payload: object) =>
  frame({ ':exception-type': type, ':content-type': 'application/json', ':message-type': 'exception' }, payload);
const text = (words: string) => event('contentBlockDelta', { contentBlockIndex: 0, delta: { text: words } });

const begun = event('messageStart', { role: 'assistant' });
const stopped = event('messageStop', { stopReason: 'end_turn' });
const metadata = event('metadata', {
  usage: { inputTokens: 1, outputTokens: 2, totalTokens: 3 },
  metrics: { latencyMs: 9 },
});

const asked: Asked[] = [];
let script: Script;
let endpoint: string;
const server = createServer(async (request, response) => {
  const body = await readText(request);
  asked.push({ path: request.url ?? '', headers: request.headers, body: JSON.parse(body) });
  await script(response, request);
});

const answering =
  (...pieces: readonly Buffer[]): Script =>
  (response) => {
    begin(response);
    response.end(Buffer.concat(pieces));
  };
const begin = (response: ServerResponse) =>
  response.writeHead(200, { 'content-type': 'application/vnd.amazon.eventstream' });

const unused: Send = () => Promise.reject(new Error('This goes elsewhere.'));
const quick = { connectMs: 1_000, silenceMs: 300 };

function ask(
  more: Partial<ConverseOutbound> = {},
  send = withConverse(unused, Date.now),
  signal = new AbortController().signal,
) {
  const body = JSON.stringify({ messages: [{ role: 'user', content: [{ text: 'Hi' }] }] });
  return send(
    { via: 'converse', endpoint, region: 'eu-west-3', model: 'amazon.nova-lite-v1:0', body, ...more },
    signal,
  );
}

const linesIn = async ({ body }: Inbound) =>
  (await readText(body))
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line));

const never = new AbortController().signal;
const codeOf = (error: unknown) => toFailure(error, 'bedrock', never).code;

beforeAll(async () => {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterAll(() => {
  server.close();
  server.closeAllConnections();
});
beforeEach(() => {
  asked.length = 0;
  vi.stubEnv('AWS_ACCESS_KEY_ID', 'AKIDEXAMPLE');
  vi.stubEnv('AWS_SECRET_ACCESS_KEY', 'secret');
  vi.stubEnv('AWS_BEARER_TOKEN_BEDROCK', undefined);
  vi.stubEnv('AWS_PROFILE', undefined);
});
afterEach(() => void vi.unstubAllEnvs());

test('the events of an answer arrive as lines of JSON, without their padding', async () => {
  script = answering(begun, text('Hel'), text('lo'), stopped, metadata);
  const answer = await ask();
  expect(answer.status).toBe(200);
  expect(await linesIn(answer)).toEqual([
    { messageStart: { role: 'assistant' } },
    { contentBlockDelta: { contentBlockIndex: 0, delta: { text: 'Hel' } } },
    { contentBlockDelta: { contentBlockIndex: 0, delta: { text: 'lo' } } },
    { messageStop: { stopReason: 'end_turn' } },
    { metadata: { usage: { inputTokens: 1, outputTokens: 2, totalTokens: 3 }, metrics: { latencyMs: 9 } } },
  ]);
});

test('what arrives together is handed on together, and each piece as it comes', async () => {
  const go = Promise.withResolvers<void>();
  script = async (response) => {
    begin(response).write(Buffer.concat([begun, text('a'), text('b')]));
    await go.promise;
    response.end(Buffer.concat([stopped, metadata]));
  };
  const pieces: number[] = [];
  for await (const piece of (await ask()).body) {
    pieces.push(Buffer.from(piece).toString().split('\n').length - 1);
    go.resolve();
  }
  expect(pieces.reduce((sum, count) => sum + count)).toBe(5);
  expect(pieces.length).toBeLessThan(5);
});

test('a request is signed for its region with the credentials of the process', async () => {
  script = answering(begun, stopped);
  await linesIn(await ask());
  expect(asked[0]?.headers.authorization).toMatch(
    /^AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE\/\d{8}\/eu-west-3\/bedrock\/aws4_request,/,
  );
  expect(asked[0]?.path).toBe('/model/amazon.nova-lite-v1%3A0/converse-stream');
});

test('the ARN of an inference profile is encoded in the path', async () => {
  script = answering(begun, stopped);
  await linesIn(
    await ask({ model: 'arn:aws:bedrock:eu-west-3:123456789012:inference-profile/eu.amazon.nova-lite-v1:0' }),
  );
  expect(asked[0]?.path).toBe(
    '/model/arn%3Aaws%3Abedrock%3Aeu-west-3%3A123456789012%3Ainference-profile%2Feu.amazon.nova-lite-v1%3A0/converse-stream',
  );
});

test('a token is sent as a bearer, and each of two tokens with its own requests', async () => {
  script = answering(begun, stopped);
  const send = withConverse(unused, Date.now);
  for (const token of ['one', 'two', 'one']) await linesIn(await ask({ token }, send));
  expect(asked.map(({ headers }) => headers.authorization)).toEqual(['Bearer one', 'Bearer two', 'Bearer one']);
});

test('a token in the environment does not take the place of credentials or of another token', async () => {
  vi.stubEnv('AWS_BEARER_TOKEN_BEDROCK', 'stray');
  script = answering(begun, stopped);
  await linesIn(await ask());
  await linesIn(await ask({ token: 'mine' }));
  expect(asked[0]?.headers.authorization).toMatch(/^AWS4-HMAC-SHA256 /);
  expect(asked[1]?.headers.authorization).toBe('Bearer mine');
});

test('bytes go out as bytes and come back in base64; a tool may call its fields as it likes', async () => {
  const redacted = Buffer.from([0, 1, 254, 255]).toString('base64');
  const image = { image: { format: 'png', source: { bytes: 'aW1hZ2U=' } } };
  const input = { image: { source: { bytes: 'aW1hZ2U=' } }, reasoningContent: { redactedContent: 'abc' } };
  const messages = [
    { role: 'user', content: [image, { document: { format: 'pdf', name: 'a', source: { bytes: 'cGRm' } } }] },
    {
      role: 'assistant',
      content: [{ reasoningContent: { redactedContent: redacted } }, { toolUse: { toolUseId: 't', name: 'f', input } }],
    },
    { role: 'user', content: [{ toolResult: { toolUseId: 't', content: [image] } }] },
  ];
  const delta = { contentBlockIndex: 0, delta: { reasoningContent: { redactedContent: redacted } } };
  script = answering(begun, event('contentBlockDelta', delta), stopped);
  const lines = await linesIn(await ask({ body: JSON.stringify({ messages }) }));
  expect(asked[0]?.body.messages).toEqual(messages);
  expect(lines[1]).toEqual({ contentBlockDelta: delta });
});

test('a whole number that the SDK gives as a big integer is as JSON has it', async () => {
  const stop = '{"stopReason":"end_turn","additionalModelResponseFields":{"seed":9007199254740993}}';
  const headers = { ':event-type': 'messageStop', ':content-type': 'application/json', ':message-type': 'event' };
  script = answering(begun, frame(headers, stop));
  expect((await linesIn(await ask())).at(-1)).toEqual({
    messageStop: { stopReason: 'end_turn', additionalModelResponseFields: { seed: 2 ** 53 } },
  });
});

test('an exception in place of the first event is the first line', async () => {
  script = answering(exception('throttlingException', { message: 'Slow down.' }));
  const answer = await ask();
  expect(answer.status).toBe(200);
  expect(await linesIn(answer)).toEqual([{ exception: { name: 'ThrottlingException', message: 'Slow down.' } }]);
});

test('an exception within an answer is its last line, known to the SDK or not', async () => {
  script = answering(begun, text('Hel'), exception('modelStreamErrorException', { message: 'Broken.' }));
  expect((await linesIn(await ask())).at(-1)).toEqual({
    exception: { name: 'ModelStreamErrorException', message: 'Broken.' },
  });
  script = answering(begun, exception('brandNewException', { message: 'What?' }));
  expect((await linesIn(await ask())).at(-1)).toEqual({
    exception: { name: 'brandNewException', message: '{"message":"What?"}' },
  });
});

test('a frame that is cut ends the lines after the last whole one', async () => {
  for (const kept of [2, 40, text('lo').length - 1]) {
    script = answering(begun, text('Hel'), text('lo').subarray(0, kept));
    expect(await linesIn(await ask())).toHaveLength(2);
  }
  script = answering(begun.subarray(0, 40));
  expect(await linesIn(await ask())).toEqual([]);
});

test('a frame that is garbled is a failed connection', async () => {
  const garbled = Buffer.from(text('lo'));
  garbled.writeUInt8(garbled.readUInt8(garbled.length - 10) ^ 1, garbled.length - 10);
  script = answering(begun, garbled);
  const answer = await ask();
  expect(codeOf(await linesIn(answer).catch((error) => error))).toBe('provider_unreachable');
});

test('a refusal comes with its name, its message and when to come back', async () => {
  script = (response) => {
    const headers = { 'x-amzn-errortype': 'ValidationException:http://internal/', 'retry-after': '7' };
    response.writeHead(400, headers).end('{"message":"No."}');
  };
  const { status, headers, body } = await ask();
  expect({ status, headers }).toEqual({
    status: 400,
    headers: { 'x-amzn-errortype': 'ValidationException', 'retry-after': '7' },
  });
  expect(await readText(body)).toBe('{"message":"No."}');
});

test('a refusal by something else than the service has a status and no words', async () => {
  script = (response) => void response.writeHead(502, { 'content-type': 'text/html' }).end('<html>secret</html>');
  const { status, body } = await ask();
  expect(status).toBe(502);
  expect(await readText(body)).toBe('{"message":""}');
});

test('without credentials nothing is sent, and the refusal says so', async () => {
  vi.stubEnv('AWS_ACCESS_KEY_ID', undefined);
  vi.stubEnv('AWS_SECRET_ACCESS_KEY', undefined);
  vi.stubEnv('AWS_EC2_METADATA_DISABLED', 'true');
  vi.stubEnv('AWS_CONFIG_FILE', '/nowhere');
  vi.stubEnv('AWS_SHARED_CREDENTIALS_FILE', '/nowhere');
  const { status, headers } = await ask();
  expect(status).toBe(403);
  expect(headers['x-amzn-errortype']).toBe('CredentialsProviderError');
  expect(asked).toEqual([]);
});

test('a connection that is refused, reset or silent fails with a code we know', async () => {
  expect(codeOf(await ask({ endpoint: 'http://127.0.0.1:1' }).catch((error) => error))).toBe('provider_unreachable');
  script = (_, request) => void request.socket.destroy();
  expect(codeOf(await ask().catch((error) => error))).toBe('provider_unreachable');
  script = () => {};
  expect(codeOf(await ask({}, withConverse(unused, Date.now, quick)).catch((error) => error))).toBe('timeout');
});

test('an answer that is reset or falls silent fails with a code we know', async () => {
  script = (response, request) => void begin(response).write(begun, () => request.socket.destroy());
  expect(codeOf(await linesIn(await ask()).catch((error) => error))).toBe('provider_unreachable');
  script = (response) => void begin(response).write(begun);
  const answer = await ask({}, withConverse(unused, Date.now, quick));
  expect(codeOf(await linesIn(answer).catch((error) => error))).toBe('timeout');
});

test('a refusal is not tried again', async () => {
  script = (response) => void response.writeHead(500).end('{}');
  expect((await ask()).status).toBe(500);
  expect(asked).toHaveLength(1);
});

test('who aborts closes the connection, before the answer and within it', async () => {
  const reason = new GatewayError('client_closed', { message: 'The caller is gone.' });
  for (const early of [true, false]) {
    const caller = new AbortController();
    const closed = Promise.withResolvers<void>();
    const arrived = Promise.withResolvers<void>();
    script = (response, request) => {
      request.socket.once('close', () => closed.resolve());
      if (!early) begin(response).write(begun);
      arrived.resolve();
    };
    const answer = ask({}, withConverse(unused, Date.now), caller.signal).then(linesIn);
    const failed = answer.then(
      () => undefined,
      (error) => toFailure(error, 'bedrock', caller.signal),
    );
    await arrived.promise;
    caller.abort(reason);
    expect(await failed).toBe(reason);
    await closed.promise;
  }
});

test('who stops reading hangs up', async () => {
  const closed = Promise.withResolvers<void>();
  script = (response, request) => {
    request.socket.once('close', () => closed.resolve());
    begin(response).write(begun);
  };
  for await (const _ of (await ask()).body) break;
  await closed.promise;
});

test('an answer read to its end leaves the connection for the next', async () => {
  const ports = new Set<number | undefined>();
  script = (response, request) => {
    ports.add(request.socket.remotePort);
    return answering(begun, stopped, metadata)(response, request);
  };
  const send = withConverse(unused, Date.now);
  for (let times = 0; times < 3; times++) {
    await linesIn(await ask({}, send));
    await new Promise(setImmediate);
  }
  expect(ports.size).toBe(1);
});

test('what goes over HTTP is sent as before', async () => {
  const sent: unknown[] = [];
  const inbound: Inbound = { status: 200, headers: {}, body: converseLines((async function* () {})(), () => {}) };
  const send = withConverse(async (outbound) => {
    sent.push(outbound);
    return inbound;
  }, Date.now);
  const outbound = { via: 'http', method: 'GET', url: 'https://example.com', headers: {}, body: '' } as const;
  expect(await send(outbound, never)).toBe(inbound);
  expect(sent).toEqual([outbound]);
});
