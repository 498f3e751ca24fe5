import { describe, expect, test } from 'vitest';
import { GatewayError } from '../../lib/errors.ts';
import type { ChatChunk } from '../../lib/openai/answer.ts';
import { metered } from '../../lib/pipeline/metered.ts';
import { streamed, whole } from '../../lib/pipeline/reply.ts';
import { arriving, breaking } from '../support/bytes.ts';
import { outgoing, requestOf, tallyOf, targets } from '../support/labs.ts';
import { fakeWorld } from '../support/world.ts';

const [target] = targets({ one: 'https://one.example/v1' });
const head = { id: 'c', object: 'chat.completion.chunk', created: 1, model: 'm' } as const;
const choices = [{ index: 0, delta: { content: 'Hi' }, finish_reason: null }];
const said: ChatChunk = { ...head, choices, extra: 1 };
const used: ChatChunk = { ...head, choices: [], usage: { prompt_tokens: 10, completion_tokens: 3, total_tokens: 13 } };

function stream(fields: object, chunks: AsyncIterable<readonly ChatChunk[]>) {
  const asking = { stream: true, ...fields };
  const tally = tallyOf(asking);
  if (target !== undefined) tally.sent(target, outgoing('{}'));
  return streamed(metered(chunks, tally), requestOf(asking), tally, fakeWorld());
}
const pieces = async (...parameters: Parameters<typeof stream>) => Array.fromAsync(stream(...parameters).body);
const asked = { stream_options: { include_usage: true } };

describe('a streamed reply', () => {
  test('is one event a chunk, as it came, and [DONE] at its end', async () => {
    expect(await pieces({}, arriving([[said, said], [said]]))).toEqual([
      `data: ${JSON.stringify(said)}\n\n`.repeat(2),
      `data: ${JSON.stringify(said)}\n\n`,
      'data: [DONE]\n\n',
    ]);
  });

  test.each([
    [{}],
    [{ stream_options: null }],
    [{ stream_options: { include_usage: false } }],
    [{ stream_options: {} }],
  ])('keeps the usage to itself unless it is asked for: %j', async (fields) => {
    expect(await pieces(fields, arriving([[said], [used]]))).toEqual([
      `data: ${JSON.stringify(said)}\n\n`,
      'data: [DONE]\n\n',
    ]);
  });

  test('tells the usage with its cost, exactly, and how it came about', async () => {
    const [, last] = await pieces(asked, arriving([[said], [used]]));
    expect(JSON.parse(last?.slice('data: '.length) ?? '')).toEqual({
      ...used,
      usage: {
        ...used.usage,
        cost: 0.000016,
        cost_details: { model: 'one/m', provider_model: 'm', attempts: 'one:200', estimated: false },
      },
    });
  });

  test('says in the stream that it failed, and does not say [DONE]', async () => {
    const cut = new GatewayError('provider_cut', { provider: 'one', message: 'one ended its answer.' });
    const [first, last, ...more] = await pieces(asked, breaking([[said]], cut));
    expect([first, more]).toEqual([`data: ${JSON.stringify(said)}\n\n`, []]);
    expect(JSON.parse(last?.slice('data: '.length) ?? '')).toEqual({
      error: {
        message: 'one ended its answer.',
        type: 'server_error',
        param: null,
        code: 'provider_cut',
        source: 'provider',
        provider: 'one',
        request_id: 'req_test',
        attempts: expect.any(Array),
      },
    });
  });

  test('says nothing of a fault of ours but that there was one', async () => {
    const [text] = await pieces({}, breaking([], new TypeError('canary')));
    expect(text).toContain('"code":"internal_error"');
    expect(text).not.toContain('canary');
  });

  test('names what answered in its headers', () => {
    expect(stream({}, arriving([])).headers).toEqual({
      'x-sluice-cache': 'off',
      'x-sluice-model': 'one/m',
      'x-sluice-attempts': 'one:200',
      'server-timing': 'gateway;dur=0.00',
      'content-type': 'text/event-stream; charset=utf-8',
      'cache-control': 'no-cache',
    });
  });

  test('lets go of its answer when its reader leaves', async () => {
    const source = arriving([[said], [said]]);
    for await (const _ of stream({}, source).body) break;
    expect((await source.next()).done).toBe(true);
  });
});

test('a whole reply is the answer with its cost, in the body and beside it', async () => {
  const tally = tallyOf();
  if (target !== undefined) tally.sent(target, outgoing('{}'));
  const message = { role: 'assistant', content: 'Hi', refusal: null } as const;
  const usage = { prompt_tokens: 10, completion_tokens: 3, total_tokens: 13, vendor_detail: { a: 1 } };
  const completion = {
    ...head,
    object: 'chat.completion',
    choices: [{ index: 0, message, finish_reason: 'stop' }],
  } as const;
  tally.began();
  tally.sawWhole({ ...completion, usage });
  const reply = whole({ ...completion, usage }, tally);
  const [body] = await Array.fromAsync(reply.body);
  expect(reply.headers).toMatchObject({ 'x-sluice-cost-usd': '0.000016', 'content-type': 'application/json' });
  expect(JSON.parse(body ?? '')).toEqual({
    ...completion,
    usage: {
      ...usage,
      cost: 0.000016,
      cost_details: { model: 'one/m', provider_model: 'm', attempts: 'one:200', estimated: false },
    },
  });
});
