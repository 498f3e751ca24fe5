import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { GatewayError } from '../../lib/errors.ts';
import { MOST_BODY_BYTES } from '../../lib/pipeline/parse.ts';
import { refuse, serve } from '../../lib/pipeline/serve.ts';
import type { World } from '../../lib/world.ts';
import { answered, answering, ask, config } from '../support/answering.ts';
import { chunk, delta } from '../support/compatible-stream.ts';
import { errorOf, textOf } from '../support/replies.ts';
import { apiKey, fakeWorld, visitOf } from '../support/world.ts';

describe('serving', () => {
  test.each([
    ['GET', '/healthz', 200],
    ['HEAD', '/v1/healthz', 200],
    ['POST', '/healthz', 405],
    ['GET', '/v1/models', 200],
    ['GET', '/models', 200],
    ['GET', '/v1/models/openai%2Fgpt', 404],
    ['GET', '/v1/models/%E0%A4%A', 404],
    ['GET', '/v1/models/', 404],
    ['GET', '/v1/models/constructor', 404],
    ['POST', '/models', 405],
    ['POST', '/v1/chat/completions', 200],
    ['POST', '/chat/completions', 200],
    ['GET', '/v1/chat/completions', 405],
    ['POST', '/v1/chat/completions/', 404],
    ['POST', '/v1/v1/chat/completions', 404],
    ['POST', '/V1/chat/completions', 404],
    ['GET', '/', 404],
    ['GET', '', 404],
    ['GET', '/v1', 404],
  ])('%s %s is %i', async (method, path, status) => {
    expect((await serve(visitOf(ask, { method, path }), answering(answered))).status).toBe(status);
  });

  test('never throws, whatever is asked and however: a reply, or an error in OpenAI’s shape', async () => {
    const path = fc.oneof(
      fc.constantFrom('/v1/chat/completions', '/v1/models', '/v1/models/x%', '/healthz', '*', ''),
      fc.webPath(),
      fc.string({ unit: 'binary' }),
    );
    const headers = fc.dictionary(
      fc.oneof(
        fc.constantFrom(
          'content-type',
          'content-encoding',
          'x-api-key',
          'authorization',
          'x-sluice-metadata',
          'x-sluice-timeout-ms',
        ),
        fc.constantFrom('__proto__', 'constructor', 'x-sluice-user'),
        fc.string(),
      ),
      fc.oneof(fc.string(), fc.constantFrom('application/json', `Bearer ${apiKey}`, 'identity', '{}', '7')),
    );
    const fields = fc.record(
      {
        model: fc.oneof(fc.constant('lab/m'), fc.string()),
        messages: fc.jsonValue(),
        stream: fc.jsonValue(),
        n: fc.jsonValue(),
      },
      { requiredKeys: [] },
    );
    const body = fc.oneof(
      fc.uint8Array(),
      fc.jsonValue().map((value) => Buffer.from(JSON.stringify(value))),
      fields.map((some) => Buffer.from(JSON.stringify({ ...ask, ...some }))),
    );
    const visit = fc.record({
      method: fc.constantFrom('GET', 'POST', 'PUT', 'BREW', ''),
      path,
      headers,
      body,
      honest: fc.boolean(),
    });
    await fc.assert(
      fc.asyncProperty(visit, async ({ method, path, headers, body, honest }) => {
        const given = honest
          ? { ...headers, authorization: `Bearer ${apiKey}`, 'content-type': 'application/json' }
          : headers;
        const world = answering(answered);
        const reply = await serve({ ...visitOf(body, { method, path }), headers: given }, world);
        if (reply.status === 200) await textOf(reply);
        else await errorOf(reply);
        await reply.afterwards();
        expect(world.written.lines.filter(({ level }) => level === 'error')).toEqual([]);
      }),
      { numRuns: 500 },
    );
  });

  test.each([
    ['provider', { send: () => Promise.reject(new Error('canary')) }],
    ['table of keys', { access: { find: () => Promise.reject(new Error('canary')) } }],
    ['ledger', { ledger: { ...fakeWorld().ledger, reserve: () => Promise.reject(new Error('canary')) } }],
    ['secrets', { secrets: { reveal: () => Promise.reject(new Error('canary')) } }],
  ] satisfies [string, Partial<World>][])(
    'a fault in the %s is told as one, logged with its cause, and not explained to the caller',
    async (_, broken) => {
      const world = fakeWorld({ ...broken, config });
      const error = await errorOf(await serve(visitOf(ask), world));
      expect(error).toMatchObject({ code: 'internal_error' });
      expect(JSON.stringify(error)).not.toContain('canary');
      expect(world.written.lines).toEqual([
        expect.objectContaining({
          level: 'error',
          fields: expect.objectContaining({ id: 'req_test', cause: [expect.stringContaining('canary'), ...[]] }),
        }),
      ]);
    },
  );

  test('a body over the limit is refused before it is read', async () => {
    const reply = await serve(visitOf(Buffer.alloc(MOST_BODY_BYTES + 1)), fakeWorld());
    expect([reply.status, (await errorOf(reply)).code]).toEqual([413, 'request_too_large']);
    const refused = refuse(new GatewayError('request_too_large', { message: 'x' }), visitOf({}), fakeWorld());
    expect(await errorOf(refused)).toMatchObject({ code: 'request_too_large' });
  });

  // Whoever serves a model of their own may answer to any name at all.
  test.each([
    ['an accent', 'lab/modèle'],
    ['other letters', 'lab/模型'],
    ['a line break', 'lab/a\r\nx-injected: 1'],
    ['a null', 'lab/a\u0000b'],
    ['a picture', 'lab/😀'],
    ['half a picture', 'lab/\ud83d'],
    ['a million letters', `lab/${'m'.repeat(1e6)}`],
  ])('a model with %s in its name gives a reply whose headers can be sent, or a refusal', async (_, model) => {
    const reply = await serve(visitOf({ ...ask, model }), answering(answered));
    await textOf(reply);
    expect(JSON.stringify(reply.headers).length).toBeLessThan(2_000);
  });
});

describe('an answer of several choices', () => {
  test('is cut when one of those asked for never began', async () => {
    const text = [chunk([delta({ content: 'a' })]), chunk([delta({}, 0, 'stop')])].join('');
    const reply = await serve(visitOf({ ...ask, stream: true, n: 2 }), answering(text));
    expect(await textOf(reply)).not.toContain('[DONE]');
  });
});
