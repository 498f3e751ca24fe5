import type { UsageView } from '../../openai/answer.ts';
import { type Wire, wireObject } from '../wire.ts';

/** Told beside the tokens, for whoever has to price them. */
const EXTRAS = ['service_tier', 'inference_geo', 'speed', 'server_tool_use'] as const;

/** Counts told later, over those told before: they are running totals, and a null says nothing. */
export function laterUsage(before: Wire, told: unknown): Wire {
  return { ...before, ...Object.fromEntries(Object.entries(wireObject(told)).filter(([, value]) => value !== null)) };
}

/**
 * Claude's counts as OpenAI's: what was read from a cache or written to one is part of the prompt. How long a written
 * prefix is kept, which is a matter of price, stands beside it.
 */
export function toUsage(counts: Wire): UsageView | undefined {
  const input_tokens = count(counts.input_tokens);
  const completion_tokens = count(counts.output_tokens);
  if (input_tokens === undefined || completion_tokens === undefined) return undefined;
  const cached_tokens = count(counts.cache_read_input_tokens) ?? 0;
  const cache_write_tokens = count(counts.cache_creation_input_tokens) ?? 0;
  const prompt_tokens = input_tokens + cached_tokens + cache_write_tokens;
  const written = wireObject(counts.cache_creation);
  const reasoning_tokens = count(wireObject(counts.output_tokens_details).thinking_tokens);
  return {
    prompt_tokens,
    completion_tokens,
    total_tokens: prompt_tokens + completion_tokens,
    prompt_tokens_details: {
      cached_tokens,
      cache_write_tokens,
      ...named('cache_write_5m_tokens', count(written.ephemeral_5m_input_tokens)),
      ...named('cache_write_1h_tokens', count(written.ephemeral_1h_input_tokens)),
    },
    ...named('completion_tokens_details', reasoning_tokens === undefined ? undefined : { reasoning_tokens }),
    ...Object.fromEntries(EXTRAS.filter((name) => name in counts).map((name) => [name, counts[name]])),
  };
}

const count = (value: unknown): number | undefined =>
  typeof value === 'number' && Number.isSafeInteger(value) && value >= 0 ? value : undefined;

const named = (name: string, value: unknown) => (value === undefined ? {} : { [name]: value });
