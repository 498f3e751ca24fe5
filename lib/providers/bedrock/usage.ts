import type { UsageView } from '../../openai/answer.ts';
import { type Wire, wireList, wireObject } from '../wire.ts';

/** What the service counted, as OpenAI counts: its input excludes what the cache gave and took, its output includes the reasoning. */
export function toUsageView({ usage, serviceTier }: Wire): UsageView | undefined {
  if (usage === undefined) return undefined;
  const wire = wireObject(usage);
  const { type: tier } = wireObject(serviceTier);
  const cached_tokens = count(wire.cacheReadInputTokens);
  const cache_write_tokens = count(wire.cacheWriteInputTokens);
  const prompt_tokens = count(wire.inputTokens) + cached_tokens + cache_write_tokens;
  const completion_tokens = count(wire.outputTokens);
  return {
    prompt_tokens,
    completion_tokens,
    total_tokens: prompt_tokens + completion_tokens,
    prompt_tokens_details: { cached_tokens, cache_write_tokens, ...writes(wireList(wire.cacheDetails)) },
    ...(typeof tier === 'string' && { service_tier: tier }),
  };
}

/** What was written, by how long it is kept: the two cost differently. */
function writes(details: readonly Wire[]): Readonly<Record<string, number>> {
  return Object.fromEntries(
    details.flatMap(({ ttl, inputTokens }) =>
      ttl === '5m' || ttl === '1h' ? [[`cache_write_${ttl}_tokens`, count(inputTokens)]] : [],
    ),
  );
}

const count = (value: unknown): number => (typeof value === 'number' && value > 0 ? value : 0);
