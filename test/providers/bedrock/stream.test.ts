import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { GatewayError } from '../../../lib/errors.ts';
import type { ChatChunk } from '../../../lib/openai/answer.ts';
import { fold } from '../../../lib/openai/fold.ts';
import { converseDialect } from '../../../lib/providers/bedrock/bedrock.ts';
import { sonnet45 } from './asking.ts';

// Synthetic events, in the shapes the service documents: https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_ConverseStreamOutput.html
const start = { messageStart: { role: 'assistant' } };
const opens = (contentBlockIndex: number, start: object) => ({ contentBlockStart: { contentBlockIndex, start } });
const calls = (at: number, toolUseId: string, name: string, more = {}) =>
  opens(at, { toolUse: { toolUseId, name, ...more } });
const delta = (contentBlockIndex: number, delta: object) => ({ contentBlockDelta: { contentBlockIndex, delta } });
const says = (at: number, text: string) => delta(at, { text });
const muses = (at: number, reasoningContent: object) => delta(at, { reasoningContent });
const argues = (at: number, input: string) => delta(at, { toolUse: { input } });
const closes = (contentBlockIndex: number) => ({ contentBlockStop: { contentBlockIndex } });
const stops = (stopReason: string) => ({ messageStop: { stopReason } });
const counts = (usage: object) => ({ metadata: { usage, metrics: { latencyMs: 1 } } });
const usage = counts({ inputTokens: 10, outputTokens: 5, totalTokens: 15 });

const whole = [
  start,
  muses(0, { text: 'Żółw, ' }),
  muses(0, { text: '日本.' }),
  muses(0, { signature: 'c2ln' }),
  closes(0),
  muses(1, { redactedContent: Buffer.from('sealed').toString('base64') }),
  closes(1),
  says(2, 'Looking '),
  says(2, '😀.'),
  closes(2),
  calls(3, 'tool_a', 'weather'),
  argues(3, '{"city":'),
  argues(3, '"Łódź"}'),
  closes(3),
  calls(4, 'tool_b', 'ping'),
  argues(4, ''),
  closes(4),
  stops('tool_use'),
  usage,
];

const stamp = { id: 'chatcmpl-1', created: 1, model: sonnet45 };
const bytesOf = (events: readonly object[]) =>
  Buffer.from(events.map((event) => `${JSON.stringify(event)}\n`).join(''));

async function* pieces(...all: readonly Uint8Array[]) {
  yield* all;
}

const streamed = (...all: readonly Uint8Array[]) =>
  converseDialect.fromStream(pieces(...all), { provider: 'bedrock', stamp });

async function chunksOf(events: readonly object[]): Promise<readonly ChatChunk[]> {
  return (await Array.fromAsync(streamed(bytesOf(events)))).flat();
}

const failureOf = (events: readonly object[]) =>
  chunksOf(events).then(
    () => undefined,
    (error) => (error instanceof GatewayError ? { code: error.code, message: error.message } : error),
  );

describe('an answer', () => {
  test('has one head, a role first, the finish last and the usage after it', async () => {
    const chunks = await chunksOf([start, says(0, 'Hi'), closes(0), stops('end_turn'), usage]);
    expect(new Set(chunks.map(({ id, model, created, object }) => [id, model, created, object].join()))).toEqual(
      new Set([`chatcmpl-1,${sonnet45},1,chat.completion.chunk`]),
    );
    expect(chunks.map(({ choices, usage }) => usage ?? choices[0])).toEqual([
      { index: 0, delta: { role: 'assistant', content: '' }, finish_reason: null },
      { index: 0, delta: { content: 'Hi' }, finish_reason: null },
      { index: 0, delta: {}, finish_reason: 'stop' },
      {
        prompt_tokens: 10,
        completion_tokens: 5,
        total_tokens: 15,
        prompt_tokens_details: { cached_tokens: 0, cache_write_tokens: 0 },
      },
    ]);
    expect(chunks.at(-1)?.choices).toEqual([]);
  });

  test('folds to text, thoughts and calls', async () => {
    const { choices } = await fold(streamed(bytesOf(whole)));
    const { message, finish_reason } = choices[0] ?? {};
    expect(finish_reason).toBe('tool_calls');
    expect(message).toMatchObject({
      content: 'Looking 😀.',
      reasoning_content: 'Żółw, 日本.',
      reasoning_details: [
        {
          type: 'reasoning.text',
          text: 'Żółw, 日本.',
          signature: 'c2ln',
          format: 'anthropic/claude-sonnet-4-5',
          index: 0,
        },
        { type: 'reasoning.encrypted', data: 'sealed', format: 'anthropic/claude-sonnet-4-5', index: 1 },
      ],
      tool_calls: [
        { type: 'function', function: { name: 'weather', arguments: '{"city":"Łódź"}' } },
        { id: 'tool_b', type: 'function', function: { name: 'ping', arguments: '{}' } },
      ],
    });
  });

  test('may open a block with nothing in it, or say nothing at all', async () => {
    const { choices } = await fold(
      streamed(
        bytesOf([
          start,
          says(0, ''),
          closes(0),
          muses(1, { text: 'Hm.' }),
          closes(1),
          says(2, 'Hi'),
          closes(2),
          stops('end_turn'),
          usage,
        ]),
      ),
    );
    expect(choices[0]?.message).toMatchObject({ content: 'Hi', reasoning_content: 'Hm.' });
    const silent = await fold(streamed(bytesOf([start, stops('end_turn'), usage])));
    expect(silent.choices[0]).toMatchObject({ finish_reason: 'stop', message: { content: '' } });
  });

  test("the service's own tools are no calls of the client", async () => {
    const events = [
      start,
      calls(0, 'tool_x', 'interpreter', { type: 'server_tool_use' }),
      argues(0, '{"a":1}'),
      closes(0),
      opens(1, { toolResult: { toolUseId: 'tool_x', status: 'success' } }),
      delta(1, { toolResult: [{ json: { out: '2' } }] }),
      closes(1),
      calls(2, 'tool_y', 'result', { type: 'tool_use' }),
      argues(2, '{"b":2}'),
      closes(2),
      stops('tool_use'),
      usage,
    ];
    const { choices } = await fold(streamed(bytesOf(events)));
    expect(choices[0]?.message.tool_calls).toEqual([
      { id: 'tool_y', type: 'function', function: { name: 'result', arguments: '{"b":2}' } },
    ]);
  });

  test.each([
    ['end_turn', 'stop', undefined],
    ['stop_sequence', 'stop', undefined],
    ['tool_use', 'tool_calls', undefined],
    ['max_tokens', 'length', undefined],
    ['model_context_window_exceeded', 'length', 'model_context_window_exceeded'],
    ['guardrail_intervened', 'content_filter', 'guardrail_intervened'],
    ['content_filtered', 'content_filter', 'content_filtered'],
    ['malformed_model_output', 'stop', 'malformed_model_output'],
    ['malformed_tool_use', 'stop', 'malformed_tool_use'],
    ['a_word_of_tomorrow', 'stop', 'a_word_of_tomorrow'],
  ])('that stops with %s finishes with %s', async (word, finish_reason, native_finish_reason) => {
    const finish = (await chunksOf([start, stops(word), usage])).at(-2)?.choices[0];
    expect(finish).toMatchObject({ finish_reason });
    expect(finish?.native_finish_reason).toBe(native_finish_reason);
  });

  test('counts what the cache gave and took as input, by how long it is kept', async () => {
    const cacheDetails = [
      { ttl: '1h', inputTokens: 20 },
      { ttl: '5m', inputTokens: 10 },
    ];
    const events = [
      start,
      stops('end_turn'),
      counts({
        inputTokens: 1,
        outputTokens: 4,
        totalTokens: 135,
        cacheReadInputTokens: 100,
        cacheWriteInputTokens: 30,
        cacheDetails,
      }),
    ];
    expect((await chunksOf(events)).at(-1)?.usage).toEqual({
      prompt_tokens: 131,
      completion_tokens: 4,
      total_tokens: 135,
      prompt_tokens_details: {
        cached_tokens: 100,
        cache_write_tokens: 30,
        cache_write_5m_tokens: 10,
        cache_write_1h_tokens: 20,
      },
    });
  });

  test('tells how it was served, for that has its price', async () => {
    const { metadata } = usage;
    const chunks = await chunksOf([
      start,
      stops('end_turn'),
      { metadata: { ...metadata, serviceTier: { type: 'flex' } } },
    ]);
    expect(chunks.at(-1)?.usage?.service_tier).toBe('flex');
  });

  test('is finished without its usage when only that is missing', async () => {
    const chunks = await chunksOf([start, says(0, 'Hi'), stops('end_turn')]);
    expect(chunks.at(-1)?.choices[0]?.finish_reason).toBe('stop');
  });

  test('passes over events and fields it does not know', async () => {
    const { choices } = await fold(
      streamed(
        bytesOf([
          start,
          { somethingNew: { a: 1 } },
          delta(0, { citation: { title: 't' } }),
          says(0, 'Hi'),
          stops('end_turn'),
        ]),
      ),
    );
    expect(choices[0]?.message.content).toBe('Hi');
  });
});

describe('an answer in pieces', () => {
  const bytes = bytesOf(whole);

  test('is the same wherever it is cut', async () => {
    const expected = (await Array.fromAsync(streamed(bytes))).flat();
    for (let at = 0; at <= bytes.length; at++)
      expect((await Array.fromAsync(streamed(bytes.subarray(0, at), bytes.subarray(at)))).flat()).toEqual(expected);
    await fc.assert(
      fc.asyncProperty(fc.array(fc.nat(bytes.length), { maxLength: 12 }), async (cuts) => {
        const at = [0, ...cuts.sort((a, b) => a - b), bytes.length];
        const all = at.slice(1).map((end, index) => bytes.subarray(at[index], end));
        expect((await Array.fromAsync(streamed(...all))).flat()).toEqual(expected);
      }),
    );
  });

  test('is never finished before its end, and says that it was cut', async () => {
    const enough = bytesOf(whole.slice(0, -1)).length;
    for (let end = 0; end < enough; end++) {
      let finished = false;
      const read = async () => {
        for await (const chunks of streamed(bytes.subarray(0, end)))
          finished ||= chunks.some(({ choices }) => choices.some(({ finish_reason }) => finish_reason !== null));
      };
      await expect(read()).rejects.toMatchObject({ code: 'provider_cut' });
      expect(finished).toBe(false);
    }
  });

  test('events that arrive together are one batch', async () => {
    const batches = await Array.fromAsync(streamed(bytesOf(whole.slice(0, 9)), bytesOf(whole.slice(9))));
    expect(batches).toHaveLength(2);
  });
});

describe('an exception within an answer', () => {
  const thrown = (name: string, message: string) => ({ exception: { name, message } });

  test.each([
    ['ThrottlingException', 'Too many tokens, please wait.', 'rate_limit_exceeded'],
    ['throttlingException', '', 'rate_limit_exceeded'],
    ['ValidationException', 'Input is too long for requested model.', 'context_length_exceeded'],
    ['ValidationException', 'Bad.', 'invalid_request_error'],
    ['ModelStreamErrorException', '', 'provider_error'],
    ['InternalServerException', '', 'provider_error'],
    ['ServiceUnavailableException', '', 'provider_overloaded'],
    ['ModelTimeoutException', '', 'timeout'],
    ['brandNewException', '{"message":"What?"}', 'provider_error'],
    ['constructor', '', 'provider_error'],
  ])('%s is told as %s', async (name, message, code) => {
    expect(await failureOf([start, says(0, 'Hi'), thrown(name, message)])).toMatchObject({ code });
  });

  test('comes after what was said before it, and without a finish', async () => {
    const chunks: ChatChunk[] = [];
    const read = async () => {
      for await (const batch of streamed(
        bytesOf([start, says(0, 'Hi'), stops('end_turn'), thrown('InternalServerException', '')]),
      ))
        chunks.push(...batch);
    };
    await expect(read()).rejects.toMatchObject({ code: 'provider_error' });
    expect(chunks.map(({ choices }) => choices[0]?.delta.content)).toEqual(['', 'Hi']);
  });

  test.each([
    ['an exception', `${JSON.stringify(thrown('InternalServerException', ''))}\n`],
    ['what is no JSON', 'what?\n'],
    ['a call without a name', `${JSON.stringify(opens(1, { toolUse: { toolUseId: 'tool_a' } }))}\n`],
  ])('or %s comes after what was said, wherever it is cut', async (_, failing) => {
    const bytes = Buffer.concat([bytesOf([start, says(0, 'Hé')]), Buffer.from(failing)]);
    for (let at = 0; at <= bytes.length; at++) {
      const chunks: ChatChunk[] = [];
      const read = async () => {
        for await (const batch of streamed(bytes.subarray(0, at), bytes.subarray(at))) chunks.push(...batch);
      };
      await expect(read()).rejects.toMatchObject({ code: 'provider_error' });
      expect(chunks.map(({ choices }) => choices[0]?.delta.content)).toEqual(['', 'Hé']);
    }
  });

  test('what is not JSON is a fault of the provider', async () => {
    await expect(Array.fromAsync(streamed(Buffer.from('what?\n')))).rejects.toMatchObject({ code: 'provider_error' });
  });
});
