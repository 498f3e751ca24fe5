import OpenAI, { ConflictError } from 'openai';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Gateway, openaiAt, scratch, startGateway } from '../support/gateway.ts';
import { readingOf } from '../support/tables.ts';
import { beginStream, ending, event, startUpstream, type Upstream, wholeAnswer } from '../support/upstream.ts';

const { folder, remove } = scratch();
let upstream: Upstream;
let gateway: Gateway;

beforeAll(async () => {
  upstream = await startUpstream();
  gateway = await startGateway(`${folder}/data`, openaiAt(upstream.baseUrl), { TEST_PROVIDER_KEY: 'sk-provider' });
});
afterAll(async () => {
  await gateway?.stop();
  await upstream?.close();
  remove();
});

/** OpenAI's client as it is, but for the header's name: without one it sends its idempotency keys nowhere. */
class Client extends OpenAI {
  protected override idempotencyHeader = 'idempotency-key';
}

const chat: Omit<OpenAI.ChatCompletionCreateParamsNonStreaming, 'stream'> = {
  model: 'openai/m',
  messages: [{ role: 'user', content: 'Hello' }],
};

test('the OpenAI SDK, whose patience ends twice, has one call made and paid for, and gets its answer', async () => {
  const [second, third] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
  let tries = 0;
  const counted: typeof fetch = (...request) => {
    tries++;
    if (tries === 2) second.resolve();
    if (tries === 3) third.resolve();
    return fetch(...request);
  };
  upstream.answerWith(async (asked, response) => {
    await second.promise;
    await third.promise; // the first try was given up, and so was the second, which waited for it
    return wholeAnswer('Once.')(asked, response);
  });
  const client = new Client({
    baseURL: gateway.url,
    apiKey: gateway.key,
    timeout: 400,
    maxRetries: 10,
    fetch: counted,
  });
  const before = upstream.asked.length;
  const completion = await client.chat.completions.create(chat, { idempotencyKey: 'sdk-1' });
  expect(completion.choices[0]?.message.content).toBe('Once.');
  expect(tries).toBeGreaterThanOrEqual(3);
  expect(upstream.asked.length - before).toBe(1);
  const tables = await readingOf(gateway.dataDir);
  await expect.poll(async () => (await tables.spent('tenant#demo')).calls).toBe(1);
  expect(await tables.calls('demo')).toMatchObject([{ status: 'ok', bill: { nanoDollars: 16_000 } }]);
});

test('the OpenAI SDK reads a stream that is given again as it read the first, and another body is its ConflictError', async () => {
  upstream.answerWith((_, response) => {
    beginStream(response);
    response.end(event({ content: 'one' }) + event({ content: ' two' }) + ending);
  });
  const client = new Client({ baseURL: gateway.url, apiKey: gateway.key, maxRetries: 0 });
  const before = upstream.asked.length;
  const read = async () => {
    const options = { idempotencyKey: 'sdk-2' };
    return Array.fromAsync(await client.chat.completions.create({ ...chat, stream: true }, options));
  };
  const first = await read();
  expect(first.map(({ choices }) => choices[0]?.delta.content ?? '').join('')).toBe('one two');
  expect(await read()).toEqual(first);
  expect(upstream.asked.length - before).toBe(1);
  const other = client.chat.completions.create({ ...chat, temperature: 1 }, { idempotencyKey: 'sdk-2' });
  await expect(other).rejects.toThrow(ConflictError);
});
