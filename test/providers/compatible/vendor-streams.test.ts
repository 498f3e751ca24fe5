import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { ChatStream } from '../../../lib/openai/answer.ts';
import { fold } from '../../../lib/openai/fold.ts';
import { fromWhole } from '../../../lib/providers/compatible/whole.ts';
import { arriving, cut, cuts } from '../../support/bytes.ts';
import { attempt, chunk, delta, done, read, said, stamp, usage } from '../../support/compatible-stream.ts';
import { provider } from './asking.ts';

// Every stream here is synthetic: written by hand after what the vendors document and were seen to send.
const origin = { provider: 'lab', stamp };
const of = async (vendor: string, events: readonly string[]) => {
  const settings = { baseUrl: 'https://vendor.example/v1' };
  const stream = provider(vendor, settings)
    .chat('m')
    .fromStream(arriving(events.map((each) => Buffer.from(each))), origin);
  return (await Array.fromAsync(stream)).flat();
};
const folded = async (events: readonly string[]) => fold(arriving([await read(events)]) as ChatStream);
const end = chunk([delta({}, 0, 'stop')]);
const calls = (...tool_calls: object[]) => chunk([delta({ tool_calls })]);
const opened = (index: number, json: string, id = `call_${index}`) => ({
  index,
  id,
  type: 'function',
  function: { name: `tool_${index}`, arguments: json },
});

describe('what a vendor thinks', () => {
  test('is reasoning_content, under whatever name it came', async () => {
    const events = [
      chunk([delta({ role: 'assistant', reasoning: 'a', channel: 'analysis' })]),
      chunk([delta({ reasoning_content: 'b' })]),
      chunk([delta({ reasoning: 'c', reasoning_content: 'c' })]),
      chunk([delta({ content: [{ type: 'thinking', thinking: [{ type: 'text', text: 'd' }], closed: true }] })]),
      chunk([
        delta({
          content: [
            { type: 'thinking', thinking: [{ type: 'text', text: 'e' }] },
            { type: 'text', text: 'f' },
          ],
        }),
      ]),
      chunk([delta({ content: 'g', reasoning: null, reasoning_content: '' })]),
      end,
    ];
    expect((await folded(events)).choices[0]?.message).toMatchObject({ content: 'fg', reasoning_content: 'abcde' });
    for (const { choices } of await read(events)) {
      for (const { delta: piece } of choices) {
        expect(piece).not.toHaveProperty('reasoning');
        expect(Array.isArray(piece.content)).toBe(false);
      }
    }
  });

  test('keeps its signatures where they stand', async () => {
    const signed = [{ type: 'reasoning.text', text: 'a', signature: 'c2ln', format: 'anthropic-claude-v1', index: 0 }];
    const chunks = await of('openrouter', [chunk([delta({ reasoning: 'a', reasoning_details: signed })]), end]);
    expect(chunks[0]?.choices[0]?.delta).toEqual({
      role: 'assistant',
      reasoning_details: signed,
      reasoning_content: 'a',
    });
  });
});

describe('the tool calls of a stream', () => {
  test.each([
    ['nothing', ['']],
    ['null', ['null']],
    ['null in pieces', ['n', 'ul', 'l']],
    ['an empty object', ['{}']],
    ['blanks', [' ', '\n']],
  ])('without arguments, said as %s, have {}', async (_, pieces) => {
    const [first = '', ...rest] = pieces;
    const more = rest.map((json) => calls({ index: 0, id: '', function: { name: '', arguments: json } }));
    const message = (await folded([calls(opened(0, first)), ...more, chunk([delta({}, 0, 'tool_calls')])])).choices[0]
      ?.message;
    expect(message?.tool_calls).toEqual([
      { id: 'call_0', type: 'function', function: { name: 'tool_0', arguments: '{}' } },
    ]);
  });

  test('that have no arguments have {} when their choice ends', async () => {
    const chunks = await read([calls(opened(0, 'null')), calls(opened(1, 'null')), end]);
    expect(chunks.map(({ choices }) => choices[0]?.delta.tool_calls)).toEqual([
      [opened(0, '')],
      [opened(1, '')],
      [0, 1].map((index) => ({ index, function: { arguments: '{}' } })),
    ]);
  });

  test('may take turns: what belongs to one is told by its index', async () => {
    const more = (index: number, json: string) => ({ index, function: { arguments: json } });
    const turns = [[opened(0, '')], [opened(1, '')], [more(0, '{"x"')], [more(1, '{"y":2}')], [more(0, ':1}')]];
    const chunks = await read([...turns.map((each) => calls(...each)), end]);
    expect(chunks.flatMap(({ choices }) => choices[0]?.delta.tool_calls ?? [])).toEqual(turns.flat());
  });

  test('have their whole name at once, though it comes in pieces, and what came beside it', async () => {
    const part = (index: number, called: object, more = {}) => calls({ index, function: called, ...more });
    const chunks = await read([
      part(0, { name: 'get_' }, { id: 'a', extra: 1 }),
      part(0, { name: 'weather' }),
      part(0, { arguments: '{"x":1}' }),
      part(1, { name: 'no' }, { id: 'b' }),
      part(1, { name: 'w' }),
      part(2, { name: 'last' }, { id: 'c' }),
      end,
    ]);
    const type = 'function';
    expect(chunks.flatMap(({ choices }) => choices[0]?.delta.tool_calls ?? [])).toEqual([
      { index: 0, id: 'a', type, extra: 1, function: { name: 'get_weather', arguments: '{"x":1}' } },
      { index: 1, id: 'b', type, function: { name: 'now', arguments: '' } },
      { index: 1, function: { arguments: '{}' } },
      { index: 2, id: 'c', type, function: { name: 'last', arguments: '{}' } },
    ]);
  });

  test('have an index, an id and a name each, said once', async () => {
    const chunks = await read([
      calls({ id: '', function: { name: 'a', arguments: '{"x"' } }),
      calls({ index: 0, id: '', type: 'function', function: { name: null, arguments: ':1}' } }),
      calls({ index: 3, id: 'same', function: { name: 'b', arguments: { y: 2 } } }),
      calls({ index: 3, id: 'same', function: { name: 'b', arguments: '' } }),
      calls({ index: 4, id: 'same', type: 'function', function: { name: 'c', arguments: '{}' } }),
      chunk([delta({ tool_calls: [] }, 0, 'tool_calls')]),
    ]);
    const deltas = chunks.flatMap(({ choices }) => choices.flatMap(({ delta: piece }) => piece.tool_calls ?? []));
    expect(deltas.map(({ index }) => index)).toEqual([0, 0, 1, 2]);
    expect(deltas.filter(({ id }) => id !== undefined).map(({ function: called }) => called?.name)).toEqual([
      'a',
      'b',
      'c',
    ]);
    const ids = deltas.flatMap(({ id }) => id ?? []);
    expect(new Set(ids).size).toBe(3);
    expect(ids.every((id) => id.length > 0 && id.length <= 40)).toBe(true);
    const again = await read([calls({ id: '', function: { name: 'a', arguments: '{}' } }), end]);
    expect(again[0]?.choices[0]?.delta.tool_calls?.[0]?.id).toBe(ids[0]);
  });

  test('that a vendor all numbers 0 are told apart by their ids', async () => {
    const events = [calls({ ...opened(0, '{"a":1}', 'x') }), calls({ ...opened(0, '{"b":2}', 'y') }), end];
    expect((await folded(events)).choices[0]?.message.tool_calls).toMatchObject([
      { id: 'x', function: { arguments: '{"a":1}' } },
      { id: 'y', function: { arguments: '{"b":2}' } },
    ]);
  });

  test('keep what nobody knows, and a custom tool its own form', async () => {
    const signed = { ...opened(0, '{}'), extra_content: { google: { thought_signature: 'c2ln' } } };
    const custom = { index: 1, id: 'c', type: 'custom', custom: { name: 'sql', input: 'SELECT' } };
    const more = { index: 1, custom: { input: ' 1' } };
    const chunks = await read([calls(signed), calls(custom), calls(more), end]);
    expect(chunks.flatMap(({ choices }) => choices[0]?.delta.tool_calls ?? [])).toEqual([signed, custom, more]);
  });

  test('that nobody was called by are none', async () => {
    const chunks = await read([
      chunk([delta({ content: 'x' })]),
      calls({ index: 0, id: '', function: { arguments: '' } }),
      end,
    ]);
    expect(JSON.stringify(chunks)).not.toContain('"name"');
  });

  test('of old, function_call alone, pass as they are', async () => {
    const chunks = await read([
      chunk([delta({ function_call: { name: 'now', arguments: '' } })]),
      chunk([delta({ function_call: { arguments: '{}' } }, 0, 'function_call')]),
    ]);
    expect(chunks.map(({ choices }) => choices[0])).toMatchObject([
      { delta: { function_call: { name: 'now', arguments: '' } }, finish_reason: null },
      { delta: { function_call: { arguments: '{}' } }, finish_reason: 'function_call' },
    ]);
  });
});

describe('the end of a stream', () => {
  test.each([
    ['eos', 'stop'],
    ['tool_call', 'tool_calls'],
    ['sensitive', 'content_filter'],
    ['model_length', 'length'],
    ['COMPLETE', 'stop'],
  ])("%s is %s, with the vendor's word beside it", async (word, finish_reason) => {
    const [last] = (await read([chunk([delta({ content: 'x' }, 0, word)])])).slice(-1);
    expect(last?.choices[0]).toMatchObject({ finish_reason, native_finish_reason: word });
  });

  test.each(['error', 'insufficient_system_resource'])('%s is a failure', async (word) => {
    const { chunks, error } = await attempt([chunk([delta({ content: 'x' })]), chunk([delta({}, 0, word)]), done]);
    expect(error).toMatchObject({ code: 'provider_error' });
    expect(chunks.every(({ choices }) => choices.every(({ finish_reason }) => finish_reason === null))).toBe(true);
  });

  test('comes once, after all content, whatever the vendor says after its own', async () => {
    const chunks = await read([
      chunk([delta({ content: 'a' }, 0, 'stop')]),
      chunk([delta({ content: 'b' })]),
      chunk([delta({ role: 'assistant', content: '' }, 0, 'stop')], { usage }),
      chunk([{ index: 0, finish_reason: null, content_filter_offsets: { start_offset: 0 } }]),
      done,
    ]);
    const choices = chunks.flatMap((each) => each.choices);
    expect(choices.map(({ delta: { content }, finish_reason }) => [content, finish_reason])).toEqual([
      ['a', null],
      ['b', null],
      [undefined, 'stop'],
    ]);
    expect(choices[2]).toHaveProperty('content_filter_offsets');
    expect(chunks.at(-1)).toMatchObject({ choices: [], usage });
  });

  test('is told at [DONE], though the connection stays open', async () => {
    const body = (async function* () {
      yield Buffer.from([chunk([delta({ content: 'a' })]), end, done].join(''));
      await new Promise(() => {});
    })();
    const settings = { baseUrl: 'https://vendor.example/v1' };
    for await (const batch of provider('vllm', settings).chat('m').fromStream(body, origin)) {
      expect(batch.at(-1)?.choices[0]?.finish_reason).toBe('stop');
      break;
    }
  });
});

describe('the usage of', () => {
  const counts = { prompt_tokens: 10, completion_tokens: 5, total_tokens: 15 };
  const last = async (vendor: string, ...events: string[]) => (await of(vendor, events)).at(-1)?.usage;

  test('Groq is counted once of three places, or found in its own', async () => {
    const finish = chunk([delta({}, 0, 'stop')], { usage: counts, x_groq: { usage: counts } });
    expect(await last('groq', finish, chunk([], { usage: counts }), done)).toEqual(counts);
    expect(await last('groq', chunk([delta({}, 0, 'stop')], { x_groq: { usage: counts } }), done)).toEqual(counts);
  });

  test('xAI has its reasoning within the completion, wherever it is hosted', async () => {
    const beside = { ...counts, total_tokens: 22, completion_tokens_details: { reasoning_tokens: 7 } };
    expect(await last('xai', end, chunk([], { usage: beside }))).toMatchObject({
      completion_tokens: 12,
      total_tokens: 22,
    });
    const within = { ...counts, completion_tokens_details: { reasoning_tokens: 5 } };
    expect(await last('azure', end, chunk([], { usage: within }))).toMatchObject(counts);
  });

  test('DeepSeek has what came from the cache in its place', async () => {
    const cached = { ...counts, prompt_cache_hit_tokens: 8, prompt_cache_miss_tokens: 2 };
    expect(await last('deepseek', chunk([delta({}, 0, 'stop')], { usage: cached }))).toMatchObject({
      prompt_tokens_details: { cached_tokens: 8 },
    });
  });

  test('Moonshot is found in the choice that finishes', async () => {
    expect(
      await last('vllm', chunk([{ ...delta({}, 0, 'stop'), usage: { ...counts, cached_tokens: 3 } }])),
    ).toMatchObject({
      ...counts,
      prompt_tokens_details: { cached_tokens: 3 },
    });
  });
});

describe('what is not for the client', () => {
  test('padding goes nowhere', async () => {
    const chunks = await read([chunk([delta({ content: 'a' })], { obfuscation: 'xyz', p: 'abc' }), end]);
    for (const each of chunks) expect(Object.keys(each)).not.toEqual(expect.arrayContaining(['obfuscation']));
    expect(JSON.stringify(chunks)).not.toContain('"p"');
  });

  test('a chunk about the prompt alone is no chunk: what it holds goes with the next', async () => {
    const blank = {
      id: '',
      object: '',
      created: 0,
      model: '',
      choices: [],
      prompt_filter_results: [{ prompt_index: 0 }],
    };
    const [first] = await of('azure', [said(blank), chunk([delta({ role: 'assistant', content: '' })]), end]);
    expect(first).toMatchObject({ id: 'v-1', model: 'v', prompt_filter_results: [{ prompt_index: 0 }], choices: [{}] });
  });

  test('the message so far, which Perplexity repeats', async () => {
    const pieces = ['Hel', 'lo'].map((content, at) =>
      chunk([{ ...delta({ content }), message: { role: 'assistant', content: ['Hel', 'Hello'][at] } }], {
        usage,
        citations: ['u'],
      }),
    );
    const chunks = await of(
      'perplexity',
      [...pieces, chunk([delta({}, 0, 'stop')], { usage })].map((each) => each.replaceAll('\n', '\r\n')),
    );
    expect(chunks.map(({ choices }) => choices[0]?.delta.content)).toEqual(['Hel', 'lo', undefined, undefined]);
    expect(chunks.every(({ choices }) => choices.every((choice) => !('message' in choice)))).toBe(true);
    expect(chunks[0]).toHaveProperty('citations');
  });
});

const thinking = [
  chunk([delta({ role: 'assistant', content: null, reasoning: 'Sô 😀' })]),
  chunk([delta({ content: 'Hé' })]),
  calls(opened(0, '')),
  calls(opened(1, '{"city":')),
  calls({ index: 1, function: { arguments: '"Zażółć"}' } }),
  chunk([delta({}, 0, 'tool_call')], { usage: { ...usage, prompt_cache_hit_tokens: 1 } }),
  done,
];

test('a stream gives the same chunks wherever its bytes are cut, and fails wherever it ends early', async () => {
  const whole = thinking.join('');
  const expected = await read(thinking);
  await fc.assert(
    fc.asyncProperty(cuts(Buffer.byteLength(whole)), async (at) => {
      expect(await read(cut(whole, ...at))).toEqual(expected);
    }),
  );
  const finished = Buffer.byteLength(thinking.slice(0, -1).join(''));
  for (let at = 0; at < finished; at += 7) {
    const { chunks, error } = await attempt([Buffer.from(whole).subarray(0, at)]);
    expect(error).toMatchObject({ code: 'provider_cut' });
    expect(
      chunks.some(({ choices, usage: counted }) => counted || choices.some(({ finish_reason }) => finish_reason)),
    ).toBe(false);
  }
});

test('a stream put together is the same answer unstreamed', async () => {
  const message = {
    role: 'assistant',
    content: 'Hé',
    reasoning: 'Sô 😀',
    tool_calls: [{ ...opened(0, 'null') }, { ...opened(1, '{"city":"Zażółć"}') }],
  };
  const choices = [{ index: 0, message, logprobs: null, finish_reason: 'tool_call' }];
  const wire = {
    id: 'v-1',
    created: 1_700_000_000,
    model: 'v',
    choices,
    usage: { ...usage, prompt_cache_hit_tokens: 1 },
  };
  expect(await folded(thinking)).toEqual(fromWhole(JSON.stringify(wire), origin));
});
