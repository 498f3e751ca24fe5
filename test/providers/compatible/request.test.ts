import { describe, expect, test } from 'vitest';
import { carrying } from '../../../lib/openai/carried.ts';
import { toDetails } from '../../../lib/openai/thoughts.ts';
import { thrownBy } from '../../support/bytes.ts';
import { hello, provider, sent, sentTo } from './asking.ts';

const call = (id: string) => ({ id, type: 'function', function: { name: 'now', arguments: '{}' } });
const called = (...ids: string[]) => [
  ...hello,
  { role: 'assistant', content: null, tool_calls: ids.map(call) },
  ...ids.map((id) => ({ role: 'tool', tool_call_id: id, content: 'noon' })),
];
const idsOf = ({ messages }: { messages: { tool_calls?: { id: string }[]; tool_call_id?: string }[] }) =>
  messages.flatMap(({ tool_calls = [], tool_call_id }) => [
    ...tool_calls.map(({ id }) => id),
    ...(tool_call_id === undefined ? [] : [tool_call_id]),
  ]);

describe('the limit of an answer', () => {
  const both = { max_tokens: 7, max_completion_tokens: 8 };
  test.each([
    ['openai', 'gpt-4o', { max_tokens: 7 }, { max_tokens: 7 }],
    ['openai', 'gpt-4o', both, { max_completion_tokens: 8 }],
    ['openai', 'o4-mini', { max_tokens: 7 }, { max_completion_tokens: 7 }],
    ['openai', 'o1', both, { max_completion_tokens: 8 }],
    ['openai', 'gpt-5-nano', { max_tokens: 7 }, { max_completion_tokens: 7 }],
    ['openai', 'ft:gpt-5-mini:house', { max_tokens: 7 }, { max_completion_tokens: 7 }],
    ['openai', 'gpt-35-turbo', { max_tokens: 7 }, { max_tokens: 7 }],
    ['azure', 'my-o3-deployment', { max_tokens: 7 }, { max_completion_tokens: 7 }],
    ['mistral', 'small', { max_completion_tokens: 8 }, { max_tokens: 8 }],
    ['together', 'any', both, { max_tokens: 8 }],
    ['deepseek', 'chat', { max_completion_tokens: 8 }, { max_tokens: 8 }],
    ['groq', 'any', both, { max_completion_tokens: 8 }],
    ['vllm', 'any', { max_tokens: 7 }, { max_tokens: 7 }],
  ])('goes to %s for %s under its name: %j becomes %j', (vendor, model, asked, wanted) => {
    const { max_tokens, max_completion_tokens } = sentTo(vendor, asked, model).body;
    expect({ max_tokens, max_completion_tokens }).toEqual(wanted);
  });

  test('goes to an endpoint nobody knows as it came', () => {
    const lab = provider('lab', { kind: 'openai-compatible', baseUrl: 'https://lab.example/v1' });
    expect(sent(lab, both).body).toMatchObject(both);
  });
});

describe('the ids of tool calls', () => {
  const thoughts = [{ writer: 'anthropic/claude', text: 'hm', signature: 'c2ln' }];

  test('are cut back to what their provider gave, wherever thoughts were folded in', () => {
    for (const vendor of ['openai', 'groq', 'deepseek', 'vllm', 'azure']) {
      const { body } = sentTo(vendor, { messages: called(carrying({ id: 'call_1', thoughts }), 'call_2') });
      expect(idsOf(body)).toEqual(['call_1', 'call_2', 'call_1', 'call_2']);
      expect(JSON.stringify(body)).not.toContain('~');
    }
  });

  test('are nine letters and digits for Mistral, the same for call and result', () => {
    const { body } = sentTo('mistral', { messages: called('call_1', 'functions.now:0', 'abcDEF123') });
    const ids = idsOf(body);
    expect(ids.every((id) => /^[a-zA-Z0-9]{9}$/.test(id))).toBe(true);
    expect(ids.slice(0, 3)).toEqual(ids.slice(3));
    expect(new Set(ids).size).toBe(3);
    expect(ids[2]).toBe('abcDEF123');
    expect(idsOf(sentTo('mistral', { messages: called('call_1') }).body)[0]).toBe(ids[0]);
  });

  test('are at most forty characters for OpenAI', () => {
    const long = 'tool_0_structured_output_NSOs2RPlfDVEvKVpHvsc';
    const ids = idsOf(sentTo('openai', { messages: called(long) }).body);
    expect(ids[0]).toHaveLength(40);
    expect(ids[1]).toBe(ids[0]);
    expect(idsOf(sentTo('openrouter', { messages: called(long) }).body)).toEqual([long, long]);
  });
});

describe('thoughts that clients send back', () => {
  const ours = toDetails([{ writer: 'gemini/gemini-3', signature: 'c2ln' }]);
  const theirs = [{ type: 'reasoning.text', text: 'hm', signature: 'c2ln', format: 'anthropic-claude-v1', index: 0 }];
  const thinking = { role: 'assistant', content: 'Hello', refusal: null, reasoning_content: 'hm' };
  const back = (vendor: string, fields: object = {}) =>
    sentTo(vendor, { messages: [...hello, { ...thinking, ...fields }] }).body.messages[1];

  test.each(['openai', 'azure', 'groq', 'mistral', 'perplexity'])('stay away from %s, which refuses them', (vendor) => {
    const fields = { reasoning_details: [...ours, ...theirs], citations: [{}] };
    expect(back(vendor, fields)).toEqual({ role: 'assistant', content: 'Hello' });
  });

  test('go where they are wanted, under the name they have there', () => {
    expect(back('deepseek')).toMatchObject({ reasoning_content: 'hm' });
    for (const vendor of ['cerebras', 'ollama', 'openrouter']) {
      expect(back(vendor)).toMatchObject({ reasoning: 'hm' });
      expect(back(vendor)).not.toHaveProperty('reasoning_content');
    }
  });

  test("of OpenRouter's go back to it as they are, and those another model signed go nowhere", () => {
    expect(back('openrouter', { reasoning_details: [...ours, ...theirs] })).toMatchObject({
      reasoning_details: theirs,
    });
    for (const vendor of ['openrouter', 'deepseek', 'xai', 'vllm']) {
      expect(back(vendor, { reasoning_details: ours })).not.toHaveProperty('reasoning_details');
    }
    expect(back('xai', { reasoning_details: theirs })).not.toHaveProperty('reasoning_details');
  });

  test('a refusal is what was said, where a vendor has no field for it', () => {
    const refused = { content: null, refusal: 'I will not.', reasoning_content: undefined };
    expect(back('mistral', refused)).toEqual({ role: 'assistant', content: 'I will not.' });
    expect(back('openai', refused)).toEqual({ role: 'assistant', content: null, refusal: 'I will not.' });
  });
});

describe('a request', () => {
  test('keeps messages that need no change as they are', () => {
    const messages = [
      { role: 'system', content: 'Be brief.' },
      { role: 'user', content: [{ type: 'text', text: 'Hi', cache_control: { type: 'ephemeral' } }], name: 'ann' },
      ...called('call_1'),
    ];
    for (const vendor of ['openai', 'xai', 'together'])
      expect(sentTo(vendor, { messages }).body.messages).toEqual(messages);
  });

  test('calls a developer system where there is no such role', () => {
    const messages = [{ role: 'developer', content: 'Be brief.' }, ...hello];
    for (const vendor of ['openai', 'azure', 'openrouter'])
      expect(sentTo(vendor, { messages }).body.messages).toEqual(messages);
    for (const vendor of ['groq', 'mistral', 'deepseek', 'ollama']) {
      expect(sentTo(vendor, { messages }).body.messages[0]).toEqual({ role: 'system', content: 'Be brief.' });
    }
  });

  test('says what it had to leave out, and only then', () => {
    const hints = { logit_bias: { 1: 1 }, user: 'u', seed: 7, metadata: { team: 'search' } };
    const { body, dropped } = sentTo('mistral', { ...hints, messages: [{ ...hello[0], name: 'ann' }] });
    expect(dropped).toEqual(['logit_bias', 'user', 'messages[].name']);
    expect(body).toEqual({ model: 'model', messages: hello, random_seed: 7 });
    expect(sentTo('mistral', { logit_bias: {}, store: false, service_tier: 'auto' }).dropped).toEqual([]);
    expect(sentTo('openai', hints)).toEqual({ body: { model: 'model', messages: hello, ...hints }, dropped: [] });
    expect(sentTo('cerebras', { presence_penalty: 1 }).dropped).toEqual(['presence_penalty']);
  });

  test('asks for the usage of a stream, where it must be asked for', () => {
    expect(sentTo('groq', { stream: true }).body.stream_options).toEqual({ include_usage: true });
    expect(sentTo('mistral', { stream: true }).body).not.toHaveProperty('stream_options');
    const idle = sentTo('openai', { stream_options: { include_usage: true } });
    expect(idle).toEqual({ body: { model: 'model', messages: hello }, dropped: ['stream_options'] });
  });
});

describe('what would let another model answer than the one that was allowed and priced', () => {
  const lab = provider('lab', { kind: 'openai-compatible', baseUrl: 'https://lab.example/v1' });
  const refusal = (vendor: ReturnType<typeof provider>, fields: object) =>
    thrownBy(() => sent(vendor, fields, 'openai/gpt-4o-mini'));

  test.each([
    [{ models: ['openai/o1-pro'] }, 'models'],
    [{ route: 'fallback' }, 'route'],
    [{ preset: 'dear' }, 'preset'],
    [{ plugins: [{ id: 'fusion' }] }, 'plugins'],
    [{ provider: { sort: 'throughput' } }, 'provider'],
    [{ fallbacks: ['o1-pro'] }, 'fallbacks'],
    [{ context_window_fallbacks: [{ 'gpt-4o-mini': ['o1-pro'] }] }, 'context_window_fallbacks'],
    [{ providerOptions: { gateway: { models: ['openai/o1-pro'] } } }, 'providerOptions'],
    [{ tools: [{ type: 'openrouter:advisor', parameters: { model: 'openai/o1-pro' } }] }, 'tools'],
  ])('is refused by name: %j', (fields, param) => {
    // Whichever vendor's words they are, their address may be a gateway's.
    for (const vendor of [provider('openrouter'), lab, provider('openai', { baseUrl: 'https://gateway.example/v1' })])
      expect(refusal(vendor, fields)).toMatchObject({ code: 'unsupported_parameter', status: 400, details: { param } });
  });

  test('is not what asks for nothing, or keeps to the model', () => {
    const nothing = { models: null, route: null, fallbacks: null };
    const search = { type: 'openrouter:web_search' };
    const kept = { transforms: ['middle-out'], reasoning: { effort: 'low' }, tools: [search] };
    expect(sentTo('openrouter', { ...nothing, ...kept }).body).toMatchObject(kept);
  });
});
