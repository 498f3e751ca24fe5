/** Under which all of it stands in CloudWatch. */
export const NAMESPACE = 'Sluice';
/** The environment variable that names another, so that two installations in one account do not count together. */
export const METRICS_NAMESPACE = 'SLUICE_METRICS_NAMESPACE';

/** All that is counted in CloudWatch, and in which unit. What is drawn and what is watched is chosen from here. */
export const metricUnits = {
  Calls: 'Count',
  Faults: 'Count',
  Errors: 'Count',
  ProviderErrors: 'Count',
  GatewayErrors: 'Count',
  CallerErrors: 'Count',
  PromptTokens: 'Count',
  CompletionTokens: 'Count',
  CostUsd: 'None',
  LatencyMs: 'Milliseconds',
  FirstTokenMs: 'Milliseconds',
  OwnMs: 'Milliseconds',
  CacheHits: 'Count',
  SavedUsd: 'None',
  Fallbacks: 'Count',
  Retries: 'Count',
  Throttles: 'Count',
  TargetFailed: 'None',
  RefusedDollars: 'Count',
  RefusedRequests: 'Count',
  RefusedTokens: 'Count',
  RefusedConcurrent: 'Count',
  BudgetUse: 'Percent',
  LedgerUnavailable: 'Count',
  CacheUnavailable: 'Count',
  SemanticCacheUnavailable: 'Count',
  SemanticCacheLate: 'Count',
  GuardrailFailed: 'Count',
  CaptureFailed: 'Count',
  AbandonedHolds: 'Count',
} as const;

export type MetricName = keyof typeof metricUnits;

/** Values of some metrics. */
export type Values = { readonly [name in MetricName]?: number | undefined };
