import { describe, expect, test } from 'vitest';
import { GatewayError } from '../../../lib/errors.ts';
import type { JsonObject } from '../../../lib/openai/json.ts';
import { asked, assistant, call, city, gptOss, llama, nova2, opus48, sonnet45, tool, user, weather } from './asking.ts';

const hello = { messages: [user('Hello')] };

/** The field a refusal names. */
function fault(request: JsonObject, model?: string): string | undefined {
  try {
    asked(request, model);
  } catch (error) {
    if (error instanceof GatewayError && error.status === 400) return error.details.param;
    throw error;
  }
  throw new Error('It was not refused.');
}

/** Deeper than anybody could write out again. */
const abyss = `{"a":${'['.repeat(9_000)}${']'.repeat(9_000)}}`;

describe('where a request goes', () => {
  test('a model is named as the caller named it, in the region of the provider', () => {
    const { outbound } = asked(hello);
    expect(outbound).toMatchObject({ via: 'converse', region: 'us-east-1', model: sonnet45 });
    expect(outbound).not.toHaveProperty('endpoint');
  });

  test('nothing is said that was not asked', () => {
    expect(asked(hello).body).toEqual({ messages: [{ role: 'user', content: [{ text: 'Hello' }] }] });
  });
});

describe('the conversation', () => {
  test('instructions at the beginning are the system prompt, later ones stay in their place', () => {
    const system = (content: string) => ({ role: 'system', content });
    const messages = [
      system('One.'),
      { role: 'developer', content: 'Two.' },
      user('Hi'),
      assistant('Hello'),
      system('Three.'),
      user('Go'),
    ];
    expect(asked({ messages }).body).toEqual({
      system: [{ text: 'One.' }, { text: 'Two.' }],
      messages: [
        { role: 'user', content: [{ text: 'Hi' }] },
        { role: 'assistant', content: [{ text: 'Hello' }] },
        { role: 'user', content: [{ text: 'Three.' }, { text: 'Go' }] },
      ],
    });
  });

  test('instructions alone are told as by the user', () => {
    const { body } = asked({ messages: [{ role: 'system', content: 'Be brief.' }] });
    expect(body).toEqual({ messages: [{ role: 'user', content: [{ text: 'Be brief.' }] }] });
  });

  test('roles alternate and blank texts are left out', () => {
    const messages = [
      user('One.'),
      user([
        { type: 'text', text: ' ' },
        { type: 'text', text: 'Two.' },
      ]),
      assistant(''),
      user('Three.'),
      assistant('A'),
      assistant('B'),
      user('Four.'),
    ];
    expect(asked({ messages }).body.messages).toEqual([
      { role: 'user', content: [{ text: 'One.' }, { text: 'Two.' }, { text: 'Three.' }] },
      { role: 'assistant', content: [{ text: 'A' }, { text: 'B' }] },
      { role: 'user', content: [{ text: 'Four.' }] },
    ]);
  });

  test('a conversation that does not begin with the user is refused by name, and so is one that says nothing', () => {
    expect(fault({ messages: [assistant('Welcome.'), user('Hi')] })).toBe('messages[0]');
    expect(fault({ messages: [user('Hi'), assistant('Yes?'), user(' ')] })).toBe('messages[2].content');
    expect(fault({ messages: [{ role: 'system', content: '' }] })).toBe('messages');
  });

  test('Claude continues its own words where it can, without the white space at their end', () => {
    const messages = [user('Count.'), assistant('1, 2, ')];
    expect(asked({ messages }).body.messages[1].content).toEqual([{ text: '1, 2,' }]);
    expect(fault({ messages }, opus48)).toBe('messages[1]');
  });
});

describe('images and documents', () => {
  const image = (url: string) => ({ type: 'image_url', image_url: { url } });
  const file = (filename: string, file_data = 'data:application/pdf;base64,cGRm') => ({
    type: 'file',
    file: { filename, file_data },
  });
  const content = (parts: readonly JsonObject[]) => asked({ messages: [user(parts)] }).body.messages[0].content;

  test('an image is sent as bytes with its format', () => {
    expect(content([{ type: 'text', text: 'What?' }, image('data:image/jpg;base64,aGk=')])).toEqual([
      { text: 'What?' },
      { image: { format: 'jpeg', source: { bytes: 'aGk=' } } },
    ]);
  });

  test('an image elsewhere, of another kind, and audio are refused by name', () => {
    const param = 'messages[0].content[0]';
    expect(fault({ messages: [user([image('https://example.com/a.png')])] })).toBe(param);
    expect(fault({ messages: [user([image('data:image/tiff;base64,aGk=')])] })).toBe(param);
    expect(fault({ messages: [user([{ type: 'input_audio', input_audio: { data: 'aGk=', format: 'wav' } }])] })).toBe(
      param,
    );
    expect(fault({ messages: [user([{ type: 'file', file: { file_id: 'file-1' } }])] })).toBe(param);
    expect(fault({ messages: [user([file('a.zip', 'data:application/zip;base64,aGk=')])] })).toBe(param);
  });

  test('a document has a name the service allows, its own, and a text beside it', () => {
    const named = (name: string) => ({ document: { format: 'pdf', name, source: { bytes: 'cGRm' } } });
    expect(
      content([file('Q3 report_v2  (final).pdf'), file('Zażółć.pdf'), file(''), file('Q3 report_v2 (final).pdf')]),
    ).toEqual([
      { text: 'Attached:' },
      named('Q3 report-v2 (final)'),
      named('Za-'),
      named('document'),
      named('Q3 report-v2 (final) (2)'),
    ]);
    expect(content([{ type: 'text', text: 'Sum up.' }, file('a.md', 'data:text/markdown;base64,YQ==')])).toEqual([
      { text: 'Sum up.' },
      { document: { format: 'md', name: 'a', source: { bytes: 'YQ==' } } },
    ]);
  });

  test('a hint to cache becomes a cache point after its text, where the model caches', () => {
    const parts = [
      { type: 'text', text: 'Long.', cache_control: { type: 'ephemeral', ttl: '1h' } },
      { type: 'text', text: 'Short.', cache_control: { type: 'ephemeral' } },
    ];
    expect(content(parts)).toEqual([
      { text: 'Long.' },
      { cachePoint: { type: 'default', ttl: '1h' } },
      { text: 'Short.' },
      { cachePoint: { type: 'default' } },
    ]);
    const { body, dropped } = asked({ messages: [user(parts)] }, llama);
    expect(body.messages[0].content).toEqual([{ text: 'Long.' }, { text: 'Short.' }]);
    expect(dropped).toEqual(['cache_control']);
  });
});

describe('tools', () => {
  const history = [
    user('Go.'),
    assistant('Looking.', call('b', 'weather', { city: 'Oslo' }), call('a', 'weather', '')),
    tool('a', ''),
    tool('b', 'Rain'),
  ];

  test('all results of a turn are in one message, in the order of the calls, before what the user says', () => {
    const { body } = asked({ messages: [...history, user('And?')], tools: [weather] });
    expect(body.messages.slice(1)).toEqual([
      {
        role: 'assistant',
        content: [
          { text: 'Looking.' },
          { toolUse: { toolUseId: 'b', name: 'weather', input: { city: 'Oslo' } } },
          { toolUse: { toolUseId: 'a', name: 'weather', input: {} } },
        ],
      },
      {
        role: 'user',
        content: [
          { toolResult: { toolUseId: 'b', content: [{ text: 'Rain' }] } },
          { toolResult: { toolUseId: 'a', content: [] } },
          { text: 'And?' },
        ],
      },
    ]);
  });

  test.each([
    ['{"a": [1, 2.5], "b": "x y"}', { json: { a: [1, 2.5], b: 'x y' } }],
    ['[1,2]', { text: '[1,2]' }],
    ['Rain', { text: 'Rain' }],
    ['{"id":12345678901234567890}', { text: '{"id":12345678901234567890}' }],
    ['{"a":1,"a":2}', { text: '{"a":1,"a":2}' }],
    ['{broken', { text: '{broken' }],
    [abyss, { text: abyss }],
  ])('the result %s is sent as an object only if it stays the same', (content, block) => {
    const { body } = asked({ messages: [user('Go.'), assistant(null, call('a', 'weather', {})), tool('a', content)] });
    expect(body.messages[2].content[0].toolResult.content).toEqual([block]);
  });

  test('a tool is specified with the schema of an object', () => {
    const ping = { type: 'function', function: { name: 'ping' } };
    expect(asked({ ...hello, tools: [weather, ping] }).body.toolConfig).toEqual({
      tools: [
        { toolSpec: { name: 'weather', description: 'Of a city', inputSchema: { json: city } } },
        { toolSpec: { name: 'ping', inputSchema: { json: { type: 'object', properties: {} } } } },
      ],
    });
  });

  test('strict is kept by models that keep to schemas, and reported by others', () => {
    const strict = { type: 'function', function: { name: 'weather', parameters: city, strict: true } };
    expect(asked({ ...hello, tools: [strict] }).body.toolConfig.tools[0].toolSpec).toMatchObject({
      strict: true,
      inputSchema: { json: { ...city, additionalProperties: false } },
    });
    const { body, dropped } = asked({ ...hello, tools: [strict] }, nova2);
    expect(body.toolConfig.tools[0].toolSpec).toEqual({ name: 'weather', inputSchema: { json: city } });
    expect(dropped).toEqual(['strict']);
  });

  test('tool_choice is auto unsaid, any, or the tool by name', () => {
    const choice = (tool_choice: JsonObject | string) =>
      asked({ ...hello, tools: [weather], tool_choice }).body.toolConfig?.toolChoice;
    expect(choice('auto')).toBeUndefined();
    expect(choice('required')).toEqual({ any: {} });
    expect(choice({ type: 'function', function: { name: 'weather' } })).toEqual({ tool: { name: 'weather' } });
    expect(fault({ ...hello, tools: [weather], tool_choice: { type: 'function', function: { name: 'other' } } })).toBe(
      'tool_choice',
    );
    expect(fault({ ...hello, tool_choice: 'required' })).toBe('tool_choice');
  });

  test('tool_choice none offers no tools, unless the history needs them: then it is reported', () => {
    expect(asked({ ...hello, tools: [weather], tool_choice: 'none' })).toMatchObject({ dropped: [] });
    expect(asked({ ...hello, tools: [weather], tool_choice: 'none' }).body).not.toHaveProperty('toolConfig');
    const { body, dropped } = asked({ messages: history, tools: [weather], tool_choice: 'none' });
    expect(Object.keys(body.toolConfig)).toEqual(['tools']);
    expect(dropped).toEqual(['tool_choice']);
  });

  test('a history with calls has tools, even if none are offered now', () => {
    expect(asked({ messages: history }).body.toolConfig).toEqual({
      tools: [{ toolSpec: { name: 'weather', inputSchema: { json: { type: 'object', properties: {} } } } }],
    });
  });

  test('ids and names from elsewhere are made to fit, the same for call and result, and none twice', () => {
    const long = 'x'.repeat(80);
    const messages = [
      user('Go.'),
      assistant(null, call('functions.f:0', 'a.b', {}), call('functions/f:0', 'c', {}), call(long, 'd', {})),
      tool('functions/f:0', '2'),
      tool(long, '3'),
      tool('functions.f:0', '1'),
      assistant(null, call(long, 'd', {})),
      tool(long, '4'),
    ];
    const content = asked({ messages }).body.messages.flatMap((message: { content: JsonObject[] }) => message.content);
    const uses = content
      .filter((block: JsonObject) => block.toolUse)
      .map(({ toolUse }: { toolUse: JsonObject }) => toolUse);
    const results = content
      .filter((block: JsonObject) => block.toolResult)
      .map(({ toolResult }: { toolResult: JsonObject }) => toolResult);
    expect(uses.map(({ toolUseId }: JsonObject) => toolUseId)).toEqual(
      results.map(({ toolUseId }: JsonObject) => toolUseId),
    );
    expect(new Set(uses.map(({ toolUseId }: JsonObject) => toolUseId)).size).toBe(4);
    for (const { toolUseId, name } of uses) {
      expect(toolUseId).toMatch(/^[a-zA-Z0-9_-]{1,64}$/);
      expect(name).toMatch(/^[a-zA-Z0-9_-]{1,64}$/);
    }
    expect(results.map(({ content }: { content: JsonObject[] }) => content[0]?.text)).toEqual(['1', '2', '3', '4']);
  });

  test('calls and results that do not meet are refused by name', () => {
    expect(fault({ messages: [user('Go.'), assistant(null, call('a', 'f', {})), user('Never mind.')] })).toBe(
      'messages[1].tool_calls[0]',
    );
    expect(fault({ messages: [user('Go.'), tool('a', 'Rain')] })).toBe('messages[1].tool_call_id');
    expect(fault({ ...hello, tools: [{ type: 'function', function: { name: 'a.b' } }] })).toBe(
      'tools[0].function.name',
    );
    expect(fault({ ...hello, tools: [{ type: 'custom', custom: { name: 'f' } }] })).toBe('tools[0].type');
  });
});

describe('parameters', () => {
  test.each([
    [{ max_tokens: 7 }, { maxTokens: 7 }],
    [{ max_tokens: 7, max_completion_tokens: 8 }, { maxTokens: 8 }],
    [{ temperature: 0 }, { temperature: 0 }],
    [{ top_p: 0.5 }, { topP: 0.5 }],
    [{ stop: 'END' }, { stopSequences: ['END'] }],
    [{ stop: ['a', 'b'] }, { stopSequences: ['a', 'b'] }],
  ])('%o is said as %o', (parameters, inferenceConfig) => {
    for (const model of [sonnet45, nova2, gptOss, llama])
      expect(asked({ ...hello, ...parameters }, model).body.inferenceConfig).toEqual(inferenceConfig);
  });

  test.each([
    [{ temperature: 1.5 }, 'temperature'],
    [{ n: 2 }, 'n'],
    [{ logprobs: true }, 'logprobs'],
    [{ response_format: { type: 'json_object' } }, 'response_format'],
    [{ reasoning_effort: 'immense' }, 'reasoning_effort'],
    [{ stop: '' }, 'stop'],
  ])('%o is refused by name', (parameters, param) => {
    for (const model of [sonnet45, nova2, llama]) expect(fault({ ...hello, ...parameters }, model)).toBe(param);
  });

  test('hints the service has no word for are reported', () => {
    const hints = { seed: 1, logit_bias: { 1: 1 }, user: 'u', parallel_tool_calls: false };
    expect(asked({ ...hello, ...hints }).dropped).toEqual(Object.keys(hints));
  });

  test('a JSON schema is a string in the service, closed as it wants it', () => {
    const schema = { type: 'object', properties: { age: { type: 'integer', minimum: 0 } }, required: ['age'] };
    const { body } = asked({
      ...hello,
      response_format: { type: 'json_schema', json_schema: { name: 'person', schema } },
    });
    const { type, structure } = body.outputConfig.textFormat;
    expect(type).toBe('json_schema');
    expect(structure.jsonSchema.name).toBe('person');
    expect(JSON.parse(structure.jsonSchema.schema)).toEqual({
      ...schema,
      properties: { age: { type: 'integer', description: '{minimum: 0}' } },
      additionalProperties: false,
    });
    expect(fault({ ...hello, response_format: { type: 'json_schema', json_schema: { name: 'x' } } })).toBe(
      'response_format.json_schema.schema',
    );
  });

  test.each([
    [sonnet45, { top_k: 5 }],
    [nova2, { inferenceConfig: { topK: 5 } }],
  ])('top_k of %s', (model, own) => {
    expect(asked({ ...hello, top_k: 5 }, model)).toMatchObject({
      body: { additionalModelRequestFields: own },
      dropped: [],
    });
  });

  test('top_k of other families is reported', () => {
    expect(asked({ ...hello, top_k: 5 }, llama).dropped).toEqual(['top_k']);
  });
});

describe('reasoning_effort', () => {
  const own = (request: JsonObject, model: string) => asked({ ...hello, ...request }, model);

  test('Claude with a budget gets one within its limit, and the limit is said', () => {
    const { body } = own({ reasoning_effort: 'medium', max_tokens: 4000 }, sonnet45);
    const { thinking } = body.additionalModelRequestFields;
    expect(thinking.type).toBe('enabled');
    expect(thinking.budget_tokens).toBeGreaterThanOrEqual(1024);
    expect(thinking.budget_tokens).toBeLessThan(4000);
    const unlimited = own({ reasoning_effort: 'high' }, sonnet45).body;
    expect(unlimited.additionalModelRequestFields.thinking.budget_tokens).toBeLessThan(
      unlimited.inferenceConfig.maxTokens,
    );
  });

  test.each([
    ['a limit without room', { max_tokens: 1024 }],
    ['a forced tool', { tools: [weather], tool_choice: 'required' }],
    [
      'results after a turn without its thought',
      { messages: [user('Go.'), assistant(null, call('a', 'weather', {})), tool('a', 'Rain')] },
    ],
  ])('it gives way to %s, and is reported', (_, request) => {
    const { body, dropped } = own({ reasoning_effort: 'low', ...request }, sonnet45);
    expect(body).not.toHaveProperty('additionalModelRequestFields');
    expect(dropped).toEqual(['reasoning_effort']);
  });

  test('a temperature gives way to thought, and is reported', () => {
    const { body, dropped } = own({ reasoning_effort: 'low', temperature: 0.5 }, sonnet45);
    expect(body.inferenceConfig).not.toHaveProperty('temperature');
    expect(dropped).toEqual(['temperature']);
  });

  test('the newest Claude thinks as it sees fit, with an effort', () => {
    expect(own({ reasoning_effort: 'high' }, opus48).body.additionalModelRequestFields).toMatchObject({
      thinking: { type: 'adaptive' },
      output_config: { effort: 'high' },
    });
  });

  test.each([
    [{ reasoning_effort: 'low' }, 'low', []],
    [{ reasoning_effort: 'high' }, 'high', []],
    [{ reasoning_effort: 'xhigh', temperature: 0.5 }, 'high', ['temperature']],
    [{ reasoning_effort: 'high', max_tokens: 100 }, 'medium', ['reasoning_effort']],
  ])('Nova 2 asked %o thinks %s', (request, maxReasoningEffort, dropped) => {
    const { body, dropped: reported } = own(request, nova2);
    expect(body.additionalModelRequestFields).toEqual({ reasoningConfig: { type: 'enabled', maxReasoningEffort } });
    expect(reported).toEqual(dropped);
    expect(body.inferenceConfig?.maxTokens).toBe('max_tokens' in request ? request.max_tokens : undefined);
  });

  test('gpt-oss thinks always, more or less', () => {
    expect(own({ reasoning_effort: 'minimal' }, gptOss).body.additionalModelRequestFields).toEqual({
      reasoning_effort: 'low',
    });
    expect(own({ reasoning_effort: 'none' }, gptOss).dropped).toEqual(['reasoning_effort']);
  });

  test('other families have no such thing, and it is reported', () => {
    const { body, dropped } = own({ reasoning_effort: 'high' }, llama);
    expect(body).not.toHaveProperty('additionalModelRequestFields');
    expect(dropped).toEqual(['reasoning_effort']);
  });
});

describe('a tool the caller wants cached', () => {
  const cached = (hint: JsonObject, model: string) =>
    asked({ ...hello, tools: [{ ...weather, cache_control: hint }] }, model);

  test('ends in a cache point, for as long as asked', () => {
    const tools = (hint: JsonObject) => cached(hint, sonnet45).body.toolConfig.tools;
    expect(tools({ type: 'ephemeral', ttl: '1h' })[1]).toEqual({ cachePoint: { type: 'default', ttl: '1h' } });
    expect(tools({ type: 'ephemeral', ttl: '1d' })[1]).toEqual({ cachePoint: { type: 'default' } });
  });

  test.each([llama, nova2])('is reported where the model caches none: %s', (model) => {
    const { body, dropped } = cached({ type: 'ephemeral' }, model);
    expect(body.toolConfig.tools).toHaveLength(1);
    expect(dropped).toEqual(['cache_control']);
  });
});
