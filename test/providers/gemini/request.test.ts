import { describe, expect, test } from 'vitest';
import { GatewayError } from '../../../lib/errors.ts';
import { toChatRequest } from '../../../lib/openai/request.ts';
import { dialect, type Piece, targetOf } from './answers.ts';

const hello = { messages: [{ role: 'user', content: 'Hi' }] };

function asked(body: Piece, model = 'gemini-2.5-flash') {
  const { outbound, dropped } = dialect.toProvider(
    toChatRequest({ model, ...JSON.parse(JSON.stringify(body)) }),
    targetOf(model),
  );
  return { ...JSON.parse(String(outbound.body)), url: outbound.via === 'http' ? outbound.url : '', dropped };
}

function refusal(body: Piece): GatewayError {
  try {
    asked(body);
  } catch (error) {
    if (error instanceof GatewayError) return error;
    throw error;
  }
  throw new Error('It was not refused.');
}

const user = (...parts: readonly Piece[]) => ({ role: 'user', parts });
const model = (...parts: readonly Piece[]) => ({ role: 'model', parts });
const text = (words: string) => ({ text: words });
const made = (id: string, name: string, args: unknown) => ({
  id,
  type: 'function',
  function: { name, arguments: JSON.stringify(args) },
});

/** Deeper than anybody could write out again. */
const abyss = `{"a":${'['.repeat(9_000)}${']'.repeat(9_000)}}`;

describe('a conversation', () => {
  test('has its system apart, and alternates', () => {
    const messages = [
      { role: 'system', content: 'Be brief.' },
      { role: 'user', content: 'A' },
      {
        role: 'user',
        content: [
          { type: 'text', text: '' },
          { type: 'text', text: 'B' },
        ],
      },
      { role: 'assistant', content: 'C' },
      { role: 'developer', content: 'Be kind.' },
      { role: 'assistant', content: '' },
      { role: 'user', content: 'D' },
    ];
    const { systemInstruction, contents } = asked({ messages });
    expect(systemInstruction).toEqual({ parts: [text('Be brief.'), text('Be kind.')] });
    expect(contents).toEqual([user(text('A'), text('B')), model(text('C')), user(text('D'))]);
  });

  test('of the system alone is a prompt', () => {
    const { contents, systemInstruction } = asked({ messages: [{ role: 'system', content: 'Say hello.' }] });
    expect(contents).toEqual([user(text('Say hello.'))]);
    expect(systemInstruction).toBeUndefined();
  });

  test('with nothing in it is refused', () => {
    expect(refusal({ messages: [{ role: 'user', content: '' }] }).details.param).toBe('messages');
  });

  test('answers its calls by name, in their order, in one content with what follows', () => {
    const messages = [
      { role: 'user', content: 'Go.' },
      {
        role: 'assistant',
        content: 'Looking.',
        tool_calls: [made('1', 'weather', { city: 'Rome' }), made('2', 'time', {})],
      },
      { role: 'tool', tool_call_id: '2', content: '{"hour":12}' },
      { role: 'tool', tool_call_id: '1', content: 'Sunny' },
      { role: 'user', content: 'And?' },
    ];
    expect(asked({ messages }).contents).toEqual([
      user(text('Go.')),
      model(
        text('Looking.'),
        { functionCall: { name: 'weather', args: { city: 'Rome' } } },
        { functionCall: { name: 'time', args: {} } },
      ),
      user(
        { functionResponse: { name: 'weather', response: { result: 'Sunny' } } },
        { functionResponse: { name: 'time', response: { hour: 12 } } },
        text('And?'),
      ),
    ]);
  });

  test.each([
    ['', { result: '' }],
    ['[1,2]', { result: '[1,2]' }],
    ['{"broken":', { result: '{"broken":' }],
    ['{}', {}],
    [abyss, { result: abyss }],
  ])('takes the result %j as an object', (content, response) => {
    const messages = [
      { role: 'user', content: 'Go.' },
      { role: 'assistant', content: null, tool_calls: [made('1', 'a', {})] },
      { role: 'tool', tool_call_id: '1', content },
    ];
    expect(asked({ messages }).contents[2]).toEqual(user({ functionResponse: { name: 'a', response } }));
  });

  test.each([
    ['an unknown call', [{ role: 'tool', tool_call_id: '9', content: 'x' }], 'messages[2].tool_call_id'],
    [
      'a call twice',
      ['1', '1'].map((id) => ({ role: 'tool', tool_call_id: id, content: 'x' })),
      'messages[3].tool_call_id',
    ],
    ['one call of two', [{ role: 'tool', tool_call_id: '1', content: 'x' }], 'messages[1].tool_calls[1]'],
    ['no call', [{ role: 'user', content: 'x' }], 'messages[1].tool_calls[0]'],
  ])('that answers %s is refused by its path', (_, results, param) => {
    const called = { role: 'assistant', content: null, tool_calls: [made('1', 'a', {}), made('2', 'b', {})] };
    expect(refusal({ messages: [{ role: 'user', content: 'Go.' }, called, ...results] }).details.param).toBe(param);
  });

  test('shows images, files and sounds', () => {
    const content = [
      { type: 'image_url', image_url: { url: 'data:image/png;base64,AAAA' } },
      { type: 'image_url', image_url: { url: 'https://example.com/cat.PNG?size=2' } },
      { type: 'image_url', image_url: { url: 'gs://bucket/dog' } },
      { type: 'file', file: { filename: 'a.pdf', file_data: 'data:application/pdf;base64,BBBB' } },
      { type: 'file', file: { file_id: 'https://generativelanguage.googleapis.com/v1beta/files/f1' } },
      { type: 'input_audio', input_audio: { data: 'CCCC', format: 'mp3' } },
    ];
    expect(asked({ messages: [{ role: 'user', content }] }).contents[0].parts).toEqual([
      { inlineData: { mimeType: 'image/png', data: 'AAAA' } },
      { fileData: { mimeType: 'image/png', fileUri: 'https://example.com/cat.PNG?size=2' } },
      { fileData: { mimeType: 'image/jpeg', fileUri: 'gs://bucket/dog' } },
      { inlineData: { mimeType: 'application/pdf', data: 'BBBB' } },
      { fileData: { fileUri: 'https://generativelanguage.googleapis.com/v1beta/files/f1' } },
      { inlineData: { mimeType: 'audio/mp3', data: 'CCCC' } },
    ]);
    const elsewhere = { type: 'file', file: { file_id: 'file-abc' } };
    expect(refusal({ messages: [{ role: 'user', content: [elsewhere] }] }).details.param).toBe(
      'messages[0].content[0].file.file_id',
    );
  });
});

describe('parameters', () => {
  const SCHEMA = { type: 'object', properties: { a: { type: 'integer' } } };
  test.each<[Piece, Piece]>([
    [{}, {}],
    [{ max_tokens: 7 }, { maxOutputTokens: 7 }],
    [{ max_tokens: 7, max_completion_tokens: 8 }, { maxOutputTokens: 8 }],
    [
      { temperature: 0, top_p: 0.5, top_k: 3, seed: 5 },
      { temperature: 0, topP: 0.5, topK: 3, seed: 5 },
    ],
    [{ stop: 'END' }, { stopSequences: ['END'] }],
    [{ stop: ['a', '', 'b'] }, { stopSequences: ['a', 'b'] }],
    [{ stop: null, n: null, temperature: null }, {}],
    [{ n: 1, presence_penalty: 0, logprobs: false }, {}],
    [
      { n: 2, presence_penalty: 0.5, frequency_penalty: -1 },
      { candidateCount: 2, presencePenalty: 0.5, frequencyPenalty: -1 },
    ],
    [{ logprobs: true }, { responseLogprobs: true }],
    [
      { logprobs: true, top_logprobs: 3 },
      { responseLogprobs: true, logprobs: 3 },
    ],
    [{ response_format: { type: 'text' } }, {}],
    [{ response_format: { type: 'json_object' } }, { responseMimeType: 'application/json' }],
    [
      { response_format: { type: 'json_schema', json_schema: { name: 'x', schema: SCHEMA } } },
      { responseMimeType: 'application/json', responseJsonSchema: SCHEMA },
    ],
  ])('%j is %j', (parameters, generationConfig) => {
    expect(asked({ ...hello, ...parameters })).toMatchObject({ dropped: [] });
    expect(asked({ ...hello, ...parameters }).generationConfig).toEqual(generationConfig);
  });

  test.each([
    ['gemini-2.5-flash', 'none', { thinkingBudget: 0, includeThoughts: false }],
    ['gemini-2.5-pro', 'none', { thinkingBudget: 128, includeThoughts: false }],
    ['gemini-2.5-flash', 'minimal', { thinkingBudget: 1024, includeThoughts: true }],
    ['gemini-2.5-flash-lite', 'low', { thinkingBudget: 1024, includeThoughts: true }],
    ['gemini-2.5-pro', 'medium', { thinkingBudget: 8192, includeThoughts: true }],
    ['gemini-2.5-flash', 'high', { thinkingBudget: 24_576, includeThoughts: true }],
    ['gemini-3-pro-preview', 'none', { thinkingLevel: 'LOW', includeThoughts: false }],
    ['gemini-3-pro-preview', 'low', { thinkingLevel: 'LOW', includeThoughts: true }],
    ['gemini-3-pro-preview', 'medium', { thinkingLevel: 'HIGH', includeThoughts: true }],
    ['gemini-3.1-pro-preview', 'medium', { thinkingLevel: 'MEDIUM', includeThoughts: true }],
    ['gemini-3-flash-preview', 'minimal', { thinkingLevel: 'MINIMAL', includeThoughts: true }],
    ['gemini-3.7-flash', 'minimal', { thinkingLevel: 'LOW', includeThoughts: true }],
    ['gemini-flash-latest', 'xhigh', { thinkingLevel: 'HIGH', includeThoughts: true }],
    ['gemini-3-flash-preview', 'max', { thinkingLevel: 'HIGH', includeThoughts: true }],
    ['gemini-2.5-flash', 'max', { thinkingBudget: 24_576, includeThoughts: true }],
  ])('%s thinks with effort %s as %j', (name, reasoning_effort, thinkingConfig) => {
    expect(asked({ ...hello, reasoning_effort }, name).generationConfig).toEqual({ thinkingConfig });
  });

  test('an effort of a model that does not think is reported', () => {
    const { generationConfig, dropped } = asked({ ...hello, reasoning_effort: 'low' }, 'gemini-2.0-flash');
    expect([generationConfig, dropped]).toEqual([{}, ['reasoning_effort']]);
  });

  test.each([
    ['gemini-3-pro-preview', ['reasoning_effort']],
    ['gemini-flash-latest', ['reasoning_effort']],
    ['gemini-2.5-pro', ['reasoning_effort']],
    ['gemini-2.5-flash', []],
    ['gemini-2.0-flash', []],
  ])('%s that is not to think at all reports %j', (name, wanted) => {
    expect(asked({ ...hello, reasoning_effort: 'none' }, name).dropped).toEqual(wanted);
  });

  test('what has no place is reported', () => {
    const { dropped } = asked({ ...hello, logit_bias: { 1: 2 }, user: 'u', parallel_tool_calls: false, novelty: 1 });
    expect(dropped).toEqual(['logit_bias', 'user', 'parallel_tool_calls', 'novelty']);
  });

  test.each([
    [{ functions: [] }, 'functions'],
    [{ stop: ['a', 'b', 'c', 'd', 'e', 'f'] }, 'stop'],
    [{ reasoning_effort: 'extreme' }, 'reasoning_effort'],
    [{ response_format: { type: 'grammar' } }, 'response_format'],
    [{ tools: [{ type: 'custom', custom: { name: 'x' } }] }, 'tools[0]'],
    [{ tools: [{ type: 'function', function: { name: '1st' } }] }, 'tools[0].function.name'],
    [{ tool_choice: 'required' }, 'tool_choice'],
    [{ tool_choice: 'sometimes' }, 'tool_choice'],
    [{ tool_choice: { type: 'function', function: { name: 'f' } } }, 'tool_choice'],
    [
      {
        tools: [{ type: 'function', function: { name: 'f' } }],
        tool_choice: { type: 'function', function: { name: 'g' } },
      },
      'tool_choice',
    ],
    [
      {
        tools: [{ type: 'function', function: { name: 'f' } }],
        tool_choice: {
          type: 'allowed_tools',
          allowed_tools: { mode: 'auto', tools: [{ type: 'function', function: { name: 'g' } }] },
        },
      },
      'tool_choice',
    ],
  ])('%j is refused by name', (parameters, param) => {
    expect(refusal({ ...hello, ...parameters }).details.param).toBe(param);
  });
});

describe('tools', () => {
  const tool = (name: string, more: Piece = {}) => ({ type: 'function', function: { name, ...more } });
  const tools = [
    tool('a', { description: 'A.', parameters: { type: 'object', properties: { x: { const: 1 } } } }),
    tool('b'),
  ];

  test('are function declarations with their JSON Schema', () => {
    expect(asked({ ...hello, tools }).tools).toEqual([
      {
        functionDeclarations: [
          {
            name: 'a',
            description: 'A.',
            parametersJsonSchema: { type: 'object', properties: { x: { type: 'number', enum: [1] } } },
          },
          { name: 'b' },
        ],
      },
    ]);
    expect(asked({ ...hello, tools: [] }).tools).toBeUndefined();
  });

  const named = (name: string) => ({ type: 'function', function: { name } });
  test.each([
    [undefined, undefined],
    ['auto', { mode: 'AUTO' }],
    ['none', { mode: 'NONE' }],
    ['required', { mode: 'ANY' }],
    [named('a'), { mode: 'ANY', allowedFunctionNames: ['a'] }],
    [
      { type: 'allowed_tools', allowed_tools: { mode: 'auto', tools: [named('b')] } },
      { mode: 'VALIDATED', allowedFunctionNames: ['b'] },
    ],
  ])('are called as tool_choice %j says', (tool_choice, functionCallingConfig) => {
    const { toolConfig } = asked({ ...hello, tools, tool_choice });
    expect(toolConfig).toEqual(functionCallingConfig && { functionCallingConfig });
  });

  test('that are strict have their arguments validated', () => {
    const strict = [tool('a', { strict: true })];
    expect(asked({ ...hello, tools: strict }).toolConfig).toEqual({ functionCallingConfig: { mode: 'VALIDATED' } });
    expect(asked({ ...hello, tools: strict, tool_choice: 'required' }).toolConfig).toEqual({
      functionCallingConfig: { mode: 'ANY' },
    });
  });
});

test('a model’s name cannot leave its place in the path', () => {
  expect(asked(hello, '../../x:evil?a=b#c').url).toBe(
    'https://generativelanguage.googleapis.com/v1beta/models/..%2F..%2Fx%3Aevil%3Fa%3Db%23c:streamGenerateContent?alt=sse',
  );
});
