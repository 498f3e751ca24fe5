import * as conventions from '@opentelemetry/semantic-conventions/incubating';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { unhurried } from '../support/cachings.ts';
import { type House, openHouse } from '../support/door.ts';
import { answer } from '../support/flaky.ts';
import { labs } from '../support/labs.ts';
import { type Collector, type ReceivedSpan, startCollector } from '../support/otlp.ts';
import { beginStream, event, refusal, startUpstream, type Upstream } from '../support/upstream.ts';

let collector: Collector;
let spare: Upstream;
let house: House;
let key: string;
let tenant: string;
beforeAll(async () => {
  [collector, spare] = await Promise.all([startCollector(), startUpstream(answer('Spare.'))]);
  const { providers } = labs({ spare: spare.baseUrl });
  const spareTold = Object.fromEntries(
    Object.entries(providers).map(([name, each]) => [name, { ...each, traceparent: true }]),
  );
  const models = { support: { inOrder: [{ use: 'lab/m', tries: 1 }, 'spare/m'] } };
  house = await openHouse({
    config: { version: 7, providers: spareTold, models, cache: { ...unhurried, mode: 'exact' } },
    env: {
      OTEL_EXPORTER_OTLP_ENDPOINT: collector.url,
      OTEL_EXPORTER_OTLP_HEADERS: 'x-token=a%20b',
      OTEL_BSP_SCHEDULE_DELAY: '10',
    },
  });
  ({ key, tenant } = await house.keyOf({ budgets: 'none' }));
});
afterAll(async () => {
  await house?.close();
  await Promise.all([spare?.close(), collector?.close()]);
});
beforeEach(() => house.upstream.answerWith(answer('Hello.')));

const off = { 'x-sluice-cache': 'off' };
const PARENT = { traceId: '0af7651916cd43dd8448eb211c80319c', spanId: 'b7ad6b7169203331' };
const traceparent = (flags: string) => `00-${PARENT.traceId}-${PARENT.spanId}-${flags}`;

/** The spans of the visit that was answered so, the root first, the others in the order they began. */
async function traceOf(response: Response): Promise<readonly ReceivedSpan[]> {
  await response.text();
  const id = response.headers.get('x-request-id');
  const rootOf = () => collector.spans().find(({ attributes }) => attributes['sluice.request_id'] === id);
  await expect.poll(rootOf).toBeDefined();
  const root = rootOf();
  const parts = collector.spans().filter(({ parent }) => parent === root?.id);
  return [...(root ? [root] : []), ...parts.sort((one, other) => Number(one.start - other.start))];
}

describe('a traced call', () => {
  test('is a tree: the request, its admission, each attempt and the stream', async () => {
    house.upstream.answerWith(refusal(503, { message: 'down' }));
    const asked = { model: 'support', stream: true, temperature: 0.5, max_tokens: 20 };
    const [root, ...parts] = await traceOf(
      await house.ask(key, asked, {
        ...off,
        'x-sluice-user': 'ann',
        'x-sluice-feature': 'search',
        'x-sluice-prompt': 'greet@3',
      }),
    );
    expect(root).toMatchObject({ name: 'POST /v1/chat/completions', kind: 'server', parent: '', failed: false });
    expect(root?.attributes).toMatchObject({
      'http.request.method': 'POST',
      'http.route': '/v1/chat/completions',
      'http.response.status_code': 200,
      'url.path': '/v1/chat/completions',
      'url.scheme': 'http',
      'sluice.tenant': tenant,
      'user.id': 'ann',
      'sluice.feature': 'search',
      'gen_ai.prompt.name': 'greet@3',
      'sluice.route': 'support',
      'sluice.model': 'spare/m',
      'sluice.attempts': 2,
      'sluice.cache': 'off',
      'sluice.config_version': 7,
    });
    expect(root?.resource).toEqual({ 'service.name': 'sluice' });
    expect(parts.map(({ name, kind, failed }) => [name, kind, failed])).toEqual([
      ['admission', 'internal', false],
      ['chat m', 'client', true],
      ['chat m', 'client', false],
      ['stream', 'internal', false],
    ]);
    const [, first, second] = parts;
    expect(first?.attributes).toMatchObject({
      'gen_ai.operation.name': 'chat',
      'gen_ai.provider.name': 'lab',
      'gen_ai.request.model': 'm',
      'gen_ai.request.stream': true,
      'gen_ai.request.temperature': 0.5,
      'gen_ai.request.max_tokens': 20,
      'http.response.status_code': 503,
      'error.type': '503',
      'server.address': '127.0.0.1',
      'server.port': Number(new URL(house.upstream.baseUrl).port),
      'sluice.blame': 'moment',
      'sluice.cost_usd': 0,
    });
    expect(second?.attributes).toMatchObject({
      'gen_ai.provider.name': 'spare',
      'gen_ai.response.model': 'm',
      'gen_ai.response.id': expect.stringMatching(/^chatcmpl-/),
      'gen_ai.response.finish_reasons': ['stop'],
      'gen_ai.usage.input_tokens': 10,
      'gen_ai.usage.output_tokens': 3,
      'http.response.status_code': 200,
      'sluice.cost_usd': 0.000016,
    });
    expect(second?.attributes['gen_ai.response.time_to_first_chunk']).toBeGreaterThan(0);
  });

  test('is named in its record, so that one leads to the other', async () => {
    const response = await house.ask(key, {}, off);
    const [root] = await traceOf(response);
    const record = await fetch(`${house.url}/calls/${response.headers.get('x-request-id')}`, {
      headers: { authorization: `Bearer ${key}` },
    });
    expect(await record.json()).toMatchObject({ traceId: root?.traceId });
  });

  test('has spans that lie within one another, none of them longer than the whole', async () => {
    const [root, ...parts] = await traceOf(await house.ask(key, { stream: true }, off));
    expect(parts.length).toBe(3);
    for (const part of parts) {
      expect(part.start >= (root?.start ?? 0n) && part.end <= (root?.end ?? 0n) && part.end >= part.start).toBe(true);
      expect(part.traceId).toBe(root?.traceId);
    }
    expect(Math.abs(Number((root?.start ?? 0n) / 1_000_000n) - Date.now())).toBeLessThan(60_000);
  });

  test('uses names of the conventions, or names of its own that begin with sluice', async () => {
    const known = new Set<string>(Object.values(conventions).filter((each) => typeof each === 'string'));
    await traceOf(await house.ask(key, { model: 'support', stream: true }, off));
    const names = new Set(
      collector.spans().flatMap(({ attributes, resource }) => [attributes, resource].flatMap(Object.keys)),
    );
    expect(names.size).toBeGreaterThan(25);
    expect([...names].filter((name) => !known.has(name) && !/^sluice\.[a-z._]+$/.test(name))).toEqual([]);
  });

  test('that the cache answers has no attempt, and says so', async () => {
    const question = { messages: [{ role: 'user', content: 'Asked twice' }] };
    const [, ...missed] = await traceOf(await house.ask(key, question));
    expect(missed.map(({ name }) => name).sort()).toEqual(['admission', 'cache', 'chat m']);
    expect(missed.find(({ name }) => name === 'cache')?.attributes).toEqual({ 'sluice.cache.found': false });
    await expect
      .poll(async () => {
        const [root, ...parts] = await traceOf(await house.ask(key, question));
        return [root?.attributes['sluice.cache'], parts.map(({ name }) => name).sort()];
      })
      .toEqual(['hit', ['admission', 'cache']]);
  });

  test('that fails at every target is a failure; one that its caller must mend is none', async () => {
    house.upstream.answerWith(refusal(500, { message: 'broken' }));
    const [broken] = await traceOf(await house.ask(key, { model: 'lab/m' }, off));
    expect(broken).toMatchObject({ failed: true, attributes: { 'error.type': 'provider_error' } });
    const [wrong, ...parts] = await traceOf(await house.ask(key, { temperature: 7 }, off));
    expect(wrong).toMatchObject({ failed: false, attributes: { 'error.type': 'invalid_request_error' } });
    expect(parts).toEqual([]);
  });

  test('that a budget refuses tells which, and reached nobody', async () => {
    const poor = await house.keyOf({ budgets: { day: 0.000001 } });
    const [root, ...parts] = await traceOf(await house.ask(poor.key, {}, off));
    expect(root?.attributes).toMatchObject({
      'http.response.status_code': 429,
      'error.type': 'budget_exceeded',
      'sluice.tenant': poor.tenant,
      'sluice.refused.kind': 'dollars',
      'sluice.refused.scope': 'tenant',
      'sluice.refused.window': 'day',
    });
    expect(parts.map(({ name, attributes }) => [name, attributes['error.type']])).toEqual([
      ['admission', 'budget_exceeded'],
    ]);
  });

  test('of a path that nobody knows keeps the path to itself', async () => {
    const [root] = await traceOf(await fetch(`${house.url}/sk-secret-in-a-path`, { method: 'PATCH' }));
    expect(root?.name).toBe('PATCH');
    expect(JSON.stringify(root?.attributes)).not.toContain('secret');
  });

  test('leaves in protobuf, with the headers that were asked for', async () => {
    await traceOf(await house.ask(key, {}, off));
    expect(collector.requests.at(-1)).toMatchObject({
      path: '/v1/traces',
      headers: { 'content-type': 'application/x-protobuf', 'x-token': 'a b' },
    });
  });
});

describe('what is told of a failure', () => {
  test.each([
    [429, 503],
    [404, 503],
    [503, 429],
  ])('is what the caller was told: %i, then %i', async (first, second) => {
    house.upstream.answerWith(refusal(first, { message: 'first' }));
    spare.answerWith(refusal(second, { message: 'second' }));
    const response = await house.ask(key, { model: 'support' }, off);
    const id = response.headers.get('x-request-id');
    const { error } = JSON.parse(await response.clone().text());
    const [root] = await traceOf(response);
    spare.answerWith(answer('Spare.'));
    expect(root).toMatchObject({ failed: response.status >= 500, attributes: { 'error.type': error.code } });
    const record = await fetch(`${house.url}/calls/${id}`, { headers: { authorization: `Bearer ${key}` } });
    expect(await record.json()).toMatchObject({ status: 'failed', errorCode: error.code });
  });

  test.each(['off', 'exact'])(
    'a call whose time is over before anything was sent is no success, the cache %s',
    async (cache) => {
      house.upstream.answerWith(() => {}); // should it be asked after all
      const headers = { 'x-sluice-cache': cache, 'x-sluice-timeout-ms': '1' };
      const response = await house.ask(key, { messages: [{ role: 'user', content: `Late, ${cache}` }] }, headers);
      expect(response.status).toBe(504);
      const id = response.headers.get('x-request-id');
      const [root] = await traceOf(response);
      expect(root).toMatchObject({ failed: true, attributes: { 'error.type': 'timeout' } });
      const record = await fetch(`${house.url}/calls/${id}`, { headers: { authorization: `Bearer ${key}` } });
      expect(await record.json()).toMatchObject({ status: 'failed', errorCode: 'timeout' });
    },
  );

  test('says who it was refused to, and a body that is too large is traced, too', async () => {
    const labels = { 'x-sluice-user': 'ann', 'x-sluice-feature': 'search' };
    const [unknown] = await traceOf(await house.ask(key, { model: 'nobody/m' }, labels));
    expect(unknown?.attributes).toMatchObject({
      'http.response.status_code': 404,
      'sluice.tenant': tenant,
      'user.id': 'ann',
      'sluice.feature': 'search',
      'sluice.requested_model': 'nobody/m',
    });
    const [large] = await traceOf(await house.ask(key, { padding: 'x'.repeat(7_000_000) }));
    expect(large?.attributes).toMatchObject({ 'http.response.status_code': 413, 'error.type': 'request_too_large' });
  });

  test('an attempt that nobody counted has no usage to sum up', async () => {
    house.upstream.answerWith((_, response) => {
      beginStream(response);
      response.write(event({ content: 'half' }), () => response.destroy());
    });
    const [, ...parts] = await traceOf(await house.ask(key, { stream: true }, off));
    const attempt = parts.find(({ kind }) => kind === 'client');
    expect(attempt?.attributes).toMatchObject({ 'error.type': 'reset', 'sluice.estimated': true });
    expect(Object.keys(attempt?.attributes ?? {}).filter((name) => name.startsWith('gen_ai.usage'))).toEqual([]);
  });
});

describe('a repetition', () => {
  test('with an idempotency key is told as one, and of which call', async () => {
    const headers = { ...off, 'idempotency-key': 'once' };
    const first = await house.ask(key, {}, headers);
    const id = first.headers.get('x-request-id');
    await traceOf(first);
    await expect
      .poll(async () => {
        const [root, ...parts] = await traceOf(await house.ask(key, {}, headers));
        return [
          root?.attributes['sluice.tenant'],
          root?.attributes['sluice.replayed_of'],
          parts.map(({ name }) => name),
        ];
      })
      .toEqual([tenant, id, ['idempotency']]);
  });
});

describe('a stranger', () => {
  test('decides nothing of what is kept', async () => {
    const settings = { OTEL_TRACES_SAMPLER: 'parentbased_traceidratio', OTEL_TRACES_SAMPLER_ARG: '0' };
    const sparse = await openHouse({
      env: { OTEL_EXPORTER_OTLP_ENDPOINT: collector.url, OTEL_BSP_SCHEDULE_DELAY: '10', ...settings },
    });
    const before = collector.spans().length;
    const known = await sparse.keyOf({ budgets: 'none' });
    for (const path of ['/chat/completions', '/nothing'])
      await fetch(`${sparse.url}${path}`, { method: 'POST', headers: { traceparent: traceparent('01') } });
    await traceOf(await sparse.ask(known.key, {}, { traceparent: traceparent('01') }));
    const roots = collector
      .spans()
      .slice(before)
      .filter(({ kind }) => kind === 'server');
    expect(roots.map(({ attributes }) => attributes['http.response.status_code'])).toEqual([200]);
    await sparse.close();
  });
});

describe('the trace of a caller', () => {
  test('is gone on with, and so told to a provider that goes on with it', async () => {
    const [root, ...parts] = await traceOf(
      await house.ask(
        key,
        { model: 'spare/m' },
        { ...off, traceparent: traceparent('01'), tracestate: 'vendor=secret' },
      ),
    );
    expect(root).toMatchObject({ traceId: PARENT.traceId, parent: PARENT.spanId });
    const attempt = parts.find(({ kind }) => kind === 'client');
    const headers = spare.asked.at(-1)?.headers;
    expect(headers?.traceparent).toBe(`00-${PARENT.traceId}-${attempt?.id}-01`);
    expect(headers?.tracestate).toBeUndefined();
  });

  test('is not told to a provider of which nobody says that it goes on with it', async () => {
    await traceOf(await house.ask(key, {}, { ...off, traceparent: traceparent('01') }));
    expect(house.upstream.asked.at(-1)?.headers.traceparent).toBeUndefined();
  });

  test('that is not kept is not kept here either, but still passed on', async () => {
    const before = collector.spans().length;
    const unkept = await house.ask(key, { model: 'spare/m' }, { ...off, traceparent: traceparent('00') });
    await unkept.text();
    expect(spare.asked.at(-1)?.headers.traceparent).toBe(traceparent('00'));
    await traceOf(await house.ask(key, {}, off)); // what came before it would be there by now
    expect(
      collector
        .spans()
        .slice(before)
        .filter(({ traceId }) => traceId === PARENT.traceId),
    ).toEqual([]);
  });

  test.each([
    '',
    'nonsense',
    '00-0-0-01',
    `00-${'0'.repeat(32)}-${PARENT.spanId}-01`,
    `ff-${PARENT.traceId}-${PARENT.spanId}-01`,
  ])('that cannot be read, %j, is none: a new one begins', async (header) => {
    const [root] = await traceOf(await house.ask(key, {}, { ...off, traceparent: header }));
    expect(root).toMatchObject({ parent: '' });
    expect(root?.traceId).not.toBe(PARENT.traceId);
  });
});
