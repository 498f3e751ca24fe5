import { noUsage, type Usage } from '../catalog/usage.ts';
import type { UsageView } from './answer.ts';

/** True for an object with OpenAI's token counts. */
export function isUsage(value: unknown): value is UsageView {
  return (
    typeof value === 'object' &&
    value !== null &&
    'prompt_tokens' in value &&
    isCount(value.prompt_tokens) &&
    'completion_tokens' in value &&
    isCount(value.completion_tokens)
  );
}

/**
 * OpenAI's usage as buckets that never overlap: whatever the details say, the input buckets sum to the prompt tokens
 * and the output buckets to the completion tokens. Where details overlap, the dearer kind has its tokens first.
 */
export function toUsage(view: UsageView, serviceTier: unknown = view.service_tier): Usage {
  const read = details(view.prompt_tokens_details);
  const written = details(view.completion_tokens_details);
  const input = purse(view.prompt_tokens);
  const output = purse(view.completion_tokens);

  const hourly = tokens(read.cache_write_1h_tokens);
  const cacheWrite1h = input.take(hourly);
  const audioInput = input.take(tokens(read.audio_tokens));
  // Whatever was written for no stated time is kept for minutes.
  const cacheWrite = input.take(Math.max(tokens(read.cache_write_5m_tokens), tokens(read.cache_write_tokens) - hourly));
  const cacheRead = input.take(tokens(read.cached_tokens));
  const audioOutput = output.take(tokens(written.audio_tokens));
  const reasoning = output.take(tokens(written.reasoning_tokens)) + beside(view);

  const served = [serviceTier, view.inference_geo, view.speed].map(word).filter((each) => !ordinary.has(each));
  const searchContext = word(view.search_context_size);
  return {
    ...noUsage,
    input: input.rest(),
    cacheRead,
    cacheWrite,
    cacheWrite1h,
    audioInput,
    output: output.rest(),
    reasoning,
    audioOutput,
    citation: tokens(view.citation_tokens),
    searches: tokens(view.num_search_queries) + tokens(details(view.server_tool_use).web_search_requests),
    ...(searchContext !== '' && { searchContext }),
    ...(served.length > 0 && { served }),
  };
}

/** Words for being served at list price. */
const ordinary = new Set(['', 'default', 'standard', 'on_demand', 'auto', 'global', 'not_available']);

/** Perplexity's research counts its thinking beside the completion, where it also counts citations. */
function beside(view: UsageView): number {
  return view.citation_tokens === undefined ? 0 : tokens(view.reasoning_tokens);
}

/** Tokens that can be taken once. */
function purse(total: number) {
  let left = tokens(total);
  return {
    take(wanted: number): number {
      const taken = Math.max(0, Math.min(wanted, left));
      left -= taken;
      return taken;
    },
    rest: () => left,
  };
}

function details(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null ? { ...value } : {};
}

const tokens = (value: unknown) => (isCount(value) ? Number(value) : 0);
const word = (value: unknown) => (typeof value === 'string' ? value.toLowerCase().replace(/^service_tier_/, '') : '');
const isCount = (value: unknown): boolean => Number.isSafeInteger(value) && Number(value) >= 0;
