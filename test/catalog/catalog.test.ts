import { expect, test } from 'vitest';
import { findModel, modelsOf, providersOf } from '../../lib/catalog/catalog.ts';
import { toRates } from '../../lib/catalog/price.ts';

test('a model is found by its very name', () => {
  expect(findModel('openai/gpt-4o')).toEqual({
    id: 'openai/gpt-4o',
    provider: 'openai',
    name: 'gpt-4o',
    price: {
      ...toRates({ input: 2_500_000, output: 10_000_000, cacheRead: 1_250_000 }),
      search: 10_000_000,
      factors: { priority: { times: 17, over: 10, unasked: true }, fast: { times: 17, over: 10, unasked: true } },
    },
    contextWindow: 128_000,
    maxOutputTokens: 16_384,
    capabilities: ['tools', 'vision'],
  });
});

test.each([
  ['openai/gpt-4o-2024-08-06', 'openai/gpt-4o'],
  ['openai/gpt-4o-2024-05-13', 'openai/gpt-4o-2024-05-13'],
  ['openai/gpt-4o-mini-2024-07-18', 'openai/gpt-4o-mini'],
  ['openai/gpt-6-sol-2026-09-01', 'openai/gpt-6-sol'],
  ['anthropic/claude-sonnet-4-5-20250929', 'anthropic/claude-sonnet-4-5'],
  ['anthropic/claude-opus-5-20260701', 'anthropic/claude-opus-5'],
  ['anthropic/claude-opus-5-5-20260901', 'anthropic/claude-opus-5-5'],
  ['vertex/claude-sonnet-4-5@20250929', 'vertex/claude-sonnet-4-5'],
  ['vertex/claude-haiku-4-5@20251001', 'vertex/claude-haiku-4-5'],
  ['azure/gpt-5.5-2026-04-24', 'azure/gpt-5.5'],
  ['bedrock/eu.anthropic.claude-sonnet-4-6', 'bedrock/us.anthropic.claude-sonnet-4-6'],
  ['bedrock/us.anthropic.claude-opus-4-6-v1:0', 'bedrock/us.anthropic.claude-opus-4-6-v1'],
  ['gemini/gemini-2.5-pro-preview-06-05', 'gemini/gemini-2.5-pro'],
  ['gemini/gemini-3.5-flash-001', 'gemini/gemini-3.5-flash'],
  ['openrouter/anthropic/claude-sonnet-4.5', 'openrouter/anthropic/claude-sonnet-4.5'],
  ['together/qwen/qwen1.5-7b-chat', 'together/Qwen/Qwen1.5-7B'],
  ['openai/ft:gpt-4o-2024-08-06:acme::x', 'openai/ft:gpt-4o-2024-08-06:acme::x'],
])('%s is priced as %s', (name, id) => {
  expect(findModel(name)?.id).toBe(id);
});

test('a region of a cloud may cost more than the world', () => {
  expect(findModel('bedrock/global.anthropic.claude-sonnet-4-6')?.price.input).toBe(3_000_000);
  expect(findModel('bedrock/us.anthropic.claude-sonnet-4-6')?.price.input).toBe(3_300_000);
});

test('a model costs more above the length its maker says', () => {
  expect(findModel('openai/gpt-5.5')?.price.tiers).toEqual([
    { above: 271_999, ...toRates({ input: 10_000_000, output: 45_000_000, cacheRead: 1_000_000 }) },
  ]);
});

test('a model that hears and speaks is priced for sound', () => {
  expect(findModel('openai/gpt-audio')?.price).toMatchObject({ audioInput: 32_000_000, audioOutput: 64_000_000 });
  expect(findModel('gemini/gemini-2.5-flash')?.price).toMatchObject({ input: 300_000, audioInput: 1_000_000 });
});

test('a model of vectors has a price for what it reads', () => {
  expect(findModel('openai/text-embedding-3-small')).toMatchObject({
    price: { input: 20_000, output: 0 },
    capabilities: ['embeddings'],
  });
  expect(findModel('bedrock/amazon.titan-embed-text-v2:0')?.price.output).toBe(0);
});

test('limits are those of the maker, where the maker or its cloud serves', () => {
  const most = (name: string) => findModel(name)?.maxOutputTokens;
  expect(most('openai/gpt-5')).toBe(128_000);
  expect(most('openai/gpt-5-chat')).toBe(16_384);
  expect(most('anthropic/claude-sonnet-4-5')).toBe(64_000);
  expect(most('vertex/claude-sonnet-4-5@20250929')).toBe(64_000);
  expect(most('bedrock/us.anthropic.claude-opus-4-1-20250805-v1:0')).toBe(32_000);
  expect(most('azure/gpt-5')).toBeUndefined();
  expect(most('openrouter/anthropic/claude-sonnet-4.5')).toBeUndefined();
  expect(findModel('azure/gpt-5')?.capabilities).toEqual(['reasoning', 'tools', 'vision']);
});

test("a cloud that sells a model at its maker's price does not take over how its maker serves it", () => {
  expect(findModel('openai/gpt-5.5')?.price.factors?.priority).toEqual({ times: 5, over: 2, unasked: true });
  expect(findModel('azure/gpt-5.5')?.price).toMatchObject({ input: 5_000_000 });
  expect(findModel('azure/gpt-5.5')?.price.factors).toBeUndefined();
});

test.each([
  'gpt-4o',
  'openai/',
  '/gpt-4o',
  'nobody/gpt-4o',
  'constructor/prototype',
  'openai/gpt-99',
  'openai/gpt-4o-audio-preview',
  'openrouter/openai/gpt-4o-audio-preview',
  'gemini/gemini-2.5-pro-preview-tts',
  'gemini/claude-sonnet-4-6',
  'anthropic/claude-opus-5-6',
  'ollama/llama3',
])('%s has no price', (name) => {
  expect(findModel(name)).toBeUndefined();
});

test('a provider lists its models by names that can be called, each once', () => {
  const names = modelsOf('anthropic').map(({ name }) => name);
  expect(names).toContain('claude-sonnet-4-6');
  expect(new Set(names).size).toBe(names.length);
  expect(modelsOf('openai').filter(({ name }) => name.startsWith('ft:'))).toEqual([]);
  expect(modelsOf('fireworks').every(({ name }) => name.startsWith('accounts/'))).toBe(true);
  expect(modelsOf('vllm')).toEqual([]);
  expect(modelsOf('openai')).toBe(modelsOf('openai'));
});

test('every listed model is found by its own id, at its own price', () => {
  for (const provider of [
    'openai',
    'anthropic',
    'gemini',
    'vertex',
    'bedrock',
    'azure',
    'groq',
    'together',
    'fireworks',
    'mistral',
    'openrouter',
  ]) {
    for (const model of modelsOf(provider)) expect(findModel(model.id)).toBe(model);
  }
});

test.each([
  ['gpt-5.5', 'openai'],
  ['gpt-4o-2024-08-06', 'openai'],
  ['claude-sonnet-4-6', 'anthropic'],
  ['claude-sonnet-4-5-20250929', 'anthropic'],
  ['gemini-2.5-pro', 'gemini'],
  ['grok-4', 'xai'],
  ['deepseek-v4-pro', 'deepseek'],
  ['llama-3.3-70b-versatile', 'groq'],
  ['gpt-oss-120b', 'cerebras'],
  ['echo', 'sluice'],
])('the bare name %s belongs to %s first', (name, provider) => {
  expect(providersOf(name)[0]).toBe(provider);
});

test('a bare name that nobody knows belongs to nobody', () => {
  expect(providersOf('no-such-model')).toEqual([]);
});

test('the stand-in is in the catalog, and says what it is', () => {
  const echo = findModel('sluice/echo');
  expect(echo?.price).toMatchObject({ input: 1_000_000, output: 2_000_000 });
  expect(echo?.description).toContain('No provider is called');
  expect(modelsOf('sluice')).toEqual([echo]);
});
