import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { GatewayError } from '../../../lib/errors.ts';
import { fold } from '../../../lib/openai/fold.ts';
import { all, busy, busyWhole, events, read, synthetic } from './dialogue.ts';

const { start, block, delta, stop, end } = synthetic;
const bytes = Buffer.from(busy);

describe('a stream of Claude', () => {
  test('folds to the answer it tells', async () => {
    const { choices, usage, id, model, created } = await fold(read([busy]));
    expect({ id, model, created }).toEqual({
      id: 'msg_1',
      model: 'claude-sonnet-4-5-20250929',
      created: 1_700_000_000,
    });
    expect(choices).toMatchObject([
      {
        finish_reason: 'tool_calls',
        message: {
          content: 'Ich schaue nach: Zürich.',
          reasoning_content: 'Two cities — two tools. 🤔',
          reasoning_details: [
            { type: 'reasoning.text', text: 'Two cities — two tools. 🤔', signature: 'c2VhbA==', index: 0 },
            { type: 'reasoning.encrypted', data: 'aGlkZGVu', index: 1 },
          ],
          tool_calls: [
            { id: expect.stringMatching(/^toolu_1~/), function: { name: 'weather', arguments: '{"city":"Zürich"}' } },
            { id: 'toolu_2', function: { name: 'now', arguments: '{}' } },
          ],
        },
      },
    ]);
    expect(usage).toEqual({
      prompt_tokens: 117,
      completion_tokens: 40,
      total_tokens: 157,
      prompt_tokens_details: { cached_tokens: 100, cache_write_tokens: 7 },
      completion_tokens_details: { reasoning_tokens: 15 },
    });
  });

  test('says the same wherever the network cuts it', async () => {
    const { chunks: expected } = await all(read([bytes]));
    await fc.assert(
      fc.asyncProperty(fc.uniqueArray(fc.nat(bytes.length)), async (cuts) => {
        const ends = [...cuts, bytes.length].sort((a, b) => a - b);
        const pieces = ends.map((to, at) => bytes.subarray(at === 0 ? 0 : ends[at - 1], to));
        expect((await all(read(pieces))).chunks).toEqual(expected);
      }),
      { numRuns: 50 },
    );
    for (let at = 1; at < bytes.length; at++)
      expect((await all(read([bytes.subarray(0, at), bytes.subarray(at)]))).chunks).toEqual(expected);
  });

  test('that ends early never finishes and always fails', async () => {
    for (let length = 0; length < bytes.length; length++) {
      const { chunks, error } = await all(read([bytes.subarray(0, length)]));
      expect(chunks.flatMap(({ choices }) => choices.map((choice) => choice.finish_reason))).not.toContain(
        'tool_calls',
      );
      expect(error).toMatchObject({ code: 'provider_cut', details: { provider: 'anthropic' } });
    }
  });

  test('tells usage once, last and without choices', async () => {
    const { chunks } = await all(read([busy]));
    expect(chunks.map(({ usage }) => usage !== undefined).indexOf(true)).toBe(chunks.length - 1);
    expect(chunks.at(-1)?.choices).toEqual([]);
    expect(chunks.at(-2)?.choices[0]?.finish_reason).toBe('tool_calls');
    expect(chunks[0]?.choices).toEqual([{ index: 0, delta: { role: 'assistant' }, finish_reason: null }]);
  });

  test('may come as one JSON object, and says the same', async () => {
    expect(await fold(read([busyWhole]))).toEqual(await fold(read([busy])));
  });

  test('counts tools by themselves and leaves the provider’s own aside', async () => {
    const stream = events(
      start(),
      block(0, { type: 'server_tool_use', id: 'srvtoolu_1', name: 'web_search', input: {} }),
      delta(0, { type: 'input_json_delta', partial_json: '{"query":"x"}' }),
      stop(0),
      block(1, { type: 'web_search_tool_result', tool_use_id: 'srvtoolu_1', content: [] }),
      stop(1),
      block(2, { type: 'text', text: '', citations: [] }),
      delta(2, { type: 'citations_delta', citation: {} }),
      delta(2, { type: 'text_delta', text: 'Found.' }),
      stop(2),
      block(3, { type: 'tool_use', id: 'toolu_1', name: 'save', input: {} }),
      stop(3),
      { type: 'something_new', index: 3 },
      ...end('tool_use', { input_tokens: 900, output_tokens: 20, server_tool_use: { web_search_requests: 1 } }),
    );
    const { choices, usage } = await fold(read([stream]));
    expect(choices[0]?.message).toMatchObject({
      content: 'Found.',
      tool_calls: [{ id: 'toolu_1', function: { name: 'save', arguments: '{}' } }],
    });
    expect(usage).toMatchObject({ prompt_tokens: 900, server_tool_use: { web_search_requests: 1 } });
  });

  test('keeps the thoughts before each call with that call', async () => {
    const thought = (index: number, signature: string) => [
      block(index, { type: 'thinking', thinking: `for ${signature}` }),
      delta(index, { type: 'signature_delta', signature }),
      stop(index),
    ];
    const call = (index: number, id: string) => [
      block(index, { type: 'tool_use', id, name: 'now', input: {} }),
      stop(index),
    ];
    const stream = events(
      start(),
      ...thought(0, 'A'),
      ...call(1, 'one'),
      ...call(2, 'two'),
      ...thought(3, 'B'),
      ...call(4, 'three'),
      ...end('tool_use'),
    );
    const { choices } = await fold(read([stream]));
    const { tool_calls } = JSON.parse(JSON.stringify(choices[0]?.message));
    expect(tool_calls.map(({ id }: { id: string }) => id)).toEqual([
      expect.stringMatching(/^one~/),
      'two',
      expect.stringMatching(/^three~/),
    ]);
  });

  test.each([
    ['end_turn', 'stop'],
    ['stop_sequence', 'stop'],
    ['pause_turn', 'stop'],
    ['tool_use', 'tool_calls'],
    ['max_tokens', 'length'],
    ['model_context_window_exceeded', 'length'],
    ['refusal', 'content_filter'],
    ['a_word_of_tomorrow', 'stop'],
  ])('that stops for %s finishes with %s', async (reason, finish) => {
    expect((await fold(read([events(start(), ...end(reason))]))).choices[0]?.finish_reason).toBe(finish);
  });

  test('that refuses says why', async () => {
    const stop_details = { type: 'refusal', category: 'cyber', explanation: 'Not this.' };
    const { chunks } = await all(read([events(start(), ...end('refusal', { output_tokens: 0 }, { stop_details }))]));
    expect(chunks[1]?.choices).toEqual([
      {
        index: 0,
        delta: { refusal: 'Not this.' },
        finish_reason: 'content_filter',
        native_finish_reason: 'refusal',
        stop_details,
      },
    ]);
  });

  test('gives {} to a call without arguments whose end was not told', async () => {
    const call = block(0, { type: 'tool_use', id: 'toolu_1', name: 'now', input: {} });
    const { choices } = await fold(read([events(start(), call, ...end('tool_use'))]));
    expect(choices[0]).toMatchObject({
      finish_reason: 'tool_calls',
      message: { tool_calls: [{ function: { name: 'now', arguments: '{}' } }] },
    });
  });

  test('has no usage while nobody has counted its input', async () => {
    const counted = { type: 'message_start', message: { id: 'msg_1', usage: { output_tokens: 1 } } };
    expect((await fold(read([events(counted, ...end('end_turn'))]))).usage).toBeUndefined();
  });

  test('tells how long what it cached is kept, for the price of it', async () => {
    const cache_creation = { ephemeral_5m_input_tokens: 3, ephemeral_1h_input_tokens: 4 };
    const usage = { cache_creation_input_tokens: 7, cache_creation, service_tier: 'priority' };
    expect((await fold(read([events(start(usage), ...end('end_turn'))]))).usage).toMatchObject({
      prompt_tokens: 17,
      prompt_tokens_details: { cache_write_tokens: 7, cache_write_5m_tokens: 3, cache_write_1h_tokens: 4 },
      service_tier: 'priority',
    });
  });
});

describe('a stream that fails', () => {
  const failing = (type: string, message = 'Overloaded') =>
    events(start(), block(0, { type: 'text', text: '' }), delta(0, { type: 'text_delta', text: 'Half' }), {
      type: 'error',
      error: { type, message },
    });

  test.each([
    ['overloaded_error', 'provider_overloaded'],
    ['rate_limit_error', 'rate_limit_exceeded'],
    ['api_error', 'provider_error'],
    ['authentication_error', 'provider_credentials'],
    ['a_word_of_tomorrow', 'provider_error'],
  ])('with %s tells %s, after what it had said', async (type, code) => {
    const { chunks, error } = await all(read([failing(type)]));
    expect(chunks.map(({ choices }) => choices[0]?.delta.content)).toEqual([undefined, 'Half']);
    expect(error).toBeInstanceOf(GatewayError);
    expect(error).toMatchObject({ code, source: 'provider' });
  });

  test.each([
    ['an error', failing('api_error')],
    ['what is no JSON', `${failing('api_error').split('event: error')[0]}data: <html>\n\n`],
  ])('by %s tells what it had said first, wherever it is cut', async (_, whole) => {
    const broken = Buffer.from(whole);
    for (let at = 0; at <= broken.length; at++) {
      const { chunks, error } = await all(read([broken.subarray(0, at), broken.subarray(at)]));
      expect(chunks.map(({ choices }) => choices[0]?.delta.content)).toEqual([undefined, 'Half']);
      expect(error).toMatchObject({ code: 'provider_error' });
    }
  });

  test('may be an error in plain JSON', async () => {
    const { error } = await all(read(['{"type":"error","error":{"type":"overloaded_error","message":"Overloaded"}}']));
    expect(error).toMatchObject({ code: 'provider_overloaded' });
  });

  test('may be no stream at all', async () => {
    expect((await all(read(['<html>']))).error).toMatchObject({ code: 'provider_cut' });
    expect((await all(read([]))).error).toMatchObject({ code: 'provider_cut' });
    expect((await all(read(['event: x\ndata: {]\n\n']))).error).toMatchObject({ code: 'provider_error' });
  });
});
