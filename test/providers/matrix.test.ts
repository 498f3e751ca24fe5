import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { findModel } from '../../lib/catalog/catalog.ts';
import { usualLedger } from '../../lib/config/config.ts';
import type { Json } from '../../lib/openai/json.ts';
import { toChatRequest } from '../../lib/openai/request.ts';
import { findProvider } from '../../lib/providers/index.ts';
import { withMatrix } from '../../lib/providers/matrix.ts';
import { type DialectName, fates } from '../../lib/providers/parameters.ts';
import { root } from '../support/gateway.ts';

test('the table of the README says what the code does; npm run matrix writes it', () => {
  const readme = readFileSync(join(root, 'README.md'), 'utf8');
  expect(readme).toContain('<!-- parameters -->');
  expect(withMatrix(readme)).toBe(readme);
});

/** A model for each dialect that takes all its dialect can say. */
const targets: Readonly<Record<DialectName, string>> = {
  openai: 'openai/gpt-4o',
  anthropic: 'anthropic/claude-sonnet-4-5',
  gemini: 'gemini/gemini-2.5-flash',
  converse: 'bedrock/us.anthropic.claude-sonnet-4-5-20250929-v1:0',
  cohere: 'cohere/command-a-03-2025',
};

/** A value for each parameter that asks for something. */
const weather = { type: 'function', function: { name: 'get_weather', parameters: { type: 'object', properties: {} } } };
const values: Readonly<Record<string, Json>> = {
  stream: true,
  stream_options: { include_usage: true },
  max_tokens: 4096,
  max_completion_tokens: 4096,
  temperature: 0.5,
  top_p: 0.9,
  stop: ['END'],
  n: 2,
  seed: 7,
  presence_penalty: 0.5,
  frequency_penalty: 0.5,
  logit_bias: { 1: 1 },
  logprobs: true,
  top_logprobs: 2,
  tools: [weather],
  tool_choice: 'auto',
  parallel_tool_calls: false,
  functions: [weather.function],
  function_call: 'auto',
  response_format: {
    type: 'json_schema',
    json_schema: { name: 'x', schema: { type: 'object', properties: {}, additionalProperties: false } },
  },
  reasoning_effort: 'low',
  verbosity: 'low',
  user: 'u',
  safety_identifier: 's',
  metadata: { team: 'x' },
  store: true,
  service_tier: 'flex',
  prompt_cache_key: 'k',
  prompt_cache_retention: '24h',
  prediction: { type: 'content', content: 'x' },
  modalities: ['text', 'audio'],
  audio: { voice: 'x', format: 'wav' },
  web_search_options: {},
  top_k: 5,
};

/** What a parameter needs beside it to make sense. */
const beside: Readonly<Record<string, object>> = {
  stream_options: { stream: true },
  top_logprobs: { logprobs: true },
  tool_choice: { tools: [weather] },
  parallel_tool_calls: { tools: [weather] },
};

const cells = fates
  .filter(({ parameter }) => parameter !== 'model' && parameter !== 'messages')
  .flatMap(({ parameter, fate }) =>
    Object.entries(targets).map(([dialect, target]) => ({ parameter, target, fate: fate[dialect as DialectName] })),
  );

describe('a parameter', () => {
  test.each(cells)('$parameter is $fate at $target', ({ parameter, target: name, fate }) => {
    const value = values[parameter];
    expect(value, `give ${parameter} a value here`).toBeDefined();
    const plain = { model: name, messages: [{ role: 'user', content: 'Give me JSON.' }], ...beside[parameter] };
    const translated = () => toBody(name, { ...plain, [parameter]: value ?? null });
    if (fate === 'refused') {
      expect(translated).toThrow(expect.objectContaining({ code: 'unsupported_parameter' }));
      return;
    }
    const { body, dropped } = translated();
    expect(dropped.includes(parameter)).toBe(fate === 'dropped');
    const without = toBody(name, plain).body;
    if (fate === 'dropped') expect(body).toEqual(without);
    // Recorded with the call, or true of every native call anyway.
    else if (fate === 'translated' && ['metadata', 'stream', 'stream_options'].includes(parameter)) return;
    else if (parameter !== 'tool_choice' && parameter !== 'stream_options') expect(body).not.toEqual(without);
  });
});

function toBody(name: string, request: Json) {
  const [providerName = '', model = ''] = [name.slice(0, name.indexOf('/')), name.slice(name.indexOf('/') + 1)];
  const provider = findProvider(providerName, {
    providers: { [providerName]: { region: 'us-east-1' } },
    prices: {},
    models: {},
    ledger: usualLedger,
  });
  const price = findModel(name)?.price;
  if (provider === undefined || price === undefined) throw new Error(`There is no ${name}.`);
  const { outbound, dropped } = provider
    .chat(model)
    .toProvider(toChatRequest(request), { name, provider, model, price });
  return { body: JSON.parse(String(outbound.body)), dropped };
}
