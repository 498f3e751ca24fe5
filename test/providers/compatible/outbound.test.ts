import fc from 'fast-check';
import { expect, test } from 'vitest';
import { toRates } from '../../../lib/catalog/price.ts';
import { emptyConfig } from '../../../lib/config/config.ts';
import { toChatRequest } from '../../../lib/openai/request.ts';
import { compatibleDialect } from '../../../lib/providers/compatible/compatible.ts';
import { findProvider } from '../../../lib/providers/index.ts';
import type { Target } from '../../../lib/providers/provider.ts';

const provider = findProvider('lab', {
  ...emptyConfig,
  providers: { lab: { kind: 'openai-compatible', baseUrl: 'https://lab.example/v1', credential: 'env:LAB' } },
});
if (provider === undefined) throw new Error('The lab is configured.');
const price = toRates({ input: 1, output: 1 });
const plain = compatibleDialect();
const target: Target = { name: 'lab/their/model', provider, model: 'their/model', price };
const messages = [{ role: 'user', content: 'Hello' }];
const sent = (fields: object) => {
  const { outbound, dropped } = plain.toProvider(
    toChatRequest({ model: 'lab/their/model', messages, ...fields }),
    target,
  );
  expect(dropped).toEqual([]);
  if (outbound.via !== 'http') throw new Error('A compatible vendor is reached over HTTP.');
  return { ...outbound, body: JSON.parse(String(outbound.body)) };
};

test("a request leaves for the provider's address, under the provider's name of the model", () => {
  expect(sent({})).toEqual({
    via: 'http',
    method: 'POST',
    url: 'https://lab.example/v1/chat/completions',
    headers: { 'content-type': 'application/json', accept: 'application/json' },
    body: { model: 'their/model', messages },
  });
});

test('a stream is asked for with its usage, beside what the caller asks of it', () => {
  expect(sent({ stream: true })).toMatchObject({
    headers: { accept: 'text/event-stream' },
    body: { stream: true, stream_options: { include_usage: true } },
  });
  expect(
    sent({ stream: true, stream_options: { include_usage: false, include_obfuscation: false } }).body,
  ).toMatchObject({
    stream_options: { include_usage: true, include_obfuscation: false },
  });
  expect(sent({ stream: true, stream_options: null }).body.stream_options).toEqual({ include_usage: true });
  expect(sent({ stream: false }).body).not.toHaveProperty('stream_options');
});

test('a field nobody knows arrives as it came, however it is named', () => {
  const names = fc.oneof(
    fc.string(),
    fc.constantFrom('__proto__', 'constructor', 'toString', 'url', 'headers', 'authorization'),
  );
  const strangers = fc.dictionary(
    names.map((name) => `x${name}`),
    fc.jsonValue({ maxDepth: 3 }),
  );
  fc.assert(
    fc.property(strangers, (fields) => {
      const { body, url, headers } = sent(JSON.parse(JSON.stringify(fields)));
      expect(body).toEqual(JSON.parse(JSON.stringify({ ...fields, model: 'their/model', messages })));
      expect([url, Object.keys(headers)]).toEqual([
        'https://lab.example/v1/chat/completions',
        ['content-type', 'accept'],
      ]);
    }),
  );
  const raw = JSON.parse('{"__proto__":{"a":1},"model":"m","messages":[{"role":"user","content":"x"}]}');
  expect(plain.toProvider(toChatRequest(raw), target).outbound.body).toContain('"__proto__":{"a":1}');
});

test('the request itself is not changed', () => {
  const request = Object.freeze(toChatRequest({ model: 'lab/their/model', messages, stream: true }));
  plain.toProvider(request, target);
  expect(request).toEqual({ model: 'lab/their/model', messages, stream: true });
});
