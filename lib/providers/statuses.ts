import type { ErrorCode } from '../errors.ts';

/** Which of our errors a provider's HTTP status stands for, where it says nothing better. A refused credential is ours, not the caller's. */
export const byStatus: Readonly<Record<number, ErrorCode>> = {
  400: 'invalid_request_error',
  401: 'provider_credentials',
  402: 'provider_credentials',
  403: 'provider_credentials',
  404: 'model_not_found',
  408: 'timeout',
  413: 'request_too_large',
  422: 'invalid_request_error',
  429: 'rate_limit_exceeded',
  503: 'provider_overloaded',
  504: 'timeout',
  529: 'provider_overloaded',
};
