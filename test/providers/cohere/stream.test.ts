import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { ChatChunk } from '../../../lib/openai/answer.ts';
import { fold } from '../../../lib/openai/fold.ts';
import { arriving, cut, cuts, failureOf } from '../../support/bytes.ts';
import { provider } from '../compatible/asking.ts';

// Synthetic: written by hand after https://docs.cohere.com/reference/chat-stream
const event = (type: string, fields: object = {}) => `event: ${type}\ndata: ${JSON.stringify({ type, ...fields })}\n\n`;
const message = (type: string, said: object, index?: number) => event(type, { index, delta: { message: said } });
const start = event('message-start', {
  id: 'their-id',
  delta: { message: { role: 'assistant', content: [], tool_plan: '' } },
});
const text = (words: string, index = 0) => message('content-delta', { content: { text: words } }, index);
const thought = (words: string) => message('content-delta', { content: { thinking: words } }, 0);
const call = (type: string, index: number, fields: object) => message(type, { tool_calls: fields }, index);
const end = (finish_reason: string) =>
  event('message-end', {
    delta: {
      finish_reason,
      usage: {
        billed_units: { input_tokens: 1, output_tokens: 2 },
        tokens: { input_tokens: 90, output_tokens: 30, reasoning_tokens: 9 },
        cached_tokens: 40,
      },
    },
  });

const stamp = { id: 'chatcmpl-ours', created: 1_800_000_000, model: 'command-a' };
const dialect = provider('cohere').chat('command-a');
const stream = (pieces: Iterable<Uint8Array>) => dialect.fromStream(arriving(pieces), { provider: 'cohere', stamp });
const read = async (pieces: Iterable<Uint8Array>) => (await Array.fromAsync(stream(pieces))).flat();
const bytes = (...events: string[]) => [Buffer.from(events.join(''))];

const talk = [
  start,
  message('content-start', { content: { type: 'thinking', thinking: '' } }, 0),
  thought('Hm 漢'),
  text('Hé ', 1),
  text('😀', 1),
  event('content-end', { index: 1 }),
  end('COMPLETE'),
  'data: [DONE]\n\n',
];
const acting = [
  start,
  message('tool-plan-delta', { tool_plan: 'I will ' }),
  message('tool-plan-delta', { tool_plan: 'look.' }),
  call('tool-call-start', 0, { id: 'now_1', type: 'function', function: { name: 'now', arguments: '' } }),
  event('tool-call-end', { index: 0 }),
  call('tool-call-start', 1, { id: 'weather_2', type: 'function', function: { name: 'weather', arguments: '' } }),
  call('tool-call-delta', 1, { function: { arguments: '{"city":' } }),
  call('tool-call-delta', 1, { function: { arguments: '"Zażółć"}' } }),
  event('tool-call-end', { index: 1 }),
  message('citation-start', { citations: { start: 0, end: 1, text: 'x', sources: [] } }, 0),
  event('citation-end', { index: 0 }),
  end('TOOL_CALL'),
];

describe("Cohere's stream", () => {
  test('says text and thoughts, then its end, then its usage', async () => {
    const chunks = await read(bytes(...talk));
    for (const each of chunks)
      expect(each).toMatchObject({ ...stamp, id: 'their-id', object: 'chat.completion.chunk' });
    expect(chunks.map(({ choices }) => choices[0]?.delta)).toEqual([
      { role: 'assistant', content: null },
      { reasoning_content: 'Hm 漢' },
      { content: 'Hé ' },
      { content: '😀' },
      {},
      undefined,
    ]);
    expect(chunks.at(-2)?.choices[0]).toMatchObject({ finish_reason: 'stop', native_finish_reason: 'COMPLETE' });
    expect(chunks.at(-1)).toMatchObject({
      choices: [],
      usage: {
        prompt_tokens: 90,
        completion_tokens: 30,
        total_tokens: 120,
        prompt_tokens_details: { cached_tokens: 40 },
        completion_tokens_details: { reasoning_tokens: 9 },
      },
    });
  });

  test('folds to a whole answer, its plan among the thoughts, a call without arguments with {}', async () => {
    const whole = await fold(stream(bytes(...acting)));
    expect(whole.choices[0]).toMatchObject({
      message: {
        content: null,
        reasoning_content: 'I will look.',
        citations: [{ text: 'x' }],
        tool_calls: [
          { id: 'now_1', type: 'function', function: { name: 'now', arguments: '{}' } },
          { id: 'weather_2', type: 'function', function: { name: 'weather', arguments: '{"city":"Zażółć"}' } },
        ],
      },
      finish_reason: 'tool_calls',
    });
  });

  test.each([
    ['STOP_SEQUENCE', 'stop'],
    ['MAX_TOKENS', 'length'],
    ['TOOL_CALL', 'tool_calls'],
    ['made_up', 'stop'],
    ['constructor', 'stop'],
  ])('that ends with %s finishes with %s', async (word, finish) => {
    expect((await fold(stream(bytes(start, text('x'), end(word))))).choices[0]?.finish_reason).toBe(finish);
  });

  test.each([
    ['ends with ERROR', [start, text('x'), end('ERROR')]],
    ['times out', [start, end('TIMEOUT')]],
    ['holds a message of refusal', [start, 'data: {"id":"i","message":"canary"}\n\n']],
    ['holds no JSON', [start, 'data: <html>canary\n\n']],
  ])('that %s is a failure', async (_, events) => {
    const error = await failureOf(stream(bytes(...events)));
    expect(error).toMatchObject({ code: 'provider_error', source: 'provider' });
    expect(String(error)).not.toContain('canary');
  });

  test('has {} for a call without arguments when that call ends, whatever else has begun', async () => {
    const opens = (index: number) =>
      call('tool-call-start', index, { id: `id_${index}`, type: 'function', function: { name: 'a', arguments: '' } });
    const adds = (index: number) => call('tool-call-delta', index, { function: { arguments: '{"x":1}' } });
    const closes = (index: number) => event('tool-call-end', { index });
    const chunks = await read(
      bytes(start, opens(0), opens(1), closes(1), adds(0), closes(0), opens(2), end('TOOL_CALL')),
    );
    const deltas = chunks.flatMap(({ choices }) => choices[0]?.delta.tool_calls ?? []);
    expect(deltas.map(({ index, function: called }) => [index, called?.arguments])).toEqual([
      [0, ''],
      [1, ''],
      [1, '{}'],
      [0, '{"x":1}'],
      [2, ''],
      [2, '{}'],
    ]);
    const late = stream(bytes(start, opens(0), closes(0), adds(0), end('TOOL_CALL')));
    expect(await failureOf(late)).toMatchObject({ code: 'provider_error' });
  });

  test.each([
    ['an error', 'data: {"id":"i","message":"x"}\n\n'],
    ['what is no JSON', 'data: <html>\n\n'],
    ['an end that is a failure', end('ERROR')],
  ])('that fails by %s gives what came before first, wherever it is cut', async (_, failing) => {
    const whole = [start, text('Hé'), failing].join('');
    for (let at = 0; at <= Buffer.byteLength(whole); at++) {
      const chunks: ChatChunk[] = [];
      const failed = failureOf(
        (async () => {
          for await (const batch of stream(cut(whole, at))) chunks.push(...batch);
        })(),
      );
      expect(await failed).toMatchObject({ code: 'provider_error' });
      expect(chunks.map(({ choices }) => choices[0]?.delta.content)).toEqual([null, 'Hé']);
    }
  });

  test.each([
    ['talk', talk],
    ['tool calls', acting],
  ])('of %s is the same wherever it is cut, and fails wherever it ends early', async (_, events) => {
    const whole = events.join('');
    const expected = await read(bytes(whole));
    await fc.assert(
      fc.asyncProperty(cuts(Buffer.byteLength(whole)), async (at) => {
        expect(await read(cut(whole, ...at))).toEqual(expected);
      }),
    );
    const finished = Buffer.byteLength(whole.slice(0, whole.indexOf('event: message-end')));
    for (let at = 0; at <= finished; at += 5) {
      const chunks: ChatChunk[] = [];
      const failing = (async () => {
        for await (const batch of stream([Buffer.from(whole).subarray(0, at)])) chunks.push(...batch);
      })();
      expect(await failureOf(failing)).toMatchObject({ code: 'provider_cut' });
      expect(
        chunks.every(({ choices, usage }) => !usage && choices.every(({ finish_reason }) => finish_reason === null)),
      ).toBe(true);
    }
  });
});
