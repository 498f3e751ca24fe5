import { describe, expect, test } from 'vitest';
import { carrying } from '../../../lib/openai/carried.ts';
import { cohereMaker } from '../../../lib/providers/cohere/cohere.ts';
import { thrownBy } from '../../support/bytes.ts';
import { hello, provider, sent } from '../compatible/asking.ts';

const cohere = provider('cohere', { credential: 'env:CO_API_KEY' });
const ask = (fields: object) => sent(cohere, fields, 'command-a');
const body = (fields: object) => ask(fields).body;
const messages = (...list: object[]) => body({ messages: list }).messages;
const user = (content: unknown) => ({ role: 'user', content });

describe('a request to Cohere', () => {
  test('is always for a stream, at its v2 address', () => {
    const request = ask({ stream: false });
    expect(request).toMatchObject({ method: 'POST', url: 'https://api.cohere.com/v2/chat', dropped: [] });
    expect(request.body).toEqual({ model: 'command-a', messages: hello, stream: true });
    expect(cohere.chat('command-a').fromWhole).toBeUndefined();
  });

  test.each([
    [{ max_tokens: 7 }, { max_tokens: 7 }],
    [{ max_tokens: 7, max_completion_tokens: 8 }, { max_tokens: 8 }],
    [{ temperature: 0 }, { temperature: 0 }],
    [
      { top_p: 0.9, top_k: 40 },
      { p: 0.9, k: 40 },
    ],
    [{ top_p: 1 }, { p: 0.99 }],
    [{ top_p: 0 }, { p: 0.01 }],
    [{ stop: 'END' }, { stop_sequences: ['END'] }],
    [{ stop: ['a', 'b', 'c', 'd'] }, { stop_sequences: ['a', 'b', 'c', 'd'] }],
    [{ stop: null }, {}],
    [
      { seed: 7, presence_penalty: 0.5, frequency_penalty: 0.25 },
      { seed: 7, presence_penalty: 0.5, frequency_penalty: 0.25 },
    ],
    [{ reasoning_effort: 'none' }, { thinking: { type: 'disabled' } }],
    [{ reasoning_effort: 'low' }, { thinking: { type: 'enabled', token_budget: 1024 } }],
    [{ reasoning_effort: 'medium' }, { thinking: { type: 'enabled', token_budget: 8192 } }],
    [{ reasoning_effort: 'high' }, { thinking: { type: 'enabled' } }],
    [{ reasoning_effort: 'max' }, { thinking: { type: 'enabled' } }],
    [{ response_format: { type: 'text' } }, {}],
    [{ response_format: { type: 'json_object' } }, { response_format: { type: 'json_object' } }],
    [
      {
        response_format: { type: 'json_schema', json_schema: { name: 'x', strict: true, schema: { type: 'object' } } },
      },
      { response_format: { type: 'json_object', json_schema: { type: 'object' } } },
    ],
    [{ n: 1, metadata: { team: 'search' } }, {}],
  ])('says %j as %j', (fields, wanted) => {
    const { model: _, messages: __, stream: ___, ...said } = body(fields);
    expect(said).toEqual(wanted);
  });

  test.each([
    [{ n: 2 }, 'n'],
    [{ logprobs: true }, 'logprobs'],
    [{ stop: ['1', '2', '3', '4', '5', '6'] }, 'stop'],
    [{ response_format: { type: 'grammar' } }, 'response_format'],
    [{ tools: [{ type: 'custom', custom: { name: 'x' } }] }, 'tools[0]'],
    [
      { messages: [user([{ type: 'file', file: { file_data: 'data:application/pdf;base64,eA==' } }])] },
      'messages[0].content[0]',
    ],
    [
      { messages: [user([{ type: 'input_audio', input_audio: { data: 'eA==', format: 'wav' } }])] },
      'messages[0].content[0]',
    ],
  ])('that cannot be said is refused by name: %j', (fields, param) => {
    expect(thrownBy(() => ask(fields))).toMatchObject({ code: 'unsupported_parameter', details: { param } });
  });

  test('with an unknown effort is the caller’s mistake', () => {
    expect(thrownBy(() => ask({ reasoning_effort: 'banana' }))).toMatchObject({
      code: 'invalid_request_error',
      details: { param: 'reasoning_effort' },
    });
  });

  test('tells what it leaves out', () => {
    expect(ask({ user: 'u', logit_bias: { 1: 1 }, whatever: 1 }).dropped).toEqual(['user', 'logit_bias', 'whatever']);
  });
});

describe('a conversation with Cohere', () => {
  test('keeps roles and text', () => {
    expect(
      messages(
        {
          role: 'developer',
          content: [
            { type: 'text', text: 'One. ' },
            { type: 'text', text: 'Two.' },
          ],
        },
        user('Hi'),
        { role: 'assistant', content: null, refusal: 'No.' },
      ),
    ).toEqual([
      { role: 'system', content: 'One. Two.' },
      { role: 'user', content: 'Hi' },
      { role: 'assistant', content: 'No.' },
    ]);
  });

  test('has no empty turns of its own', () => {
    expect(
      messages(
        { role: 'system', content: '' },
        user('Hi'),
        { role: 'assistant', content: '' },
        user([{ type: 'text', text: '' }]),
      ),
    ).toEqual([
      { role: 'user', content: 'Hi' },
      { role: 'user', content: '' },
    ]);
  });

  test('shows images where they stand', () => {
    const image = { type: 'image_url', image_url: { url: 'data:image/png;base64,eA==' } };
    expect(messages(user([image, { type: 'text', text: 'then' }, { type: 'text', text: '' }]))[0].content).toEqual([
      image,
      { type: 'text', text: 'then' },
    ]);
  });

  test('pairs calls and results by plain ids', () => {
    const id = carrying({ id: 'call_1', thoughts: [{ writer: 'anthropic/claude', signature: 'c2ln' }] });
    const call = { id, type: 'function', function: { name: 'ping', arguments: '' } };
    expect(
      messages(
        user('Go.'),
        { role: 'assistant', content: 'Well.', tool_calls: [call] },
        { role: 'tool', tool_call_id: id, content: [{ type: 'text', text: 'pong' }] },
      ),
    ).toEqual([
      { role: 'user', content: 'Go.' },
      {
        role: 'assistant',
        content: 'Well.',
        tool_calls: [{ id: 'call_1', type: 'function', function: { name: 'ping', arguments: '{}' } }],
      },
      { role: 'tool', tool_call_id: 'call_1', content: 'pong' },
    ]);
  });
});

describe('tools for Cohere', () => {
  const tool = (name: string, more: object = {}) => ({
    type: 'function',
    function: { name, description: name, ...more },
  });
  const tools = [tool('a', { parameters: { type: 'object', properties: { x: { type: 'string' } } } }), tool('b')];
  const names = (fields: object) =>
    (body({ tools, ...fields }).tools ?? []).map((each: { function: { name: string } }) => each.function.name);

  test('come with parameters, though they have none', () => {
    expect(body({ tools }).tools).toEqual([tools[0], tool('b', { parameters: { type: 'object', properties: {} } })]);
  });

  test.each([
    ['auto', undefined, ['a', 'b']],
    ['none', 'NONE', ['a', 'b']],
    ['required', 'REQUIRED', ['a', 'b']],
    [{ type: 'function', function: { name: 'b' } }, 'REQUIRED', ['b']],
    [
      {
        type: 'allowed_tools',
        allowed_tools: { mode: 'auto', tools: [{ type: 'function', function: { name: 'a' } }] },
      },
      undefined,
      ['a'],
    ],
  ])('chosen by %j are %s of %j', (tool_choice, how, offered) => {
    expect(body({ tools, tool_choice }).tool_choice).toBe(how);
    expect(names({ tool_choice })).toEqual(offered);
  });

  test('that are named must be there', () => {
    const tool_choice = { type: 'function', function: { name: 'c' } };
    expect(thrownBy(() => ask({ tools, tool_choice }))).toMatchObject({
      code: 'invalid_request_error',
      details: { param: 'tool_choice' },
    });
  });

  test('are strict all together, or it is told that they are not', () => {
    const strict = tool('s', { strict: true });
    expect(ask({ tools: [strict] })).toMatchObject({ body: { strict_tools: true }, dropped: [] });
    expect(ask({ tools: [strict, ...tools] }).body).not.toHaveProperty('strict_tools');
    expect(ask({ tools: [strict, ...tools] }).dropped).toEqual(['tools[].function.strict']);
  });
});

describe('Cohere', () => {
  test.each([
    [{ CO_API_KEY: 'x' }, { credential: 'env:CO_API_KEY' }],
    [{ COHERE_API_KEY: 'x' }, { credential: 'env:COHERE_API_KEY' }],
    [{ CO_API_KEY: '' }, undefined],
  ])('is switched on by %j', (env, found) => {
    expect(cohereMaker.fromEnvironment(env)).toEqual(found);
  });

  // Synthetic, after https://docs.cohere.com/reference/errors
  test.each([
    [
      400,
      { id: 'i', message: 'invalid request: temperature must be between 0 and 2 inclusive' },
      'invalid_request_error',
    ],
    [400, { id: 'i', error_type: 'TOO_MANY_TOKENS', message: 'size limit exceeded by 3' }, 'context_length_exceeded'],
    [401, { id: 'i', message: 'invalid api token' }, 'provider_credentials'],
    [404, { id: 'i', message: 'model not found' }, 'model_not_found'],
    [429, { message: 'You are using a Trial key' }, 'rate_limit_exceeded'],
    [498, { message: 'blocked' }, 'content_filter'],
  ])('of %i (%j) is %s', (status, wire, code) => {
    expect(cohere.chat('m').toError(status, {}, JSON.stringify(wire), 'cohere').code).toBe(code);
  });
});
