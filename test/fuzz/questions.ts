import fc from 'fast-check';
import { bent } from './hostile.ts';

const pixel = 'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==';
const schema = {
  type: 'object',
  properties: { city: { type: 'string', enum: ['a'] }, list: { type: 'array', items: { $ref: '#/$defs/x' } } },
  $defs: { x: { anyOf: [{ type: 'integer', minimum: 1 }, { type: 'null' }] } },
  required: ['city'],
  additionalProperties: false,
};
const tool = (name: string) => ({
  type: 'function',
  function: { name, description: 'd', parameters: schema, strict: true },
});
const call = { id: 'call_1', type: 'function', function: { name: 'weather', arguments: '{"city":"Oslo"}' } };
const user = { role: 'user', content: 'Hello there' };

/** Chats as honest callers send them, of all that a body may hold. */
export const honestChats: readonly Readonly<Record<string, unknown>>[] = [
  { model: 'lab/m', messages: [user] },
  {
    model: 'lab/m',
    messages: [
      { role: 'system', content: 'Be brief.' },
      user,
      { role: 'assistant', content: null, tool_calls: [call, { ...call, id: 'call_2' }], reasoning_content: 'hm' },
      { role: 'tool', tool_call_id: 'call_1', content: '{"sky":"clear"}' },
      { role: 'tool', tool_call_id: 'call_2', content: [{ type: 'text', text: 'noon' }] },
    ],
    tools: [tool('weather'), tool('clock')],
    tool_choice: { type: 'function', function: { name: 'weather' } },
    parallel_tool_calls: false,
    stream: true,
    stream_options: { include_usage: true },
  },
  {
    model: 'lab/m',
    messages: [
      { role: 'developer', content: [{ type: 'text', text: 'x', cache_control: { type: 'ephemeral' } }] },
      {
        role: 'user',
        content: [
          { type: 'text', text: 'What is this?' },
          { type: 'image_url', image_url: { url: `data:image/png;base64,${pixel}`, detail: 'low' } },
          { type: 'image_url', image_url: { url: 'https://example.com/a.png' } },
          { type: 'file', file: { filename: 'a.pdf', file_data: 'data:application/pdf;base64,JVBERi0=' } },
          { type: 'input_audio', input_audio: { data: 'UklGRg==', format: 'wav' } },
        ],
      },
    ],
    response_format: { type: 'json_schema', json_schema: { name: 'out', schema, strict: true } },
    reasoning_effort: 'low',
  },
  {
    ...{ model: 'lab/m', messages: [user, { role: 'assistant', content: 'Hi', refusal: null }, user] },
    ...{
      max_tokens: 100,
      n: 2,
      temperature: 0.5,
      top_p: 0.9,
      stop: ['END', 'x'],
      seed: 7,
      user: 'ann',
      logprobs: true,
    },
    ...{ presence_penalty: 1, frequency_penalty: -1, logit_bias: { '50256': -100 }, top_logprobs: 2, store: false },
    ...{
      metadata: { team: 'a' },
      service_tier: 'auto',
      prediction: { type: 'content', content: 'x' },
      models: ['lab/m'],
    },
    ...{ modalities: ['text'], verbosity: 'low', prompt_cache_key: 'k', safety_identifier: 's', stream: false },
    ...{
      reasoning_details: [
        { type: 'reasoning.text', text: 'x', signature: 's', format: 'anthropic-claude-v1', index: 0 },
      ],
    },
  },
  {
    model: 'lab/m',
    messages: [
      user,
      {
        role: 'assistant',
        content: [
          { type: 'text', text: 'a' },
          { type: 'refusal', refusal: 'no' },
        ],
        tool_calls: [{ ...call, extra_content: { google: { thought_signature: 's' } } }],
        reasoning_details: [
          { type: 'reasoning.text', text: 'x', signature: 'c2ln', format: 'anthropic-claude-v1', index: 0 },
          { type: 'reasoning.encrypted', data: 'ZGF0YQ==', format: 'google-gemini-v1', id: 'r', index: 1 },
        ],
      },
      { role: 'tool', tool_call_id: 'call_1', content: '' },
    ],
    tools: [tool('weather'), { type: 'custom', custom: { name: 'c', format: { type: 'text' } } }],
    tool_choice: 'required',
    functions: [{ name: 'f', parameters: schema }],
    max_completion_tokens: 50,
  },
];

/** Bodies of chats, bent. */
export const bentChat = bent(honestChats);

/** Bodies of embedding requests, bent. */
export const bentEmbedding = bent([
  { model: 'lab/e', input: 'Hello' },
  { model: 'lab/e', input: ['a', 'b'], dimensions: 2, encoding_format: 'base64', user: 'ann' },
  { model: 'lab/e', input: [1, 2, 3], encoding_format: 'float', metadata: { a: 'b' } },
  { model: 'lab/e', input: [[1], [2, 3]] },
]);

/** Headers of ours, honest and not. */
export const labels: fc.Arbitrary<Readonly<Record<string, string>>> = fc.dictionary(
  fc.constantFrom(
    ...['x-sluice-user', 'x-sluice-feature', 'x-sluice-prompt', 'x-sluice-metadata', 'x-sluice-timeout-ms'],
    ...['x-sluice-first-token-ms', 'x-sluice-fallback', 'x-sluice-strict', 'x-sluice-cache', 'x-sluice-none'],
    ...['content-type', 'content-encoding', 'idempotency-key', 'traceparent', 'accept', '__proto__'],
  ),
  fc.oneof(
    fc.constantFrom('__proto__', 'constructor', 'toString', '', 'true', 'none', 'lab/m,lab/n', 'exact', 'semantic'),
    fc.constantFrom(
      '{"a":"b"}',
      '{"__proto__":"x"}',
      '{"a":{}}',
      '[',
      '1',
      '1e999',
      '-1',
      'NaN',
      'ttl=1, scope=tenant',
    ),
    fc.constantFrom('application/json', 'text/plain', 'gzip', 'identity', `00-${'a'.repeat(32)}-${'b'.repeat(16)}-01`),
    fc.string({ maxLength: 12 }).map((text) => text.replaceAll(/[^\x20-\x7e]/g, '')),
    fc.constant('ÿ'.repeat(40)),
  ),
  { maxKeys: 3 },
);
