import type { Rate, Standing } from '../ledger/admission.ts';

/** The tightest rates over the caller, in OpenAI's headers. https://platform.openai.com/docs/guides/rate-limits#rate-limits-in-headers */
export function toRateHeaders({ requests, tokens }: Standing): Record<string, string> {
  return { ...headersOf('requests', requests), ...headersOf('tokens', tokens) };
}

function headersOf(kind: string, rate: Rate | undefined): Record<string, string> {
  if (rate === undefined) return {};
  return {
    [`x-ratelimit-limit-${kind}`]: String(rate.limit),
    [`x-ratelimit-remaining-${kind}`]: String(rate.remaining),
    [`x-ratelimit-reset-${kind}`]: toDuration(rate.resetMs),
  };
}

/** Milliseconds as OpenAI writes durations: `120ms`, `1.5s`, `6m0s`. */
export function toDuration(ms: number): string {
  if (ms < 1000) return `${ms}ms`;
  const seconds = (ms % 60_000) / 1000;
  const minutes = Math.floor(ms / 60_000);
  return minutes === 0 ? `${seconds}s` : `${minutes}m${seconds}s`;
}
