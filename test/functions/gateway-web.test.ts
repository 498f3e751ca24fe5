import OpenAI, { AuthenticationError, BadRequestError, NotFoundError } from 'openai';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Gateway, openaiAt, scratch, startGateway } from '../support/gateway.ts';
import {
  beginStream,
  ending,
  event,
  refusal,
  startUpstream,
  type Upstream,
  usage,
  wholeAnswer,
} from '../support/upstream.ts';

let upstream: Upstream;
let gateway: Gateway;
let openai: OpenAI;
const { folder, remove } = scratch();
const messages = [{ role: 'user' as const, content: 'Hello there' }];
const model = 'openai/m';

beforeAll(async () => {
  upstream = await startUpstream();
  gateway = await startGateway(`${folder}/data`, openaiAt(upstream.baseUrl), { TEST_PROVIDER_KEY: 'sk-provider' });
  openai = new OpenAI({ baseURL: gateway.url, apiKey: gateway.key, maxRetries: 0 });
});
afterAll(async () => {
  await gateway?.stop();
  await upstream?.close();
  remove();
});

describe('the unmodified OpenAI SDK', () => {
  test('gets an answer from the built-in model', async () => {
    const answer = await openai.chat.completions.create({ model: 'sluice/echo', messages });
    expect(answer.choices[0]?.message).toEqual({ role: 'assistant', content: 'Hello there', refusal: null });
    expect(answer.usage).toMatchObject({ prompt_tokens: 2, completion_tokens: 2, cost: 0.000006 });
  });

  test('gets a stream, without usage when it does not ask for it', async () => {
    const stream = await openai.chat.completions.create({ model: 'sluice/echo', messages, stream: true });
    const chunks = await Array.fromAsync(stream);
    expect(chunks.map(({ choices }) => choices[0]?.delta.content ?? '').join('')).toBe('Hello there');
    expect(chunks.at(-1)?.choices[0]?.finish_reason).toBe('stop');
    expect(chunks.filter((chunk) => chunk.usage)).toEqual([]);
    expect(new Set(chunks.map(({ id, created }) => `${id} ${created}`)).size).toBe(1);
  });

  test('accumulates a stream with its helper, usage and cost included', async () => {
    const runner = openai.chat.completions.stream({
      model: 'sluice/echo',
      messages,
      stream_options: { include_usage: true },
    });
    const answer = await runner.finalChatCompletion();
    expect(answer.choices[0]?.message.content).toBe('Hello there');
    expect(answer.usage).toMatchObject({
      total_tokens: 4,
      cost: 0.000006,
      cost_details: { model: 'sluice/echo', attempts: 'sluice:200' },
    });
  });

  test('calls a tool that the prompt names, through its helper', async () => {
    const weather = {
      type: 'function' as const,
      function: {
        name: 'get_weather',
        function: () => 'sunny',
        parse: JSON.parse,
        description: 'weather',
        parameters: {},
      },
    };
    const runner = openai.chat.completions.runTools({
      model: 'sluice/echo',
      messages: [{ role: 'user', content: 'call get_weather' }],
      tools: [weather],
      stream: true,
    });
    expect(await runner.finalContent()).toBe('sunny');
  });

  test('lists the models there are', async () => {
    const ids = (await Array.fromAsync(openai.models.list())).map(({ id }) => id);
    expect(ids).toContain('sluice/echo');
    expect(ids.some((id) => id.startsWith('openai/gpt-'))).toBe(true);
    expect((await openai.models.retrieve('sluice/echo')).id).toBe('sluice/echo');
    await expect(openai.models.retrieve('sluice/nothing')).rejects.toThrow(NotFoundError);
  });

  test('raises AuthenticationError for a wrong key', async () => {
    const stranger = new OpenAI({ baseURL: gateway.url, apiKey: 'sk-wrong', maxRetries: 0 });
    const error = await stranger.chat.completions.create({ model: 'sluice/echo', messages }).catch((thrown) => thrown);
    expect(error).toBeInstanceOf(AuthenticationError);
    expect(error.code).toBe('invalid_api_key');
  });

  test('raises BadRequestError with the field for a bad body', async () => {
    const error = await openai.chat.completions
      .create({ model: 'sluice/echo', messages, temperature: 9 })
      .catch((thrown) => thrown);
    expect(error).toBeInstanceOf(BadRequestError);
    expect(error).toMatchObject({
      param: 'temperature',
      type: 'invalid_request_error',
      requestID: expect.stringMatching(/^req_/),
    });
  });
});

describe('a provider on a socket', () => {
  test('is asked with its own key, its own model name, unknown fields, and for usage', async () => {
    upstream.answerWith((_, response) => {
      beginStream(response);
      response.end(event({ content: 'Hi' }) + ending);
    });
    await Array.fromAsync(
      await openai.chat.completions.create({ model, messages, stream: true, ...{ brand_new_field: { deep: [1] } } }),
    );
    expect(upstream.asked.at(-1)).toMatchObject({
      path: '/v1/chat/completions',
      headers: { authorization: 'Bearer sk-provider' },
      body: { model: 'm', messages, brand_new_field: { deep: [1] }, stream_options: { include_usage: true } },
    });
    expect(JSON.stringify(upstream.asked.at(-1))).not.toContain(gateway.key);
  });

  test('sends tokens 50 ms apart, and they arrive 50 ms apart', async () => {
    const tokens = 12;
    let lastSentAt = 0;
    upstream.answerWith(async (_, response) => {
      beginStream(response);
      for (let at = 0; at < tokens; at++) {
        await new Promise((resolve) => setTimeout(resolve, 50)); // the pace is what is under test
        lastSentAt = performance.now();
        response.write(event({ content: `${at} ` }));
      }
      response.end(ending);
    });
    const arrivals: number[] = [];
    for await (const chunk of await openai.chat.completions.create({ model, messages, stream: true })) {
      if (chunk.choices[0]?.delta.content) arrivals.push(performance.now());
    }
    expect(arrivals).toHaveLength(tokens);
    expect(arrivals[0]).toBeLessThan(lastSentAt - 300);
    const gaps = arrivals
      .slice(1)
      .map((at, before) => at - (arrivals[before] ?? 0))
      .sort((a, b) => a - b);
    const median = gaps[Math.floor(gaps.length / 2)] ?? 0;
    expect(median).toBeGreaterThan(35);
    expect(median).toBeLessThan(75);
  });

  test('is stopped within a second when the client hangs up, and the call is written down', async () => {
    const seen = upstream.asked.length;
    upstream.answerWith((_, response) => {
      beginStream(response);
      response.write(event({ content: 'Once upon a time' }));
    });
    const client = new AbortController();
    const stream = await openai.chat.completions.create(
      { model, messages, stream: true, user: 'leaver' },
      { signal: client.signal },
    );
    for await (const chunk of stream) if (chunk.choices[0]?.delta.content) break;
    client.abort();
    const leftAt = performance.now();
    await upstream.aborted();
    expect(performance.now() - leftAt).toBeLessThan(1000);
    const call = await gateway.call(({ user }) => user === 'leaver');
    expect(call).toMatchObject({ status: 'failed', errorCode: 'client_closed', bill: { estimated: true } });
    expect(upstream.asked.length).toBe(seen + 1);
  });

  test('that breaks off is told in-band, never as an end', async () => {
    upstream.answerWith((_, response) => {
      beginStream(response);
      response.write(event({ content: 'half' }), () => response.destroy());
    });
    const response = await post({ model, messages, stream: true, user: 'cut' });
    const text = await response.text();
    expect(response.status).toBe(200);
    expect(text).toContain('"half"');
    expect(text).toMatch(/data: \{"error":\{"message":"The connection to openai failed/);
    expect(text).not.toContain('[DONE]');
    expect(text).not.toContain('"finish_reason":"stop"');
    expect(await gateway.call(({ user }) => user === 'cut')).toMatchObject({
      status: 'failed',
      errorCode: 'provider_unreachable',
      bill: { estimated: true },
    });
  });

  test('that ends cleanly before it is finished is no success either', async () => {
    upstream.answerWith((_, response) => {
      beginStream(response);
      response.end(event({ content: 'half' }));
    });
    const text = await (await post({ model, messages, stream: true })).text();
    expect(text).toContain('"code":"provider_cut"');
    expect(text).not.toContain('[DONE]');
  });

  test('that refuses before its first content gives an HTTP status, and costs nothing', async () => {
    upstream.answerWith(
      refusal(429, { message: 'slow down', type: 'requests', code: 'rate_limit_exceeded' }, { 'retry-after': '7' }),
    );
    const response = await post({ model, messages, stream: true, user: 'refused' });
    expect(response.status).toBe(429);
    expect(response.headers.get('retry-after')).toBe('7');
    expect(response.headers.get('x-sluice-attempts')).toBe('openai:429');
    expect(await response.json()).toMatchObject({
      error: { source: 'provider', provider: 'openai', code: 'rate_limit_exceeded' },
    });
    expect(await gateway.call(({ user }) => user === 'refused')).toMatchObject({
      status: 'failed',
      bill: { nanoDollars: 0 },
    });
  });

  test.each([401, 403, 302])(
    'that answers %i has refused our key, not the caller: 502, and the key is not shown',
    async (status) => {
      upstream.answerWith(
        refusal(status, { message: 'Incorrect API key provided: sk-provider' }, { location: 'http://127.0.0.1:1/' }),
      );
      const response = await post({ model, messages });
      expect(response.status).toBe(502);
      expect(await response.text()).not.toContain('sk-provider');
    },
  );

  test('that fails with the caller at fault keeps its reason and its field', async () => {
    upstream.answerWith(
      refusal(400, { message: 'Invalid value for tools', type: 'invalid_request_error', param: 'tools', code: null }),
    );
    const error = await openai.chat.completions.create({ model, messages }).catch((thrown) => thrown);
    expect(error).toBeInstanceOf(BadRequestError);
    expect(error).toMatchObject({ param: 'tools', message: expect.stringContaining('Invalid value for tools') });
  });

  test('is billed as it reports, in the body, the header, the record', async () => {
    upstream.answerWith(wholeAnswer('Hi'));
    const response = await post({ model, messages, user: 'billed' });
    expect(response.headers.get('x-sluice-cost-usd')).toBe('0.000016');
    expect(await response.json()).toMatchObject({ usage: { ...usage, cost: 0.000016 } });
    const call = await gateway.call(({ user }) => user === 'billed');
    expect(call).toMatchObject({
      status: 'ok',
      model,
      finish: 'stop',
      bill: { nanoDollars: 16_000, estimated: false, usage: { input: 10, output: 3 } },
    });
  });

  test('that is slower than the caller allows ends in 504', async () => {
    upstream.answerWith(() => {});
    const response = await post({ model, messages }, { 'x-sluice-timeout-ms': '100' });
    expect(response.status).toBe(504);
    expect(response.headers.get('x-sluice-attempts')).toBe('openai:timeout');
    await upstream.aborted();
  });
});

describe('what cannot be a request', () => {
  test.each([
    ['bad UTF-8', Buffer.from([0x7b, 0xff, 0x7d]), {}, 400],
    ['bad JSON', '{"model":', {}, 400],
    ['an array', '[]', {}, 400],
    [
      'a deep body',
      `{"model":"sluice/echo","messages":[{"role":"user","content":"x"}],"a":${'['.repeat(100_000)}${']'.repeat(100_000)}}`,
      {},
      400,
    ],
    ['another content type', '{}', { 'content-type': 'text/plain' }, 400],
    ['a compressed body', '{}', { 'content-encoding': 'gzip' }, 400],
    [
      'a header that does nothing',
      '{"model":"sluice/echo","messages":[{"role":"user","content":"x"}]}',
      { 'x-sluice-typo': '1' },
      400,
    ],
    [
      'seven megabytes',
      JSON.stringify({ model: 'sluice/echo', messages: [{ role: 'user', content: 'x'.repeat(7 * 1024 * 1024) }] }),
      {},
      413,
    ],
    ['an unknown provider', '{"model":"nobody/m","messages":[{"role":"user","content":"x"}]}', {}, 404],
  ])("%s is refused in OpenAI's shape", async (_, body, headers, status) => {
    const response = await post(body, headers);
    expect(response.status).toBe(status);
    expect(await response.json()).toEqual({
      error: expect.objectContaining({ message: expect.any(String), type: expect.any(String), source: 'gateway' }),
    });
  });

  test('five megabytes are answered', async () => {
    const response = await post({
      model: 'sluice/echo',
      messages: [{ role: 'user', content: 'x'.repeat(5 * 1024 * 1024) }],
    });
    expect(response.status).toBe(200);
    expect(await response.json()).toMatchObject({ usage: { total_tokens: 2 } });
  });

  test('another path is 404, another method 405', async () => {
    expect((await fetch(`${gateway.url}/nothing`)).status).toBe(404);
    expect((await fetch(`${gateway.url}/chat/completions`)).status).toBe(405);
    expect((await fetch(new URL('/healthz', gateway.url), { method: 'HEAD' })).status).toBe(200);
  });

  test('the key is taken from x-api-key and api-key too', async () => {
    for (const name of ['x-api-key', 'api-key']) {
      expect((await fetch(`${gateway.url}/models`, { headers: { [name]: gateway.key } })).status).toBe(200);
    }
    expect((await fetch(`${gateway.url}/models`)).status).toBe(401);
  });
});

function post(body: unknown, headers: Record<string, string> = {}): Promise<Response> {
  const text = typeof body === 'string' || Buffer.isBuffer(body) ? body : JSON.stringify(body);
  return fetch(`${gateway.url}/chat/completions`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: `Bearer ${gateway.key}`, ...headers },
    body: text,
  });
}
