import OpenAI, { BadRequestError, NotFoundError, RateLimitError } from 'openai';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { type Gateway, openaiAt, scratch, startGateway } from '../support/gateway.ts';
import { refusal, type Script, startUpstream, type Upstream } from '../support/upstream.ts';

let upstream: Upstream;
let gateway: Gateway;
let openai: OpenAI;
const { folder, remove } = scratch();
const model = 'openai/text-embedding-3-small';
const titan = 'bedrock/amazon.titan-embed-text-v2:0';

beforeAll(async () => {
  upstream = await startUpstream();
  const { origin } = new URL(upstream.baseUrl);
  const here = { baseUrl: origin, allowPrivate: true, credential: 'env:TEST_PROVIDER_KEY' };
  const config = openaiAt(upstream.baseUrl);
  const providers = {
    ...config.providers,
    lab: { ...here, kind: 'openai-compatible' },
    gemini: here,
    cohere: here,
    bedrock: { ...here, region: 'eu-west-3' },
  };
  const prices = { 'lab/*': { input: 1, output: 2 }, 'bedrock/cohere.*': { input: 0.1, output: 0 } };
  const models = { hurried: { use: 'lab/e', tries: 1, timeouts: { firstTokenMs: 300, betweenTokensMs: 300 } } };
  gateway = await startGateway(`${folder}/data`, { providers, prices, models }, { TEST_PROVIDER_KEY: 'sk-provider' });
  openai = new OpenAI({ baseURL: gateway.url, apiKey: gateway.key, maxRetries: 0 });
});
afterAll(async () => {
  await gateway?.stop();
  await upstream?.close();
  remove();
});
beforeEach(() => upstream.answerWith(vectors));

/** A vector for each input, `[its place, 0.5]`, in the form that was asked for; the last first. */
const vectors: Script = ({ body }, response) => {
  const inputs = body.input as readonly unknown[];
  const data = inputs.map((_, index) => {
    const embedding = [index, 0.5];
    const base64 = Buffer.from(Float32Array.from(embedding).buffer).toString('base64');
    return { object: 'embedding', index, embedding: body.encoding_format === 'base64' ? base64 : embedding };
  });
  const usage = { prompt_tokens: 1000, total_tokens: 1000 };
  response.writeHead(200, { 'content-type': 'application/json', 'x-internal': 'secret' });
  response.end(JSON.stringify({ object: 'list', data: data.reverse(), model: body.model, usage }));
};

describe('the unmodified OpenAI SDK', () => {
  test('gets floats by its default, which is base64 on the wire', async () => {
    const answer = await openai.embeddings.create({ model, input: ['a', 'b'] });
    expect(answer.data).toEqual([
      { object: 'embedding', index: 0, embedding: [0, 0.5] },
      { object: 'embedding', index: 1, embedding: [1, 0.5] },
    ]);
    expect(answer).toMatchObject({ object: 'list', model: 'text-embedding-3-small' });
    expect(answer.usage).toMatchObject({ prompt_tokens: 1000, total_tokens: 1000, cost: 0.00002 });
    expect(upstream.asked.at(-1)).toMatchObject({
      path: '/v1/embeddings',
      headers: { authorization: 'Bearer sk-provider' },
      body: { model: 'text-embedding-3-small', input: ['a', 'b'], encoding_format: 'base64' },
    });
  });

  test('gets them from a provider that knows no base64', async () => {
    const answer = await openai.embeddings.create({ model: 'lab/e', input: 'a' });
    expect(answer.data[0]?.embedding).toEqual([0, 0.5]);
    expect(upstream.asked.at(-1)?.body).toEqual({ model: 'e', input: ['a'] });
  });

  test('gets numbers when it asks for them', async () => {
    const answer = await openai.embeddings.create({ model, input: 'a', encoding_format: 'float', dimensions: 2 });
    expect(answer.data[0]?.embedding).toEqual([0, 0.5]);
    expect(upstream.asked.at(-1)?.body).toMatchObject({ encoding_format: 'float', dimensions: 2 });
  });

  test('sends token ids', async () => {
    expect((await openai.embeddings.create({ model, input: [1, 2, 3] })).data).toHaveLength(1);
    expect((await openai.embeddings.create({ model, input: [[1, 2], [3]] })).data).toHaveLength(2);
    expect(upstream.asked.at(-1)?.body.input).toEqual([[1, 2], [3]]);
  });

  test.each([
    [{ input: '' }, 'input'],
    [{ input: ['a', ''] }, 'input[1]'],
    [{ input: 'a', dimensions: 0 }, 'dimensions'],
    [{ input: 'a', model: 'sluice/echo' }, 'model'],
    [{ input: [1, 2], model: 'cohere/embed-v4.0' }, 'input'],
    [{ input: 'a', dimensions: 3, model: titan }, 'dimensions'],
    [{ input: 'a', dimensions: 3 }, 'dimensions'], // the provider gives two all the same
  ])('raises BadRequestError with the field for %j', async (fields, param) => {
    const error = await openai.embeddings.create({ model, ...fields }).catch((thrown) => thrown);
    expect(error).toBeInstanceOf(BadRequestError);
    expect(error).toMatchObject({ param, type: 'invalid_request_error' });
  });

  test('raises NotFoundError for a model that is not there', async () => {
    await expect(openai.embeddings.create({ model: 'nobody/e', input: 'a' })).rejects.toThrow(NotFoundError);
  });

  test('finds embedding models by their capability', async () => {
    const all = await Array.fromAsync(openai.models.list());
    expect(all.find(({ id }) => id === model)).toMatchObject({
      capabilities: ['embeddings'],
      pricing: { input: 0.02 },
    });
  });
});

describe('a call', () => {
  test('says what it cost and how it went, in headers and in the record', async () => {
    const metadata = { team: 'search' };
    const response = await post({ model, input: 'a', user: 'billed', metadata, max_tokens: 'any' });
    expect(Object.fromEntries(response.headers)).toMatchObject({
      'x-sluice-cost-usd': '0.00002',
      'x-sluice-model': model,
      'x-sluice-attempts': 'openai:200',
      'x-request-id': expect.stringMatching(/^req_/),
    });
    expect(response.headers.get('x-internal')).toBeNull();
    expect(await response.json()).toMatchObject({ usage: { cost_details: { model, estimated: false } } });
    expect(upstream.asked.at(-1)?.body).not.toHaveProperty('metadata');
    const call = await gateway.call(({ user }) => user === 'billed');
    expect(call).toMatchObject({
      endpoint: '/v1/embeddings',
      status: 'ok',
      stream: false,
      model,
      metadata,
      bill: { nanoDollars: 20_000, estimated: false, usage: { input: 1000, output: 0 } },
    });
  });

  test('is billed by an upper bound where the provider does not count', async () => {
    upstream.answerWith((_, response) => void response.end('{"data":[{"embedding":[1]}]}'));
    const response = await post({ model: 'lab/e', input: 'a', max_tokens: 'x', n: 'y' });
    const { usage } = JSON.parse(await response.text());
    expect(usage).toMatchObject({ cost_details: { estimated: true } });
    expect(usage.prompt_tokens).toBe('a'.length + 16); // what was reckoned before the call: bytes, and what may be around them
    expect(response.headers.get('x-sluice-cost-usd')).toBe(String((usage.prompt_tokens * 1000) / 1e9));
  });

  test('of fewer vectors than inputs is the fault of the provider', async () => {
    upstream.answerWith((asked, response) => vectors({ ...asked, body: { ...asked.body, input: ['a'] } }, response));
    const response = await post({ model, input: ['a', 'b'], user: 'fewer' });
    expect(response.status).toBe(502);
    expect(await response.json()).toMatchObject({
      error: { code: 'provider_error', source: 'provider', provider: 'openai' },
    });
    expect(await gateway.call(({ user }) => user === 'fewer')).toMatchObject({ status: 'failed' });
  });

  test.each([
    [429, { code: 'rate_limit_exceeded' }, RateLimitError, 'rate_limit_exceeded'],
    [
      400,
      { message: "This model's maximum context length is 8192 tokens" },
      BadRequestError,
      'context_length_exceeded',
    ],
    [404, { code: 'model_not_found' }, NotFoundError, 'model_not_found'],
    [401, { message: 'Incorrect API key provided: sk-provider' }, OpenAI.InternalServerError, 'provider_credentials'],
  ])('that is refused with %i keeps its meaning and costs nothing', async (status, error, kind, code) => {
    upstream.answerWith(refusal(status, { message: 'No.', ...error }));
    const thrown = await openai.embeddings.create({ model, input: 'a', user: `r${status}` }).catch((each) => each);
    expect(thrown).toBeInstanceOf(kind);
    expect(thrown).toMatchObject({ code });
    expect(JSON.stringify(thrown)).not.toContain('sk-provider');
    const call = await gateway.call(({ user }) => user === `r${status}`);
    expect(call).toMatchObject({ errorCode: code, bill: { nanoDollars: 0 } });
  });

  test('that its caller leaves is stopped, and written down', async () => {
    const arrived = Promise.withResolvers<void>();
    upstream.answerWith(() => arrived.resolve());
    const client = new AbortController();
    const left = openai.embeddings.create({ model, input: 'a', user: 'leaver' }, { signal: client.signal });
    await Promise.all([arrived.promise.then(() => client.abort()), expect(left).rejects.toThrow()]);
    await upstream.aborted();
    expect(await gateway.call(({ user }) => user === 'leaver')).toMatchObject({
      status: 'failed',
      errorCode: 'client_closed',
      bill: { estimated: true },
    });
  });

  test('that takes longer than its caller allows ends in 504', async () => {
    upstream.answerWith(() => {});
    const response = await post({ model, input: 'a' }, { 'x-sluice-timeout-ms': '100' });
    expect(response.status).toBe(504);
    expect(response.headers.get('x-sluice-attempts')).toBe('openai:timeout');
  });

  test.each(['', '{"data":[{"embedd'])('ends in 504 when its answer is silent after %j', async (said) => {
    upstream.answerWith((_, response) => {
      response.writeHead(200, { 'content-type': 'application/json' }).flushHeaders();
      response.write(said);
    });
    const response = await post({ model: 'hurried', input: 'a' });
    expect(response.status).toBe(504);
    expect(response.headers.get('x-sluice-attempts')).toBe('lab:timeout');
  });

  test('is found without /v1, and only by POST', async () => {
    expect((await fetch(`${gateway.url}/embeddings`)).status).toBe(405);
    expect((await post({ model, input: 'a' }, {}, new URL('/embeddings', gateway.url))).status).toBe(200);
  });
});

describe('a call that is several', () => {
  const inputs = Array.from({ length: 250 }, (_, at) => `${at}`);
  const gemini: Script = ({ body }, response) => {
    const requests = body.requests as { content: { parts: { text: string }[] } }[];
    const embeddings = requests.map(({ content }) => ({ values: [Number(content.parts[0]?.text) < 125 ? -1 : 1] }));
    response.end(JSON.stringify({ embeddings, usageMetadata: { promptTokenCount: 1000 } }, null, 2));
  };

  test('is one to its caller, in order, with what it dropped', async () => {
    upstream.answerWith(gemini);
    const seen = upstream.asked.length;
    const response = await post({ model: 'gemini/gemini-embedding-001', input: inputs, user: 'many' });
    const { data, usage } = JSON.parse(await response.text());
    const given = data.map(({ embedding }: { embedding: [number] }) => embedding[0]);
    expect(given).toEqual(inputs.map((each) => (Number(each) < 125 ? -1 : 1)));
    expect(usage).toMatchObject({ prompt_tokens: 3000, cost: 0.00045 });
    expect(Object.fromEntries(response.headers)).toMatchObject({
      'x-sluice-attempts': 'gemini:200',
      'x-sluice-dropped-params': 'user',
    });
    const asked = upstream.asked.slice(seen);
    expect(asked.map(({ path }) => path)).toEqual(
      Array(3).fill('/v1beta/models/gemini-embedding-001:batchEmbedContents'),
    );
    expect(asked.every(({ headers }) => headers['x-goog-api-key'] === 'sk-provider')).toBe(true);
  });

  test('is refused when the caller wants nothing dropped', async () => {
    const fields = { model: 'gemini/gemini-embedding-001', input: 'a', user: 'u' };
    const response = await post(fields, { 'x-sluice-strict': 'true' });
    expect(response.status).toBe(400);
    expect(await response.json()).toMatchObject({ error: { param: 'user', code: 'unsupported_parameter' } });
  });

  const breaking: Script = (_, response) => void response.socket?.resetAndDestroy();
  test.each([
    ['is refused', 429, refusal(429, { status: 'RESOURCE_EXHAUSTED' })],
    ['is cut off', 502, breaking],
  ])('comes to nothing when one %s, and still costs where others were answered', async (how, status, failing) => {
    const others = Promise.withResolvers<void>();
    let answered = 0;
    upstream.answerWith((asked, response) => {
      if (JSON.stringify(asked.body).includes('"249"')) return void others.promise.then(() => failing(asked, response));
      response.once('finish', () => {
        if (++answered === 2) others.resolve();
      });
      return gemini(asked, response);
    });
    const response = await post({ model: 'gemini/gemini-embedding-001', input: inputs }, { 'x-sluice-user': how });
    expect(response.status).toBe(status);
    const call = await gateway.call(({ user }) => user === how);
    expect(call).toMatchObject({ status: 'failed', bill: { estimated: true, nanoDollars: expect.any(Number) } });
    expect(call).not.toMatchObject({ bill: { nanoDollars: 0 } });
  });

  test('goes through the AWS SDK, a text a request', async () => {
    const seen = upstream.asked.length;
    upstream.answerWith(({ body }, response) => {
      response.end(
        JSON.stringify({ embedding: [Number(body.inputText), ...Array(255).fill(0)], inputTextTokenCount: 2 }),
      );
    });
    const answer = await openai.embeddings.create({ model: titan, input: inputs.slice(0, 20), dimensions: 256 });
    expect(answer.data.map(({ embedding }) => embedding[0])).toEqual(inputs.slice(0, 20).map(Number));
    expect(answer.usage.prompt_tokens).toBe(40);
    const asked = upstream.asked.slice(seen);
    expect(asked).toHaveLength(20);
    expect(asked[0]).toMatchObject({
      path: '/model/amazon.titan-embed-text-v2%3A0/invoke',
      headers: { authorization: 'Bearer sk-provider' },
    });
  });

  test("takes a count that only the SDK's response has", async () => {
    upstream.answerWith(({ body }, response) => {
      const float = (body.texts as string[]).map(() => [1]);
      response.writeHead(200, { 'x-amzn-bedrock-input-token-count': '500' });
      response.end(JSON.stringify({ embeddings: { float } }));
    });
    const answer = await openai.embeddings.create({ model: 'bedrock/cohere.embed-english-v3', input: inputs });
    expect(answer.data).toHaveLength(250);
    expect(answer.usage).toMatchObject({ prompt_tokens: 1500, cost: 0.00015 });
  });

  test('keeps the meaning of a refusal that comes through the AWS SDK', async () => {
    upstream.answerWith((_, response) => {
      response.writeHead(400, { 'x-amzn-errortype': 'ValidationException' });
      response.end('{"message":"400 Bad Request: Too many input tokens. Max input tokens: 8192"}');
    });
    const error = await openai.embeddings.create({ model: titan, input: ['a', 'b'] }).catch((thrown) => thrown);
    expect(error).toBeInstanceOf(BadRequestError);
    expect(error.code).toBe('context_length_exceeded');
  });
});

const post = (body: unknown, headers: Record<string, string> = {}, url: string | URL = `${gateway.url}/embeddings`) =>
  fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: `Bearer ${gateway.key}`, ...headers },
    body: JSON.stringify(body),
  });
