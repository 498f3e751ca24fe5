import type { ErrorCode } from '../errors.ts';

/** Whose failure it is, as operators count it: what a caller can mend is the caller's, whoever found it. */
export const errorsBy = (code: string): SourceMetric => (isCode(code) ? sources[code] : 'GatewayErrors');

type SourceMetric = 'ProviderErrors' | 'GatewayErrors' | 'CallerErrors';

const isCode = (code: string): code is ErrorCode => Object.hasOwn(sources, code);

const sources = {
  invalid_request_error: 'CallerErrors',
  unsupported_parameter: 'CallerErrors',
  invalid_api_key: 'CallerErrors',
  model_not_allowed: 'CallerErrors',
  no_compliant_target: 'CallerErrors',
  not_found: 'CallerErrors',
  model_not_found: 'CallerErrors',
  model_unpriced: 'CallerErrors',
  method_not_allowed: 'CallerErrors',
  idempotency_conflict: 'CallerErrors',
  idempotency_in_progress: 'CallerErrors',
  request_timeout: 'CallerErrors',
  request_too_large: 'CallerErrors',
  headers_too_large: 'CallerErrors',
  context_length_exceeded: 'CallerErrors',
  content_filter: 'CallerErrors',
  budget_exceeded: 'CallerErrors',
  client_closed: 'CallerErrors',
  rate_limit_exceeded: 'ProviderErrors', // one of ours has no call to be counted with
  provider_credentials: 'ProviderErrors',
  provider_error: 'ProviderErrors',
  provider_overloaded: 'ProviderErrors',
  provider_unreachable: 'ProviderErrors',
  provider_cut: 'ProviderErrors',
  timeout: 'ProviderErrors',
  gateway_unavailable: 'GatewayErrors',
  internal_error: 'GatewayErrors',
} as const satisfies Record<ErrorCode, SourceMetric>;
