import { describe, expect, test } from 'vitest';
import { ANSWER_TOOL } from '../../../lib/providers/anthropic/answer-tool.ts';
import { claude, sent, sentOnVertex } from './dialogue.ts';

const city = { type: 'object', properties: { city: { type: 'string' } }, required: ['city'] };
const tool = (name: string, more = {}) => ({ type: 'function', function: { name, parameters: city, ...more } });
const hi = [{ role: 'user', content: [{ type: 'text', text: 'Hi' }] }];

describe('where a request goes', () => {
  test('to Anthropic with the model in the body', () => {
    const { url, method, headers, body } = sent({ model: 'claude-opus-4-8', max_tokens: 7 });
    expect({ url, method }).toEqual({ url: 'https://api.anthropic.com/v1/messages', method: 'POST' });
    expect(headers).toEqual({
      'content-type': 'application/json',
      accept: 'text/event-stream',
      'anthropic-version': '2023-06-01',
    });
    expect(body).toEqual({ model: 'claude-opus-4-8', max_tokens: 7, messages: hi, stream: true });
  });

  test('to Vertex with the model in the path', () => {
    const { url, headers, body } = sentOnVertex({ model: 'claude-sonnet-4-5@20250929', max_tokens: 7 });
    expect(url).toBe(
      'https://aiplatform.test/v1/projects/house/locations/global/publishers/anthropic/models/claude-sonnet-4-5@20250929:streamRawPredict',
    );
    expect(headers).not.toHaveProperty('anthropic-version');
    expect(body).toEqual({ anthropic_version: 'vertex-2023-10-16', max_tokens: 7, messages: hi, stream: true });
    expect(sentOnVertex({ model: '../../x?y' }).url).toContain('/models/..%2F..%2Fx%3Fy:streamRawPredict');
  });

  test('with the key, and nowhere else with it', () => {
    const { dropped: _, body, ...outbound } = sent({});
    expect(claude.authorize({ ...outbound, body: JSON.stringify(body) }, 'sk-ant-1')).toMatchObject({
      headers: { 'x-api-key': 'sk-ant-1' },
    });
    expect(() => claude.authorize({ ...outbound, body: '', url: 'https://elsewhere.test/' }, 'sk-ant-1')).toThrow();
  });
});

describe('tools', () => {
  test('are declared with a schema of an object, whatever was given', () => {
    const tools = [
      tool('a', { description: 'A.' }),
      { type: 'function', function: { name: 'b', description: '' } },
      tool('c', { parameters: { properties: {} } }),
    ];
    expect(sent({ tools }).body.tools).toEqual([
      { name: 'a', description: 'A.', input_schema: city },
      { name: 'b', input_schema: { type: 'object', properties: {} } },
      { name: 'c', input_schema: { type: 'object', properties: {} } },
    ]);
    expect(() => sent({ tools: [tool('a', { parameters: { type: 'array' } })] })).toThrow(
      'tools[0].function.parameters',
    );
    expect(() => sent({ tools: [{ type: 'web_search' }] })).toThrow('tools[0].type');
  });

  test('are strict where the model can be held to it', () => {
    const strict = [tool('a', { strict: true })];
    expect(sent({ tools: strict }).body.tools[0]).toMatchObject({
      strict: true,
      input_schema: { additionalProperties: false },
    });
    const older = sent({ model: 'claude-sonnet-4-20250514', tools: strict });
    expect(older.body.tools[0]).not.toHaveProperty('strict');
    expect(older.dropped).toEqual(['strict']);
  });

  test.each([
    ['auto', {}, { type: 'auto' }],
    ['none', {}, { type: 'none' }],
    ['none', { parallel_tool_calls: false }, { type: 'none' }],
    ['required', {}, { type: 'any' }],
    [{ type: 'function', function: { name: 'a' } }, {}, { type: 'tool', name: 'a' }],
    [undefined, { parallel_tool_calls: false }, { type: 'auto', disable_parallel_tool_use: true }],
    ['required', { parallel_tool_calls: false }, { type: 'any', disable_parallel_tool_use: true }],
    [undefined, { parallel_tool_calls: true }, undefined],
  ])('with tool_choice %j and %j', (tool_choice, more, expected) => {
    expect(sent({ tools: [tool('a')], tool_choice, ...more }).body.tool_choice).toEqual(expected);
  });

  test('that cannot be chosen so are refused by name', () => {
    expect(() => sent({ tools: [tool('a')], tool_choice: { type: 'function', function: { name: 'z' } } })).toThrow(
      'tool_choice names',
    );
    expect(() => sent({ tool_choice: 'required' })).toThrow('there are none');
    expect(() => sent({ tools: [tool('a')], tool_choice: 'sometimes' })).toThrow('tool_choice is unknown');
    expect(() => sent({ tools: [tool('a')], tool_choice: { type: 'allowed_tools' } })).toThrow('tool_choice');
    expect(() => sent({ model: 'claude-opus-5-5', tools: [tool('a')], tool_choice: 'required' })).toThrow(
      'only be asked',
    );
    expect(sent({ tool_choice: 'auto', parallel_tool_calls: false }).body).not.toHaveProperty('tool_choice');
  });
});

describe('sampling', () => {
  test.each([
    ['claude-sonnet-4', { temperature: 0, top_p: 0.5, top_k: 3 }, { temperature: 0, top_p: 0.5, top_k: 3 }, []],
    ['claude-sonnet-4-5', { temperature: 0.3, top_p: 0.9 }, { temperature: 0.3 }, ['top_p']],
    ['claude-sonnet-4-5', { top_p: 0.9 }, { top_p: 0.9 }, []],
    ['claude-opus-4-8', { temperature: 0.3, top_p: 1, top_k: 3 }, {}, ['temperature', 'top_k']],
    ['claude-opus-4-8', { temperature: 1, top_p: 1 }, {}, []],
    ['claude-sonnet-4-5', { reasoning_effort: 'low', temperature: 0.5 }, {}, ['temperature']],
    ['claude-sonnet-4-5', { reasoning_effort: 'low', temperature: 1 }, { temperature: 1 }, []],
    ['claude-sonnet-4-5', { reasoning_effort: 'low', top_p: 0.95, top_k: 9 }, { top_p: 0.95 }, ['top_k']],
    ['claude-sonnet-4-5', { reasoning_effort: 'low', top_p: 0.5 }, {}, ['top_p']],
    ['claude-sonnet-4-5', { seed: 1, presence_penalty: 1 }, {}, ['seed', 'presence_penalty']],
  ])('of %s with %j', (model, ask, expected, reported) => {
    const { body, dropped } = sent({ model, ...ask });
    const { temperature, top_p, top_k } = body;
    expect(JSON.parse(JSON.stringify({ temperature, top_p, top_k }))).toEqual(expected);
    expect(dropped).toEqual(reported);
  });

  test('above a temperature of 1 is refused', () => {
    expect(() => sent({ temperature: 1.2 })).toThrow('temperature cannot be passed on');
  });
});

describe('limits, stops and names', () => {
  test.each([
    ['claude-3-haiku-20240307', 4096],
    ['claude-3-5-haiku-latest', 8192],
    ['claude-opus-4-1', 32_000],
    ['claude-sonnet-4-0', 64_000],
    ['claude-haiku-4-5-20251001', 64_000],
    ['claude-opus-4-5', 64_000],
    ['claude-sonnet-4-6', 128_000],
    ['claude-haiku-5-5', 128_000],
    ['a-name-of-the-house', 32_000],
  ])('%s may answer at length', (model, most) => {
    expect(sent({ model }).body.max_tokens).toBe(most);
  });

  test('the caller’s limit holds', () => {
    expect(sent({ max_tokens: 9 }).body.max_tokens).toBe(9);
    expect(sent({ max_tokens: 9, max_completion_tokens: 8 }).body.max_tokens).toBe(8);
  });

  test('stop is a list, and never blank', () => {
    expect(sent({ stop: 'END' }).body.stop_sequences).toEqual(['END']);
    expect(sent({ stop: ['a', '\n\n---'] }).body.stop_sequences).toEqual(['a', '\n\n---']);
    expect(sent({ stop: [] }).body).not.toHaveProperty('stop_sequences');
    expect(sent({ stop: null }).body).not.toHaveProperty('stop_sequences');
    expect(() => sent({ stop: ['a', '\n'] })).toThrow('white space');
  });

  test('the user is told by the safer name', () => {
    expect(sent({ user: 'u' }).body.metadata).toEqual({ user_id: 'u' });
    expect(sent({ user: 'u', safety_identifier: 's' }).body.metadata).toEqual({ user_id: 's' });
    expect(sent({ metadata: { team: 'x' } }).body).not.toHaveProperty('metadata');
  });

  test.each([
    ['n', 2],
    ['logprobs', true],
    ['functions', []],
  ])('%s is refused by name', (name, value) => {
    expect(() => sent({ [name]: value })).toThrow(`${name} cannot be passed on`);
  });
});

describe('response_format', () => {
  const format = (schema: unknown) => ({ type: 'json_schema', json_schema: { name: 'x', strict: true, schema } });
  const adapted = (schema: object) => sent({ response_format: format(schema) }).body.output_config.format.schema;

  test('is a schema the model is held to, beside its effort', () => {
    const { body } = sent({ model: 'claude-opus-4-8', response_format: format(city), reasoning_effort: 'low' });
    expect(body.output_config).toEqual({
      format: { type: 'json_schema', schema: { ...city, additionalProperties: false } },
      effort: 'low',
    });
    expect(sent({ response_format: { type: 'text' } }).body).not.toHaveProperty('output_config');
  });

  test('has limits it cannot enforce moved into words', () => {
    const age = { type: 'integer', description: 'Years.', minimum: 0, maximum: 150 };
    expect(
      adapted({
        type: 'object',
        properties: {
          age,
          tags: { type: 'array', minItems: 1, maxItems: 3, items: { type: 'string', format: 'uuid' } },
        },
        required: ['age'],
      }),
    ).toEqual({
      type: 'object',
      properties: {
        age: { type: 'integer', description: 'Years.\n\n{minimum: 0, maximum: 150}' },
        tags: { type: 'array', minItems: 1, items: { type: 'string', format: 'uuid' }, description: '{maxItems: 3}' },
      },
      required: ['age'],
      additionalProperties: false,
    });
  });

  test('keeps definitions, references and alternatives', () => {
    const leaf = { type: 'object', properties: { kind: { const: 'leaf' } }, required: ['kind'] };
    expect(
      adapted({
        $schema: 'x',
        type: 'object',
        $defs: { leaf },
        properties: { a: { $ref: '#/$defs/leaf' }, b: { oneOf: [{ type: 'null' }, leaf] } },
      }),
    ).toEqual({
      type: 'object',
      $defs: { leaf: { ...leaf, additionalProperties: false } },
      properties: {
        a: { $ref: '#/$defs/leaf' },
        b: { anyOf: [{ type: 'null' }, { ...leaf, additionalProperties: false }] },
      },
      additionalProperties: false,
    });
  });

  test('holds a model without structured output by a tool it must call', () => {
    const { body } = sent({
      model: 'claude-sonnet-4-20250514',
      response_format: format(city),
      reasoning_effort: 'high',
    });
    expect(body.output_config).toBeUndefined();
    expect(body.tools).toMatchObject([{ name: ANSWER_TOOL, input_schema: { type: 'object', required: ['city'] } }]);
    expect(body.tool_choice).toEqual({ type: 'tool', name: ANSWER_TOOL });
    expect(body.thinking).toBeUndefined(); // the API refuses to think when a tool is forced
  });

  test('that cannot be kept is refused by name', () => {
    expect(() => sent({ response_format: { type: 'json_object' } })).toThrow('json_schema');
    expect(() => sent({ response_format: { type: 'json_schema' } })).toThrow('response_format.json_schema.schema');
    const old = { model: 'claude-sonnet-4-20250514', response_format: format(city) };
    expect(() => sent({ ...old, tools: [tool('look')] })).toThrow('tools or a schema, not both');
    const map = { type: 'object', additionalProperties: { type: 'string' } };
    expect(() => adapted({ type: 'object', properties: { map } })).toThrow(
      'response_format.json_schema.schema.properties.map',
    );
  });
});
