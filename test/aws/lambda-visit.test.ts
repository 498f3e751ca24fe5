import assert from 'node:assert/strict';
import { test } from 'vitest';
import { toVisit } from '../../lib/aws/lambda-visit.ts';
import { GatewayError } from '../../lib/errors.ts';
import type { Visit } from '../../lib/pipeline/visit.ts';

const { signal } = new AbortController();
const circumstances = { signal, over: signal, id: 'req_1', startedAt: 1_000, startedTick: 10 };

const fromUrl = {
  version: '2.0',
  routeKey: '$default',
  rawPath: '/v1/chat/completions',
  rawQueryString: 'a=1',
  cookies: ['session=x'],
  headers: { Authorization: 'Bearer sk-1', 'content-type': 'application/json' },
  requestContext: { http: { method: 'POST', path: '/v1/chat/completions' } },
  body: '{"model":"é"}',
  isBase64Encoded: false,
};

const fromApi = {
  resource: '/{proxy+}',
  path: '/v1/models',
  httpMethod: 'GET',
  headers: { 'X-Tag': 'b', Host: 'api.example.com' },
  multiValueHeaders: { 'X-Tag': ['a', 'b'], Host: ['api.example.com'] },
  requestContext: { stage: 'prod', path: '/prod/v1/models' },
  body: null,
  isBase64Encoded: false,
};

/** The visit of an event that is one. */
function visitOf(...event: Parameters<typeof toVisit>): Visit {
  const visit = toVisit(...event);
  assert.ok(!(visit instanceof GatewayError));
  return visit;
}

const bodyOf = (event: unknown) => Buffer.from(visitOf(event, circumstances).body).toString();

test('a function URL event becomes a visit', () => {
  const { body, ...visit } = visitOf(fromUrl, circumstances);
  assert.deepEqual(visit, {
    method: 'POST',
    path: '/v1/chat/completions',
    headers: { authorization: 'Bearer sk-1', 'content-type': 'application/json' },
    ...circumstances,
  });
  assert.equal(Buffer.from(body).toString(), '{"model":"é"}');
});

test('a REST API event becomes a visit without its stage, its repeated headers joined', () => {
  const { body, ...visit } = visitOf(fromApi, circumstances);
  assert.deepEqual(visit, {
    method: 'GET',
    path: '/v1/models',
    headers: { 'x-tag': 'a,b', host: 'api.example.com' },
    ...circumstances,
  });
  assert.equal(body.byteLength, 0);
});

test('a REST API event may lack either kind of headers', () => {
  assert.deepEqual(visitOf({ ...fromApi, multiValueHeaders: null }, circumstances).headers, {
    'x-tag': 'b',
    host: 'api.example.com',
  });
  assert.deepEqual(visitOf({ ...fromApi, headers: null, multiValueHeaders: null }, circumstances).headers, {});
});

test('an encoded body arrives as the bytes that were sent, whatever they are', () => {
  const bytes = Uint8Array.from({ length: 256 }, (_, at) => at);
  const body = Buffer.from(bytes).toString('base64');
  for (const event of [fromUrl, fromApi]) {
    const visit = visitOf({ ...event, body, isBase64Encoded: true }, circumstances);
    assert.deepEqual(Uint8Array.from(visit.body), bytes);
  }
});

test('a body that is not sent is an empty one', () => {
  const { body: _, ...bodiless } = fromUrl;
  assert.equal(bodyOf(bodiless), '');
  assert.equal(bodyOf({ ...fromUrl, body: null }), '');
});

test('a header cannot reach the prototype', () => {
  const { headers } = visitOf({ ...fromUrl, headers: JSON.parse('{"__proto__":"x"}') }, circumstances);
  assert.equal(Object.getPrototypeOf(headers), Object.prototype);
});

test('an event that is no HTTP request is refused', () => {
  const events = [undefined, null, 'text', [], {}, { rawPath: '/' }, { path: '/' }, { Records: [] }];
  for (const event of events) {
    const refused = toVisit(event, circumstances);
    assert.ok(refused instanceof GatewayError && refused.code === 'invalid_request_error');
  }
});
