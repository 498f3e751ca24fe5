import type { IncomingMessage, ServerResponse } from 'node:http';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test, vi } from 'vitest';
import { withInvoke } from '../../lib/aws/invoke.ts';
import { GatewayError } from '../../lib/errors.ts';
import { toFailure } from '../../lib/wire/failure.ts';
import type { InvokeOutbound, Send } from '../../lib/wire/send.ts';
import { readText } from '../../lib/wire/text.ts';
import { failureOf } from '../support/bytes.ts';
import { serveHttp } from '../support/server.ts';

type Asked = { readonly path: string; readonly headers: IncomingMessage['headers']; readonly body: { at: number } };
type Script = (asked: Asked, response: ServerResponse, request: IncomingMessage) => void;

const asked: Asked[] = [];
let script: Script;
let server: Awaited<ReturnType<typeof serveHttp>>;

const answering: Script = ({ body }, response) => {
  const headers = { 'content-type': 'application/json', 'x-amzn-bedrock-input-token-count': `${body.at + 5}` };
  response.writeHead(200, headers).end(`{"embedding": [${body.at}],\n "inputTextTokenCount": 3}`);
};

const unused: Send = () => Promise.reject(new Error('This goes elsewhere.'));
const never = new AbortController().signal;
const model = 'amazon.titan-embed-text-v2:0';
const bodies = (count: number) => JSON.stringify(Array.from({ length: count }, (_, at) => ({ at })));

const ask = (more: Partial<InvokeOutbound> = {}, send = withInvoke(unused, Date.now), signal = never) =>
  send({ via: 'invoke', endpoint: server.url, region: 'eu-west-3', model, body: bodies(2), ...more }, signal);
const codeOf = (error: unknown) => toFailure(error, 'bedrock', never).code;

beforeAll(async () => {
  server = await serveHttp(async (request, response) => {
    const one = { path: request.url ?? '', headers: request.headers, body: JSON.parse(await readText(request)) };
    asked.push(one);
    script(one, response, request);
  });
});
afterAll(() => server.close());
beforeEach(() => {
  asked.length = 0;
  script = answering;
  vi.stubEnv('AWS_ACCESS_KEY_ID', 'AKIDEXAMPLE');
  vi.stubEnv('AWS_SECRET_ACCESS_KEY', 'secret');
  vi.stubEnv('AWS_BEARER_TOKEN_BEDROCK', 'stray');
  vi.stubEnv('AWS_PROFILE', undefined);
});
afterEach(() => void vi.unstubAllEnvs());

test('each answer is a line, in order, with the tokens the service counted', async () => {
  const { status, body } = await ask({ body: bodies(20) });
  expect(status).toBe(200);
  const lines = (await readText(body)).split('\n').map((line) => JSON.parse(line));
  expect(lines).toEqual(
    Array.from({ length: 20 }, (_, at) => ({ tokens: at + 5, answer: { embedding: [at], inputTextTokenCount: 3 } })),
  );
  expect(asked).toHaveLength(20);
});

test('a count that is missing or none is left open', async () => {
  for (const count of [{}, { 'x-amzn-bedrock-input-token-count': 'many' }]) {
    script = (_, response) => void response.writeHead(200, count).end('{}');
    expect(await readText((await ask({ body: bodies(1) })).body)).toBe('{"tokens":null,"answer":{}}');
  }
});

test('a request is JSON, signed for its region with the credentials of the process', async () => {
  await ask({ body: bodies(1) });
  expect(asked[0]).toMatchObject({
    path: '/model/amazon.titan-embed-text-v2%3A0/invoke',
    headers: { 'content-type': 'application/json', accept: 'application/json' },
    body: { at: 0 },
  });
  expect(asked[0]?.headers.authorization).toMatch(
    /^AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE\/\d{8}\/eu-west-3\/bedrock\/aws4_request,/,
  );
});

test('the ARN of an inference profile is encoded in the path', async () => {
  await ask({ model: 'arn:aws:bedrock:eu-west-3:123456789012:inference-profile/eu.cohere.embed-v4:0' });
  expect(asked[0]?.path).toBe(
    '/model/arn%3Aaws%3Abedrock%3Aeu-west-3%3A123456789012%3Ainference-profile%2Feu.cohere.embed-v4%3A0/invoke',
  );
});

test('a token is sent as a bearer', async () => {
  await ask({ token: 'mine', body: bodies(1) });
  expect(asked[0]?.headers.authorization).toBe('Bearer mine');
});

test('a refusal comes with its name, its message and when to come back; it is not tried again', async () => {
  script = (_, response) => {
    const headers = { 'x-amzn-errortype': 'ValidationException:http://internal/', 'retry-after': '7' };
    response.writeHead(400, headers).end('{"message":"No."}');
  };
  const { status, headers, body, partly } = await ask({ body: bodies(1) });
  expect({ status, headers, partly }).toEqual({
    status: 400,
    headers: { 'x-amzn-errortype': 'ValidationException', 'retry-after': '7' },
  });
  expect(await readText(body)).toBe('{"message":"No."}');
  expect(asked).toHaveLength(1);
});

test('one refusal is the answer of all, and says that others were answered', async () => {
  script = (one, response, request) => {
    if (one.body.at === 0) return answering(one, response, request);
    response.writeHead(429, { 'x-amzn-errortype': 'ThrottlingException' }).end('{"message":"Slow down."}');
  };
  const { status, headers, partly } = await ask({ body: bodies(30) });
  expect([status, headers['x-amzn-errortype'], partly]).toEqual([429, 'ThrottlingException', true]);
  expect(asked.length).toBeLessThan(20);
});

test('a refusal by something else than the service has a status and no words', async () => {
  script = (_, response) => void response.writeHead(502, { 'content-type': 'text/html' }).end('<html>secret</html>');
  const { status, body } = await ask();
  expect([status, await readText(body)]).toEqual([502, '{"message":""}']);
});

test('without credentials nothing is sent, and the refusal says so', async () => {
  for (const name of ['AWS_ACCESS_KEY_ID', 'AWS_SECRET_ACCESS_KEY']) vi.stubEnv(name, undefined);
  vi.stubEnv('AWS_EC2_METADATA_DISABLED', 'true');
  for (const name of ['AWS_CONFIG_FILE', 'AWS_SHARED_CREDENTIALS_FILE']) vi.stubEnv(name, '/nowhere');
  const { status, headers } = await ask();
  expect([status, headers['x-amzn-errortype'], asked.length]).toEqual([403, 'CredentialsProviderError', 0]);
});

test('a connection that is refused, reset, cut or silent fails with a code we know', async () => {
  const failing = async (more = {}, send = withInvoke(unused, Date.now)) => codeOf(await failureOf(ask(more, send)));
  expect(await failing({ endpoint: 'http://127.0.0.1:1' })).toBe('provider_unreachable');
  script = (_, __, request) => void request.socket.destroy();
  expect(await failing()).toBe('provider_unreachable');
  script = (_, response) => {
    response.writeHead(200, { 'content-length': 100 }).write('{"embedding":', () => response.destroy());
  };
  expect(await failing()).toBe('provider_unreachable');
  script = () => {};
  expect(await failing({}, withInvoke(unused, Date.now, { connectMs: 1_000, silenceMs: 300 }))).toBe('timeout');
});

test('who aborts closes all connections', async () => {
  const reason = new GatewayError('client_closed', { message: 'The caller is gone.' });
  const caller = new AbortController();
  const arrived = Promise.withResolvers<void>();
  const closed: Promise<void>[] = [];
  script = (_, __, request) => {
    closed.push(new Promise((resolve) => void request.socket.once('close', resolve)));
    if (closed.length === 8) arrived.resolve();
  };
  const failed = failureOf(ask({ body: bodies(30) }, withInvoke(unused, Date.now), caller.signal));
  await arrived.promise;
  caller.abort(reason);
  expect(toFailure(await failed, 'bedrock', caller.signal)).toBe(reason);
  await Promise.all(closed);
  expect(asked).toHaveLength(8);
});

test('what goes over HTTP is sent as before', async () => {
  const inbound = { status: 200, headers: {}, body: (async function* () {})() };
  const outbound = { via: 'http', method: 'GET', url: 'https://example.com', headers: {}, body: '' } as const;
  expect(await withInvoke(async () => inbound, Date.now)(outbound, never)).toBe(inbound);
});
