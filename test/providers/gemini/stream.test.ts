import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { GatewayError } from '../../../lib/errors.ts';
import type { ChatChunk } from '../../../lib/openai/answer.ts';
import { computing } from '../../support/computing.ts';
import { asEvents, asList, chunksOf, counts, cutAt, folded, type Piece, piece, streamed } from './answers.ts';

const answer: readonly Piece[] = [
  piece([{ text: 'Let me think – 日本. ', thought: true }], {}, { usageMetadata: { trafficType: 'ON_DEMAND' } }),
  piece([{ text: 'It is "sunny" \\ {so [it] goes}' }], {}, counts(10, 4, 7)),
  piece([{ text: ' in Łódź 😀.' }], {}, counts(10, 6, 7)),
  piece([{ functionCall: { name: 'get_time', args: { city: 'Łódź' } }, thoughtSignature: 'c2ln' }]),
  piece([{ text: '', thoughtSignature: 'dGV4dA==' }], { finishReason: 'STOP' }, counts(10, 9, 7, 3)),
];

describe('a stream', () => {
  test('is an answer in OpenAI’s words', async () => {
    const { choices, ...head } = await folded(answer);
    expect(head).toEqual({
      id: 'resp-1',
      object: 'chat.completion',
      created: 1_700_000_000,
      model: 'gemini-2.5-flash',
      usage: {
        prompt_tokens: 10,
        completion_tokens: 16,
        total_tokens: 26,
        prompt_tokens_details: { cached_tokens: 3 },
        completion_tokens_details: { reasoning_tokens: 7 },
      },
    });
    expect(choices).toHaveLength(1);
    expect(choices[0]).toMatchObject({
      index: 0,
      finish_reason: 'tool_calls',
      message: {
        role: 'assistant',
        content: 'It is "sunny" \\ {so [it] goes} in Łódź 😀.',
        reasoning_content: 'Let me think – 日本. ',
        tool_calls: [{ type: 'function', function: { name: 'get_time', arguments: '{"city":"Łódź"}' } }],
      },
    });
  });

  test('has one head, its role in the first delta, its finish in the last, and its usage once', async () => {
    const chunks = await chunksOf([asEvents(answer)]);
    expect(new Set(chunks.map(({ id, created, model }) => `${id} ${created} ${model}`)).size).toBe(1);
    const choices = chunks.flatMap((chunk) => chunk.choices);
    expect(choices.map(({ delta }) => delta.role)).toEqual(['assistant', ...Array(4).fill(undefined)]);
    expect(choices.map(({ finish_reason }) => finish_reason)).toEqual([null, null, null, null, 'tool_calls']);
    expect(chunks.map(({ usage }) => usage !== undefined)).toEqual([...Array(5).fill(false), true]);
    expect(chunks.at(-1)?.choices).toEqual([]);
  });

  const forms = [
    ['events', asEvents(answer)],
    ['a list', asList(answer)],
  ] as const;

  test.each(forms)('as %s is the same wherever its bytes are cut', async (_, bytes) => {
    const whole = await chunksOf([bytes]);
    for (let at = 1; at < bytes.length; at++) expect(await chunksOf(cutAt(bytes, [at])), `cut at ${at}`).toEqual(whole);
    await fc.assert(
      fc.asyncProperty(fc.array(fc.nat({ max: bytes.length - 1 })), async (positions) => {
        expect(await chunksOf(cutAt(bytes, positions))).toEqual(whole);
      }),
    );
    expect(await chunksOf([...bytes].map((byte) => Uint8Array.of(byte)))).toEqual(whole);
  });

  test.each(forms)('as %s that is cut short fails and has no finish', async (_, bytes) => {
    const text = Buffer.from(bytes).toString('latin1');
    const end = text.lastIndexOf('}') + (text.startsWith('[') ? 1 : 3); // an event ends with an empty line
    for (let length = 0; length < end; length++) {
      const seen: ChatChunk[] = [];
      const reading = (async () => {
        for await (const batch of streamed([bytes.subarray(0, length)])) seen.push(...batch);
      })();
      await expect(reading, `${length} bytes`).rejects.toMatchObject({ code: 'provider_cut', source: 'provider' });
      expect(seen.flatMap(({ choices }) => choices).filter(({ finish_reason }) => finish_reason !== null)).toEqual([]);
    }
  });

  test('with several candidates is whole when all of them are', async () => {
    const candidate = (index: number, text: string, more: Piece = {}) => ({
      index,
      content: { role: 'model', parts: [{ text }] },
      ...more,
    });
    const pieces = [
      { candidates: [candidate(0, 'One'), candidate(1, 'Two')] },
      { candidates: [candidate(1, '!', { finishReason: 'MAX_TOKENS' })] },
    ];
    await expect(folded(pieces)).rejects.toMatchObject({ code: 'provider_cut' });
    const { choices } = await folded([...pieces, { candidates: [candidate(0, '.', { finishReason: 'STOP' })] }]);
    expect(choices.map(({ index, message, finish_reason }) => [index, message.content, finish_reason])).toEqual([
      [0, 'One.', 'stop'],
      [1, 'Two!', 'length'],
    ]);
  });

  test('without any counts has no usage', async () => {
    const chunks = await chunksOf([
      asEvents([piece([{ text: 'Hi' }], { finishReason: 'STOP' }, { usageMetadata: { trafficType: 'X' } })]),
    ]);
    expect(chunks.filter(({ usage }) => usage !== undefined)).toEqual([]);
  });

  test('gives log probabilities as OpenAI’s', async () => {
    const logprobsResult = {
      chosenCandidates: [{ token: 'Hé', tokenId: 1, logProbability: -0.5 }],
      topCandidates: [{ candidates: [{ token: 'Hé', logProbability: -0.5 }] }],
    };
    const { choices } = await folded([piece([{ text: 'Hé' }], { logprobsResult, finishReason: 'STOP' })]);
    const token = { token: 'Hé', logprob: -0.5, bytes: [72, 195, 169] };
    expect(choices[0]?.logprobs).toEqual({ content: [{ ...token, top_logprobs: [token] }], refusal: null });
  });

  test('keeps where an answer came from, and the images it shows', async () => {
    const groundingMetadata = { webSearchQueries: ['weather'] };
    const { choices } = await folded([
      piece([{ inlineData: { mimeType: 'image/png', data: 'AAAA' } }], { groundingMetadata: {} }),
      piece([{ inlineData: { mimeType: 'image/png', data: 'BBBB' } }], { groundingMetadata, finishReason: 'STOP' }),
    ]);
    expect(choices[0]).toMatchObject({
      groundingMetadata,
      message: {
        images: [
          { image_url: { url: 'data:image/png;base64,AAAA' } },
          { image_url: { url: 'data:image/png;base64,BBBB' } },
        ],
      },
    });
  });
});

describe('the end of an answer', () => {
  test('comes after all that is said, though its reason came before', async () => {
    const chunks = await chunksOf([
      asEvents([piece([{ text: 'a' }], { finishReason: 'STOP' }), piece([{ text: 'b' }]), counts(1, 2)]),
    ]);
    expect(
      chunks.flatMap(({ choices }) => choices).map(({ delta, finish_reason }) => [delta.content, finish_reason]),
    ).toEqual([
      ['a', null],
      ['b', null],
      [undefined, 'stop'],
    ]);
    expect(chunks.at(-1)?.usage).toMatchObject({ prompt_tokens: 1 });
  });

  test.each([
    ['STOP', 'tool_calls'],
    ['MAX_TOKENS', 'length'],
  ])('%s lets its calls stand', async (finishReason, finish) => {
    const { choices } = await folded([piece([{ functionCall: { name: 'a', args: {} } }], { finishReason })]);
    expect(choices[0]).toMatchObject({ finish_reason: finish, message: { tool_calls: [{ function: { name: 'a' } }] } });
  });

  test.each([
    ['STOP', 'stop', undefined],
    ['MAX_TOKENS', 'length', undefined],
    ...[
      'SAFETY',
      'RECITATION',
      'BLOCKLIST',
      'PROHIBITED_CONTENT',
      'SPII',
      'LANGUAGE',
      'IMAGE_SAFETY',
      'MODEL_ARMOR',
    ].map((reason) => [reason, 'content_filter', reason] as const),
    ['MALFORMED_FUNCTION_CALL', 'stop', 'MALFORMED_FUNCTION_CALL'],
    ['OTHER', 'stop', 'OTHER'],
    ['A_WORD_OF_TOMORROW', 'stop', 'A_WORD_OF_TOMORROW'],
  ] as const)('%s is %s', async (finishReason, finish, native) => {
    const { choices } = await folded([piece([], { finishReason })]);
    expect(choices[0]?.finish_reason).toBe(finish);
    expect(choices[0]?.native_finish_reason).toBe(native);
  });

  test.each([
    ['UNEXPECTED_TOOL_CALL', 'stop'],
    ['MALFORMED_FUNCTION_CALL', 'stop'],
    ['SAFETY', 'content_filter'],
    ['OTHER', 'stop'],
    ['A_WORD_OF_TOMORROW', 'stop'],
  ])('%s leaves no call to be made', async (finishReason, finish) => {
    const { choices } = await folded([
      piece([{ functionCall: { name: 'list_files', args: {} } }]),
      piece([], { finishReason }),
    ]);
    expect(choices[0]).toMatchObject({ finish_reason: finish, native_finish_reason: finishReason });
    expect(choices[0]?.message.tool_calls).toBeUndefined();
  });

  test('a blocked prompt is an answer that was filtered', async () => {
    const { choices, usage } = await folded([
      { promptFeedback: { blockReason: 'MODEL_ARMOR' }, usageMetadata: { promptTokenCount: 9, totalTokenCount: 9 } },
    ]);
    expect(choices).toMatchObject([
      { index: 0, finish_reason: 'content_filter', native_finish_reason: 'MODEL_ARMOR', message: { content: null } },
    ]);
    expect(usage).toMatchObject({ prompt_tokens: 9, completion_tokens: 0 });
  });

  test.each([
    [503, 'UNAVAILABLE', 'provider_overloaded'],
    [429, 'RESOURCE_EXHAUSTED', 'rate_limit_exceeded'],
    [500, 'INTERNAL', 'provider_error'],
  ])('an error %i within a stream fails', async (code, status, ours) => {
    const pieces = [piece([{ text: 'Hi' }]), { error: { code, message: 'secret words', status } }];
    for (const bytes of [asEvents(pieces), asList(pieces)]) {
      const failure = await chunksOf([bytes]).catch((error: GatewayError) => error);
      expect(failure).toMatchObject({ code: ours, source: 'provider' });
      expect(String(failure)).not.toContain('secret words');
    }
  });

  test.each([
    ['events', asEvents],
    ['a list', asList],
  ])('an error within %s comes after what was said, wherever it is cut', async (_, as) => {
    const bytes = as([piece([{ text: 'Hé' }]), { error: { code: 500, message: 'x', status: 'INTERNAL' } }]);
    for (let at = 0; at < bytes.length; at++) {
      const seen: ChatChunk[] = [];
      const reading = (async () => {
        for await (const batch of streamed(cutAt(bytes, [at]))) seen.push(...batch);
      })();
      await expect(reading).rejects.toMatchObject({ code: 'provider_error' });
      expect(seen.map(({ choices }) => choices[0]?.delta.content)).toEqual(['Hé']);
    }
  });

  test('what is no JSON comes after what was said, wherever it is cut', async () => {
    const bytes = Buffer.concat([asEvents([piece([{ text: 'Hé' }])]), Buffer.from('data: <html>\r\n\r\n')]);
    for (let at = 0; at < bytes.length; at++) {
      const seen: ChatChunk[] = [];
      const reading = (async () => {
        for await (const batch of streamed(cutAt(bytes, [at]))) seen.push(...batch);
      })();
      await expect(reading).rejects.toMatchObject({ code: 'provider_error' });
      expect(seen.map(({ choices }) => choices[0]?.delta.content)).toEqual(['Hé']);
    }
  });

  test('[DONE], which others end with, says nothing', async () => {
    const ended = asEvents([piece([{ text: 'Hi' }], { finishReason: 'STOP' })]);
    const whole = await chunksOf([ended]);
    expect(await chunksOf([Buffer.concat([ended, Buffer.from('data: [DONE]\r\n\r\n')])])).toEqual(whole);
  });

  test.each([0.5, -1, 1e21, '1', null])('a candidate at %j is the first', async (index) => {
    const chunks = await chunksOf([asEvents([piece([{ text: 'Hi' }], { finishReason: 'STOP', index })])]);
    expect(chunks.flatMap(({ choices }) => choices.map((choice) => choice.index))).toEqual([0, 0]);
  });

  test('a long picture in a list, in small reads, is not slow', async () => {
    const bytes = asList([
      piece([{ inlineData: { mimeType: 'image/png', data: 'A'.repeat(8 * 1024 * 1024) } }], { finishReason: 'STOP' }),
    ]);
    const reads = Array.from({ length: Math.ceil(bytes.length / 4096) }, (_, at) => at * 4096);
    const tookMs = computing();
    expect(await chunksOf(reads.map((from) => bytes.subarray(from, from + 4096)))).toHaveLength(1);
    expect(tookMs()).toBeLessThan(1_500);
  });

  test('what is too deep to be passed on is a fault of the provider', async () => {
    const abyss = `data: {"a":${'['.repeat(9_000)}${']'.repeat(9_000)}}\r\n\r\n`;
    await expect(chunksOf([Buffer.from(abyss)])).rejects.toMatchObject({ code: 'provider_error' });
  });

  test('what is no JSON is a fault of the provider', async () => {
    await expect(chunksOf([Buffer.from('data: {"candidates":\r\n\r\n')])).rejects.toMatchObject({
      code: 'provider_error',
    });
  });
});
