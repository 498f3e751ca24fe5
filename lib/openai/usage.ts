import type { Usage } from '../catalog/usage.ts';
import type { UsageView } from './answer.ts';

/** True for an object with OpenAI's token counts. */
export function isUsage(value: unknown): value is UsageView {
  return (
    typeof value === 'object' &&
    value !== null &&
    'prompt_tokens' in value &&
    count(value.prompt_tokens) &&
    'completion_tokens' in value &&
    count(value.completion_tokens)
  );
}

/** OpenAI's usage as disjoint buckets: prompt tokens include what was read from and written to a cache, completion tokens include reasoning. */
export function toUsage(view: UsageView): Usage {
  // The totals are checked where a usage is recognised; in the details a provider may have written anything.
  const cacheRead = known(view.prompt_tokens_details?.cached_tokens);
  const cacheWrite = known(view.prompt_tokens_details?.cache_write_tokens);
  const reasoning = known(view.completion_tokens_details?.reasoning_tokens);
  return {
    input: Math.max(0, view.prompt_tokens - cacheRead - cacheWrite),
    cacheRead,
    cacheWrite,
    output: Math.max(0, view.completion_tokens - reasoning),
    reasoning,
  };
}

const count = (value: unknown): boolean => Number.isSafeInteger(value) && Number(value) >= 0;

const known = (value: unknown): number => (count(value) ? Number(value) : 0);
