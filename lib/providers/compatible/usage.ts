import type { UsageView } from '../../openai/answer.ts';
import { wireCount, wireObject } from '../wire.ts';

/**
 * A vendor's token counts as OpenAI gives them: cached tokens within the prompt, reasoning within the completion, and
 * the sum of both. Undefined where there are none. What else is counted travels along.
 */
export function toUsageView(value: unknown): UsageView | undefined {
  const usage = wireObject(value);
  const prompt = wireCount(usage.prompt_tokens);
  const completion = wireCount(usage.completion_tokens);
  if (prompt === undefined || completion === undefined) return undefined;
  const output = completion + besides(usage, prompt, completion);
  const cached = cachedIn(usage);
  return {
    ...usage,
    prompt_tokens: prompt,
    completion_tokens: output,
    total_tokens: prompt + output,
    ...(cached !== undefined && {
      prompt_tokens_details: { ...wireObject(usage.prompt_tokens_details), cached_tokens: cached },
    }),
  };
}

/** Reasoning that is counted beside the completion, as xAI does wherever it is hosted: its own total tells. */
function besides(usage: Readonly<Record<string, unknown>>, prompt: number, completion: number): number {
  const reasoning = wireCount(wireObject(usage.completion_tokens_details).reasoning_tokens) ?? 0;
  return usage.total_tokens === prompt + completion + reasoning ? reasoning : 0;
}

/** DeepSeek and Moonshot count what they read from the cache under names of their own. */
function cachedIn(usage: Readonly<Record<string, unknown>>): number | undefined {
  const { cached_tokens: cached } = wireObject(usage.prompt_tokens_details);
  return wireCount(cached) ?? wireCount(usage.prompt_cache_hit_tokens) ?? wireCount(usage.cached_tokens);
}
