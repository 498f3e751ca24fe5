import { describe, expect, test } from 'vitest';
import { fold } from '../../../lib/openai/fold.ts';
import { busy, read, sent, sentOnVertex } from './dialogue.ts';

const weather = { type: 'function', function: { name: 'weather', parameters: { type: 'object', properties: {} } } };
const now = { type: 'function', function: { name: 'now' } };

/** The second turn of a client that sends back what it was given, or only what every client sends back. */
async function secondTurn(model: string, echo: 'everything' | 'calls') {
  const { choices } = await fold(read([busy], 'claude-sonnet-4-5-20250929'));
  const { role, content, tool_calls, ...rest } = JSON.parse(JSON.stringify(choices[0]?.message));
  const calls: { id: string }[] = tool_calls;
  return {
    model,
    reasoning_effort: 'low',
    tools: [weather, now],
    messages: [
      { role: 'user', content: 'Zürich?' },
      { role, content, tool_calls, ...(echo === 'everything' && rest) },
      { role: 'tool', tool_call_id: calls[1]?.id, content: '12:00' },
      { role: 'tool', tool_call_id: calls[0]?.id, content: 'Sunny' },
    ],
  };
}

const signedTurn = [
  { type: 'thinking', thinking: 'Two cities — two tools. 🤔', signature: 'c2VhbA==' },
  { type: 'redacted_thinking', data: 'aGlkZGVu' },
  { type: 'text', text: 'Ich schaue nach: Zürich.' },
  { type: 'tool_use', id: 'toolu_1', name: 'weather', input: { city: 'Zürich' } },
  { type: 'tool_use', id: 'toolu_2', name: 'now', input: {} },
];

describe('thoughts across turns', () => {
  test.each(['calls', 'everything'] as const)(
    'come back once, signed and in place, when a client echoes %s',
    async (echo) => {
      const { body, dropped } = sent(await secondTurn('claude-sonnet-4-5', echo));
      expect(body.messages[1]).toEqual({ role: 'assistant', content: signedTurn });
      expect(body.messages[2].content).toEqual([
        { type: 'tool_result', tool_use_id: 'toolu_1', content: [{ type: 'text', text: 'Sunny' }] },
        { type: 'tool_result', tool_use_id: 'toolu_2', content: [{ type: 'text', text: '12:00' }] },
      ]);
      expect(body.thinking).toMatchObject({ type: 'enabled' });
      expect(dropped).toEqual([]);
    },
  );

  test('go with the same Claude to another cloud', async () => {
    const { body } = sentOnVertex(await secondTurn('claude-sonnet-4-5@20250929', 'calls'));
    expect(body.messages[1].content).toEqual(signedTurn);
  });

  test.each(['claude-opus-4-5', 'claude-sonnet-4-6'])(
    'are not shown to %s, which did not think them',
    async (model) => {
      const { body } = sent(await secondTurn(model, 'everything'));
      expect(body.messages[1].content).toEqual(signedTurn.slice(2));
    },
  );

  test('are sent back although nothing more is to be thought', async () => {
    const { body } = sent({ ...(await secondTurn('claude-sonnet-4-5', 'calls')), reasoning_effort: undefined });
    expect(body.messages[1].content).toEqual(signedTurn);
    expect(body.thinking).toBeUndefined();
  });
});

const unsignedTools = [
  { role: 'user', content: 'Go.' },
  { role: 'assistant', tool_calls: [{ id: 'call_1', type: 'function', function: { name: 'now', arguments: '' } }] },
  { role: 'tool', tool_call_id: 'call_1', content: '12:00' },
];

describe('reasoning_effort', () => {
  test.each([
    ['claude-sonnet-4-5', 'low', 64_000, { type: 'enabled', budget_tokens: 12_800 }, undefined],
    ['claude-sonnet-4-5', 'medium', 4000, { type: 'enabled', budget_tokens: 2000 }, undefined],
    ['claude-haiku-4-5', 'high', 64_000, { type: 'enabled', budget_tokens: 32_000 }, undefined],
    ['claude-3-7-sonnet-20250219', 'low', 2000, { type: 'enabled', budget_tokens: 1024 }, undefined],
    ['claude-opus-4-6', 'high', 500, { type: 'adaptive', display: 'summarized' }, { effort: 'high' }],
    ['claude-opus-4-6', 'xhigh', 500, { type: 'adaptive', display: 'summarized' }, { effort: 'high' }],
    ['claude-opus-4-8', 'xhigh', 500, { type: 'adaptive', display: 'summarized' }, { effort: 'xhigh' }],
    ['claude-sonnet-4-5', 'none', 500, undefined, undefined],
    ['claude-opus-4-8', 'none', 500, undefined, undefined],
    ['claude-opus-5', 'minimal', 500, { type: 'disabled' }, undefined],
    ['claude-sonnet-5-5', 'none', 500, { type: 'between_tools' }, undefined],
  ])('of %s: %s within %d tokens', (model, reasoning_effort, max_tokens, thinking, output_config) => {
    const { body, dropped } = sent({ model, reasoning_effort, max_tokens });
    expect(body).toMatchObject({ max_tokens });
    expect({ thinking: body.thinking, output_config: body.output_config }).toEqual({ thinking, output_config });
    expect(dropped).toEqual([]);
  });

  test.each([
    ['a limit below the least budget', { max_completion_tokens: 1024 }],
    ['a tool that must be called', { tools: [now], tool_choice: 'required' }],
    ['calls made without thought', { tools: [now], messages: unsignedTools }],
    [
      'an answer already begun',
      {
        messages: [
          { role: 'user', content: 'Count.' },
          { role: 'assistant', content: '1, ' },
        ],
      },
    ],
    ['a model that does not think', { model: 'claude-3-5-sonnet-20241022' }],
  ])('gives way to %s, and the caller is told', (_, ask) => {
    const { body, dropped } = sent({ reasoning_effort: 'high', ...ask });
    expect(body.thinking).toBeUndefined();
    expect(dropped).toEqual(['reasoning_effort']);
  });

  test('cannot silence a model that always thinks', () => {
    const { body, dropped } = sent({ model: 'claude-opus-5-5', reasoning_effort: 'none' });
    expect(body).toMatchObject({ output_config: { effort: 'low' } });
    expect(dropped).toEqual(['reasoning_effort']);
  });

  test('must be one of the words', () => {
    expect(() => sent({ reasoning_effort: 'fierce' })).toThrow('reasoning_effort must be one of');
  });
});
