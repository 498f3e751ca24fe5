import { expect, test } from 'vitest';
import { findModel, modelsOf } from '../../lib/catalog/catalog.ts';
import { equivalentsOf } from '../../lib/catalog/equivalents.ts';

test.each([
  ['anthropic/claude-sonnet-4-6', 'bedrock/us.anthropic.claude-sonnet-4-6'],
  ['anthropic/claude-sonnet-4-6', 'vertex/claude-sonnet-4-6'],
  ['anthropic/claude-sonnet-4-6', 'azure/claude-sonnet-4-6'],
  ['anthropic/claude-sonnet-4-6', 'openrouter/anthropic/claude-sonnet-4.6'],
  ['anthropic/claude-sonnet-4-5-20250929', 'vertex/claude-sonnet-4-5@20250929'],
  ['anthropic/claude-haiku-4-5', 'bedrock/us.anthropic.claude-haiku-4-5-20251001-v1:0'],
  ['anthropic/claude-opus-4-6', 'bedrock/us.anthropic.claude-opus-4-6-v1'],
  ['anthropic/claude-opus-5-5', 'bedrock/us.anthropic.claude-opus-5-5'],
  ['bedrock/eu.anthropic.claude-sonnet-4-20250514-v1:0', 'anthropic/claude-sonnet-4-0'],
  ['bedrock/anthropic.claude-opus-4-1-20250805-v1:0', 'anthropic/claude-opus-4-1'],
  ['vertex/claude-opus-4-1@20250805', 'anthropic/claude-opus-4-1'],
  ['openai/gpt-5.5', 'azure/gpt-5.5'],
  ['azure/gpt-4o', 'openai/gpt-4o'],
  ['azure/gpt-4o', 'openrouter/openai/gpt-4o'],
  ['openai/gpt-5.6-sol', 'bedrock/us.openai.gpt-5.6-sol'],
  ['openai/o3', 'azure/o3'],
  ['gemini/gemini-2.5-pro', 'vertex/gemini-2.5-pro'],
  ['vertex/gemini-3.5-flash', 'gemini/gemini-3.5-flash'],
  ['vertex/gemini-2.5-flash', 'openrouter/google/gemini-2.5-flash'],
  ['groq/llama-3.3-70b-versatile', 'together/meta-llama/Llama-3.3-70B-Instruct-Turbo'],
  ['groq/llama-3.3-70b-versatile', 'bedrock/meta.llama3-3-70b-instruct-v1:0'],
  ['groq/llama-3.1-8b-instant', 'fireworks/accounts/fireworks/models/llama-v3p1-8b-instruct'],
  ['groq/meta-llama/llama-4-scout-17b-16e-instruct', 'bedrock/meta.llama4-scout-17b-instruct-v1:0'],
  ['cerebras/gpt-oss-120b', 'groq/openai/gpt-oss-120b'],
  ['cerebras/gpt-oss-120b', 'bedrock/openai.gpt-oss-120b-1:0'],
  ['cerebras/gemma-4-31b', 'openrouter/google/gemma-4-31b-it'],
  ['groq/qwen/qwen3-32b', 'bedrock/qwen.qwen3-32b-v1:0'],
  ['bedrock/qwen.qwen3-coder-480b-a35b-v1:0', 'openrouter/qwen/qwen3-coder'],
  ['groq/moonshotai/kimi-k2-instruct-0905', 'openrouter/moonshotai/kimi-k2-0905'],
  ['deepseek/deepseek-v4-pro', 'fireworks/accounts/fireworks/models/deepseek-v4-pro'],
  ['bedrock/deepseek.r1-v1:0', 'openrouter/deepseek/deepseek-r1'],
  ['mistral/mistral-large-2512', 'bedrock/mistral.mistral-large-3-675b-instruct'],
  ['xai/grok-4.3', 'openrouter/x-ai/grok-4.3'],
  ['perplexity/sonar-pro', 'openrouter/perplexity/sonar-pro'],
])('%s is also %s', (name, other) => {
  expect(equivalentsOf(name)).toContain(other);
});

test.each([
  ['anthropic/claude-sonnet-4-6', 'claude-sonnet-4-5'],
  ['anthropic/claude-sonnet-4-6', 'opus'],
  ['anthropic/claude-opus-5', 'opus-5-5'],
  ['anthropic/claude-opus-5', 'opus-5.5'],
  ['anthropic/claude-opus-4-8', 'fast'],
  ['openai/gpt-5', 'mini'],
  ['openai/gpt-5', 'codex'],
  ['openai/gpt-4o', '2024-05-13'],
  ['openai/gpt-6-sol', ':batch'],
  ['groq/llama-3.3-70b-versatile', '3.1'],
  ['together/meta-llama/Meta-Llama-3.1-70B-Instruct-Turbo', '3.3'],
  ['groq/llama-3.1-8b-instant', '70b'],
  ['openrouter/deepseek/deepseek-r1', '0528'],
  ['openrouter/qwen/qwen3-235b-a22b', '2507'],
  ['openrouter/mistralai/mistral-large-2512', '2411'],
  ['gemini/gemini-2.5-flash', 'lite'],
])('%s is not called anything with %s', (name, part) => {
  expect(equivalentsOf(name).filter((other) => other.includes(part))).toEqual([]);
});

test.each([
  'anthropic/claude-3-5-sonnet', // two models under one name
  'openrouter/meta-llama/llama-3.1-405b', // not the instructed one
  'together/meta-llama/Meta-Llama-3-70B-Instruct-Lite', // a smaller copy
  'groq/moonshotai/kimi-k2-instruct', // 0711 or 0905
  'fireworks/accounts/fireworks/routers/kimi-k3-fast',
  'openrouter/anthropic/claude-3.7-sonnet:thinking',
  'openrouter/~anthropic/claude-opus-latest',
  'deepseek/deepseek-chat', // always the latest
  'mistral/mistral-large-latest',
  'gemini/gemini-2.5-flash-latest',
  'openai/gpt-4o-search-preview',
  'openai/ft:gpt-4o-2024-08-06:acme::x',
  'lab/gpt-4o',
  'constructor/gpt-4o',
  'gpt-4o',
  'sluice/echo',
])('nothing is certainly the same as %s', (name) => {
  expect(equivalentsOf(name)).toEqual([]);
});

test('the maker comes first and Bedrock last', () => {
  expect(equivalentsOf('openrouter/anthropic/claude-sonnet-4.6')).toEqual([
    'anthropic/claude-sonnet-4-6',
    'vertex/claude-sonnet-4-6',
    'azure/claude-sonnet-4-6',
    'bedrock/us.anthropic.claude-sonnet-4-6',
  ]);
});

test('an equivalent can be called, is priced, and names the first among its own', () => {
  for (const provider of ['anthropic', 'openai', 'gemini', 'groq', 'mistral', 'together', 'fireworks']) {
    for (const { id } of modelsOf(provider)) {
      for (const other of equivalentsOf(id)) {
        expect(findModel(other)?.price.input, other).toBeGreaterThan(0);
        expect(other.startsWith(`${provider}/`)).toBe(false);
        const back = equivalentsOf(other).find((name) => name.startsWith(`${provider}/`));
        expect(equivalentsOf(back ?? '')).toContain(other);
      }
    }
  }
});

test.each([
  ['us-east-1', 'us.anthropic.claude-sonnet-4-6'],
  ['us-gov-west-1', 'us-gov.anthropic.claude-sonnet-4-6'],
  ['eu-central-1', 'eu.anthropic.claude-sonnet-4-6'],
  ['ap-southeast-2', 'global.anthropic.claude-sonnet-4-6'],
])('in %s Claude is called %s', (region, name) => {
  expect(equivalentsOf('anthropic/claude-sonnet-4-6', { bedrock: { region } })).toEqual([`bedrock/${name}`]);
  expect(findModel(`bedrock/${name}`)?.price.input).toBeGreaterThan(0);
});

test('a model that needs no profile has one name everywhere', () => {
  const among = { bedrock: { region: 'eu-central-1' } };
  expect(equivalentsOf('groq/llama-3.3-70b-versatile', among)).toEqual(['bedrock/meta.llama3-3-70b-instruct-v1:0']);
});
