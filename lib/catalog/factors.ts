import type { Factor, Price } from './price.ts';
import { fits } from './rows.ts';

const listPrice: Factor = { times: 1, over: 1 };
const half: Factor = { times: 1, over: 2 };
/** Reading the cache is paid in full, as far as is known. */
const halfSparingCache: Factor = { ...half, sparing: ['cacheRead'] };
const by = (times: number, over = 1): Factor => ({ times, over });

type Rule = { readonly provider: string; readonly models: string; readonly factors: Readonly<Record<string, Factor>> };

/**
 * What being served in some way does to a price, where the vendor publishes it; read on 2026-11-23, and the later rule
 * wins. What is not here has no published price, or one we could not read: xAI's priority, Bedrock's, Vertex AI's and
 * Azure's tiers, Groq's performance tier, and OpenAI's batches before GPT-5, whose caches are priced differently.
 */
const rules: readonly Rule[] = [
  // https://developers.openai.com/api/docs/pricing
  { provider: 'openai', models: 'o3* o4-mini* gpt-5* gpt-6* !gpt-6.2*', factors: { flex: half } },
  { provider: 'openai', models: 'gpt-5* gpt-6*', factors: { batch: half } },
  // https://openai.com/api-fast-mode/: priority was renamed fast on 2026-07-30, and both words are in use.
  {
    provider: 'openai',
    models: 'gpt-5 gpt-5-20* gpt-5.1* gpt-5.2* gpt-5.4* gpt-5.6* gpt-6* !*-pro* !*-nano*',
    factors: fast(by(2)),
  },
  { provider: 'openai', models: 'gpt-5.5 gpt-5.5-20*', factors: fast(by(5, 2)) },
  { provider: 'openai', models: 'gpt-5-mini*', factors: fast(by(9, 5)) },
  { provider: 'openai', models: 'gpt-4.1* o3 o3-2025-04-16 gpt-4o-2024-05-13', factors: fast(by(7, 4)) },
  { provider: 'openai', models: 'gpt-4.1-nano*', factors: fast(by(2)) },
  { provider: 'openai', models: 'gpt-4o gpt-4o-2024-08-06 gpt-4o-2024-11-20', factors: fast(by(17, 10)) },
  { provider: 'openai', models: 'gpt-4o-mini gpt-4o-mini-2024-07-18', factors: fast(by(5, 3)) },
  { provider: 'openai', models: 'o4-mini o4-mini-2025-04-16', factors: fast(by(20, 11)) },
  // https://developers.openai.com/api/docs/models/gpt-6.2-sol: three times, and six from 2027-03-01.
  { provider: 'openai', models: 'gpt-6.1-sol* gpt-6.2-sol*', factors: { ultrafast: by(6) } },

  // https://platform.claude.com/docs/en/about-claude/pricing; its priority is paid by commitment, not by the token.
  { provider: 'anthropic', models: '*', factors: { batch: half, priority: listPrice } },
  {
    provider: 'anthropic',
    models:
      'claude-opus-4-6* claude-opus-4-7* claude-opus-4-8* claude-sonnet-4-6* claude-opus-5* claude-sonnet-5* claude-fable-5*',
    factors: { us: by(11, 10) },
  },
  { provider: 'anthropic', models: 'claude-opus-4-6* claude-opus-4-7*', factors: { fast: by(6) } },
  { provider: 'anthropic', models: 'claude-opus-4-8* claude-opus-5 claude-opus-5-2*', factors: { fast: by(2) } },
  { provider: 'bedrock', models: '*anthropic.*', factors: { batch: half } },
  { provider: 'vertex', models: '*claude*', factors: { batch: half } },

  // https://ai.google.dev/gemini-api/docs/optimization: priority is 75% to 100% more, of which we take the upper end.
  {
    provider: 'gemini',
    models: 'gemini-*',
    factors: { batch: halfSparingCache, flex: halfSparingCache, priority: by(2) },
  },
  // https://ai.google.dev/gemini-api/docs/pricing
  { provider: 'gemini', models: 'gemini-3.7-flash* gemini-3.8-flash*', factors: { priority: by(9, 5) } },

  // https://console.groq.com/docs/flex-processing
  { provider: 'groq', models: '*', factors: { flex: listPrice } },
];

/** A call to these pays a fee by how much was searched; in nano-dollars. https://docs.perplexity.ai/docs/getting-started/pricing */
const searchFees: readonly { readonly models: string; readonly fees: Readonly<Record<string, number>> }[] = [
  { models: 'sonar sonar-reasoning', fees: { low: 5_000_000, medium: 8_000_000, high: 12_000_000 } },
  { models: 'sonar-pro sonar-reasoning-pro', fees: { low: 6_000_000, medium: 10_000_000, high: 14_000_000 } },
];

/** A list price with all that is known of how else a model is served. */
export function served(provider: string, name: string, price: Price): Price {
  const lowered = name.toLowerCase();
  const found = rules.filter((rule) => rule.provider === provider && fits(rule.models.split(' '), lowered));
  const bySearch =
    provider === 'perplexity' ? searchFees.find(({ models }) => fits(models.split(' '), lowered)) : undefined;
  const { factors: _, ...listed } = price;
  return {
    ...listed,
    ...(bySearch && { requestBySearch: bySearch.fees }),
    ...(found.length > 0 && { factors: Object.assign({}, ...found.map(({ factors }) => factors)) }),
  };
}

/** A project may be set to be served so wherever a request names no tier. https://platform.openai.com/docs/api-reference/chat/create */
function fast(factor: Factor) {
  const unasked: Factor = { ...factor, unasked: true };
  return { priority: unasked, fast: unasked };
}
