import { expect, test } from 'vitest';
import { findModel } from '../../lib/catalog/catalog.ts';
import { costOf } from '../../lib/catalog/price.ts';
import type { UsageView } from '../../lib/openai/answer.ts';
import { toUsage } from '../../lib/openai/usage.ts';

/**
 * One invoice a line: the model; prompt + completion tokens with the details of the answer; then the tokens at their
 * dollars a million, as the provider's price list has them on 2026-11-23, and what is paid by the piece.
 */
const invoices = `
  # https://developers.openai.com/api/docs/pricing
  openai/gpt-4o | 1000+300 | 1000@2.50 300@10.00
  openai/gpt-4o | 5000+11 cached_tokens=4096 | 904@2.50 4096@1.25 11@10.00
  openai/gpt-4o-2024-05-13 | 7+9 | 7@5.00 9@15.00
  openai/gpt-4o-mini | 1001+7 cached_tokens=1 | 1000@0.15 1@0.075 7@0.60
  openai/gpt-4.1-nano | 12345+678 cached_tokens=1024 | 11321@0.10 1024@0.025 678@0.40
  openai/gpt-5 | 900+2048 reasoning_tokens=1984 | 900@1.25 2048@10.00
  openai/gpt-5-mini | 30000+4000 cached_tokens=20000 | 10000@0.25 20000@0.025 4000@2.00
  openai/o3 | 4711+1234 reasoning_tokens=1000 | 4711@2.00 1234@8.00
  # Short and long prompts: from 272,000 tokens on, the whole call costs more.
  openai/gpt-5.5 | 271999+1000 | 271999@5.00 1000@30.00
  openai/gpt-5.5 | 272000+1000 | 272000@10.00 1000@45.00
  openai/gpt-5.5 | 300000+1 cached_tokens=299999 | 1@10.00 299999@1.00 1@45.00
  openai/gpt-5.6-sol | 10000+500 cached_tokens=3000 cache_write_tokens=6000 | 1000@4.00 3000@0.40 6000@5.00 500@20.00
  openai/gpt-6-sol | 272000+10 | 272000@2.00 10@10.00
  openai/gpt-6-sol | 272001+10 cache_write_tokens=272000 | 1@4.00 272000@5.00 10@15.00
  openai/gpt-6.2-sol | 100+10 cached_tokens=60 | 40@2.00 60@0.10 10@10.00
  openai/gpt-audio | 500+900 audio_tokens=400 out.audio_tokens=800 | 100@2.50 400@32.00 100@10.00 800@64.00
  openai/text-embedding-3-small | 8191+0 | 8191@0.02
  # Flex and batch are half of it; fast, which was called priority, is listed model by model: https://openai.com/api-fast-mode/
  openai/gpt-5 | 1000+1000 cached_tokens=400 service_tier=flex | 600@0.625 400@0.0625 1000@5.00
  openai/o4-mini | 333+77 service_tier=flex | 333@0.55 77@2.20
  openai/gpt-6-luna | 1003+13 service_tier=batch | 1003@0.05 13@0.25
  openai/gpt-5.5 | 1000+1000 cached_tokens=1 service_tier=priority | 999@12.50 1@1.25 1000@75.00
  openai/gpt-5-mini | 100+50 cached_tokens=10 service_tier=priority | 90@0.45 10@0.045 50@3.60
  openai/gpt-4.1 | 100+50 cached_tokens=10 service_tier=priority | 90@3.50 10@0.875 50@14.00
  openai/gpt-4.1-nano | 101+1 service_tier=priority | 101@0.20 1@0.80
  openai/gpt-4o | 100+50 cached_tokens=10 service_tier=priority | 90@4.25 10@2.125 50@17.00
  openai/gpt-4o-mini | 100+50 cached_tokens=10 service_tier=priority | 90@0.25 10@0.125 50@1.00
  openai/o4-mini | 100+51 cached_tokens=11 service_tier=priority | 89@2.00 11@0.50 51@8.00
  openai/gpt-5.6-sol | 280000+100 cached_tokens=80000 service_tier=fast | 200000@16.00 80000@1.60 100@60.00
  azure/gpt-4o | 1000+300 | 1000@2.50 300@10.00
  # https://platform.claude.com/docs/en/about-claude/pricing
  anthropic/claude-opus-5-5 | 6000+70 cached_tokens=1000 cache_write_5m_tokens=2000 cache_write_1h_tokens=2500 | 500@4 1000@0.20 2000@5 2500@8 70@20
  anthropic/claude-fable-5-1 | 5+3 cached_tokens=3 | 2@10 3@0.25 3@50
  anthropic/claude-sonnet-4-6 | 900000+3 | 900000@3 3@15
  anthropic/claude-sonnet-4-6 | 100+3 cache_write_tokens=90 | 10@3 90@3.75 3@15
  anthropic/claude-haiku-4-5 | 4217+200 cache_write_1h_tokens=4200 | 17@1 4200@2 200@5
  anthropic/claude-3-haiku-20240307 | 3+1 cached_tokens=1 cache_write_tokens=1 | 1@0.25 1@0.03 1@0.30 1@1.25
  anthropic/claude-opus-4-1 | 10+999 reasoning_tokens=900 | 10@15 999@75
  anthropic/claude-sonnet-5 | 1000+100 cached_tokens=500 cache_write_tokens=500 service_tier=batch | 500@0.10 500@1.25 100@5
  anthropic/claude-opus-5 | 1000+100 service_tier=standard inference_geo=us | 1000@5.5 100@27.5
  anthropic/claude-opus-5 | 1000+100 speed=fast | 1000@10 100@50
  anthropic/claude-sonnet-4-5 | 400+20 web_search_requests=3 | 400@3 20@15 fee 0.03
  vertex/claude-sonnet-4-5@20250929 | 200000+10 cache_write_1h_tokens=1000 | 199000@3 1000@6 10@15
  vertex/claude-sonnet-4-5@20250929 | 200001+10 cache_write_1h_tokens=1000 | 199001@6 1000@12 10@22.50
  vertex/claude-opus-5 | 700+7 cache_write_1h_tokens=600 | 100@5 600@10 7@25
  azure/claude-opus-4-8 | 700+7 cache_write_1h_tokens=600 | 100@5 600@10 7@25
  # https://aws.amazon.com/bedrock/pricing/: a tenth more than the world for staying in a region.
  bedrock/us.anthropic.claude-sonnet-4-6 | 7361+4 cached_tokens=7351 | 10@3.30 7351@0.33 4@16.50
  bedrock/us.anthropic.claude-sonnet-4-6 | 5000+4 cache_write_5m_tokens=1000 cache_write_1h_tokens=3000 | 1000@3.30 1000@4.125 3000@6.60 4@16.50
  bedrock/global.anthropic.claude-opus-5-5 | 5000+4 cache_write_1h_tokens=5000 | 5000@8 4@20
  openrouter/anthropic/claude-sonnet-4.6 | 50+4 cache_write_1h_tokens=40 | 10@3 40@6 4@15
  # https://ai.google.dev/gemini-api/docs/pricing
  gemini/gemini-2.5-pro | 200000+1000 reasoning_tokens=900 | 200000@1.25 1000@10.00
  gemini/gemini-2.5-pro | 200001+1000 cached_tokens=150000 | 50001@2.50 150000@0.25 1000@15.00
  vertex/gemini-3.1-pro-preview | 250000+9 | 250000@4.00 9@18.00
  gemini/gemini-2.5-flash | 2500+33 audio_tokens=2000 | 500@0.30 2000@1.00 33@2.50
  gemini/gemini-3.5-flash | 1000+200 service_tier=flex | 1000@0.75 200@4.50
  gemini/gemini-3.8-flash | 1000+200 service_tier=priority | 1000@2.70 200@13.50
  gemini/gemini-embedding-001 | 77+0 | 77@0.15
  # https://docs.x.ai/developers/pricing
  xai/grok-4.6 | 199999+10 cached_tokens=99999 | 100000@2.00 99999@0.50 10@6.00
  xai/grok-4.7 | 200000+10 reasoning_tokens=5 | 200000@4.00 10@12.00
  # https://api-docs.deepseek.com/quick_start/pricing, at the dearest hours
  deepseek/deepseek-v4-pro | 1000+100 cached_tokens=640 | 360@1.32 640@0.044 100@3.96
  # https://docs.perplexity.ai/docs/getting-started/pricing
  perplexity/sonar | 7+1 search_context_size=low | 7@1 1@1 fee 0.005
  perplexity/sonar-pro | 26+832 search_context_size=medium | 26@3 832@15 fee 0.010
  perplexity/sonar-pro | 26+832 | 26@3 832@15 fee 0.014
  perplexity/sonar-deep-research | 33+7163 citation_tokens=20016 beside.reasoning_tokens=73997 num_search_queries=18 | 33@2 7163@8 20016@2 73997@3 fee 0.09
  groq/openai/gpt-oss-120b | 300+75 cached_tokens=256 | 44@0.15 256@0.075 75@0.60
  cerebras/gpt-oss-120b | 19+23 | 19@0.35 23@0.75
  mistral/mistral-large-2512 | 1001+11 | 1001@0.50 11@1.50
  cohere/command-r7b-12-2024 | 1001+11 | 1001@0.0375 11@0.15
  bedrock/amazon.nova-micro-v1:0 | 1001+11 cached_tokens=1 | 1000@0.035 1@0.00875 11@0.14
  bedrock/amazon.titan-embed-text-v1 | 4099+0 | 4099@0.10
`
  .split('\n')
  .map((line) => line.trim())
  .filter((line) => line !== '' && !line.startsWith('#'));

test('there are enough invoices to mean something', () => {
  expect(invoices.length).toBeGreaterThanOrEqual(40);
  expect(new Set(invoices).size).toBe(invoices.length);
});

test.each(invoices)('%s', (invoice) => {
  const [model = '', answered = '', charged = ''] = invoice.split(' | ');
  const price = findModel(model)?.price;
  if (price === undefined) throw new Error(`${model} has no price`);
  expect(BigInt(costOf(price, toUsage(toView(answered))))).toBe(owed(charged));
});

/** `1000+100 cached_tokens=640 out.audio_tokens=7 service_tier=flex` as a provider's answer has it. */
function toView(answered: string): UsageView {
  const [totals = '', ...details] = answered.split(' ');
  const [prompt = 0, completion = 0] = totals.split('+').map(Number);
  const told = details
    .map((detail) => detail.split('='))
    .map(([name = '', value = '']) => [name, toValue(value)] as const);
  const where = (name: string) => {
    if (/^(cache|audio_)/.test(name)) return 'prompt_tokens_details';
    if (/^(out\.|reasoning_)/.test(name)) return 'completion_tokens_details';
    return name.startsWith('web_') ? 'server_tool_use' : 'top';
  };
  const at = (place: string) =>
    Object.fromEntries(
      told.flatMap(([name, value]) => (where(name) === place ? [[name.replace(/^(out|beside)\./, ''), value]] : [])),
    );
  return {
    prompt_tokens: prompt,
    completion_tokens: completion,
    total_tokens: prompt + completion,
    prompt_tokens_details: at('prompt_tokens_details'),
    completion_tokens_details: at('completion_tokens_details'),
    server_tool_use: at('server_tool_use'),
    ...at('top'),
  };
}

const toValue = (text: string) => (/^\d+$/.test(text) ? Number(text) : text);

/** `360@1.32 100@3.96 fee 0.005` in nano-dollars: decimals as whole numbers, rounded up at the end. */
function owed(charged: string): bigint {
  const [tokens = '', fee = '0'] = charged.split(' fee ');
  // Dollars with nine decimals for a million tokens are femto-dollars for each.
  const femto = tokens
    .split(' ')
    .map((line) => line.split('@'))
    .reduce((sum, [count = '', dollars = '']) => sum + BigInt(count) * scaled(dollars), 0n);
  return (femto + 999_999n) / 1_000_000n + scaled(fee);
}

function scaled(dollars: string): bigint {
  const [whole = '', fraction = ''] = dollars.split('.');
  return BigInt(whole + fraction.padEnd(9, '0'));
}
