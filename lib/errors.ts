/** Whose doing a failure is: the caller's (stop), the target's (try others, not this one again), the moment's (the same target may do). */
export type Blame = 'caller' | 'target' | 'moment';

/** Where a failure began, for the person who has to act on it. */
export type Source = 'gateway' | 'provider';

type Row = { readonly status: number; readonly type: string; readonly blame: Blame };

/** Every way a request can fail. The code is the contract; status, type and blame follow from it. */
const rows = {
  invalid_request_error: { status: 400, type: 'invalid_request_error', blame: 'caller' },
  unsupported_parameter: { status: 400, type: 'invalid_request_error', blame: 'target' },
  invalid_api_key: { status: 401, type: 'invalid_request_error', blame: 'caller' },
  model_not_allowed: { status: 403, type: 'invalid_request_error', blame: 'caller' },
  no_compliant_target: { status: 403, type: 'invalid_request_error', blame: 'caller' },
  not_found: { status: 404, type: 'invalid_request_error', blame: 'caller' },
  model_not_found: { status: 404, type: 'invalid_request_error', blame: 'target' },
  model_unpriced: { status: 400, type: 'invalid_request_error', blame: 'target' },
  method_not_allowed: { status: 405, type: 'invalid_request_error', blame: 'caller' },
  idempotency_conflict: { status: 409, type: 'invalid_request_error', blame: 'caller' },
  idempotency_in_progress: { status: 409, type: 'invalid_request_error', blame: 'moment' },
  request_timeout: { status: 408, type: 'invalid_request_error', blame: 'moment' },
  request_too_large: { status: 413, type: 'invalid_request_error', blame: 'caller' },
  headers_too_large: { status: 431, type: 'invalid_request_error', blame: 'caller' },
  context_length_exceeded: { status: 400, type: 'invalid_request_error', blame: 'target' },
  content_filter: { status: 400, type: 'invalid_request_error', blame: 'caller' },
  rate_limit_exceeded: { status: 429, type: 'rate_limit_error', blame: 'moment' },
  budget_exceeded: { status: 429, type: 'insufficient_quota', blame: 'caller' },
  client_closed: { status: 499, type: 'invalid_request_error', blame: 'caller' },
  gateway_unavailable: { status: 503, type: 'server_error', blame: 'moment' },
  internal_error: { status: 500, type: 'server_error', blame: 'moment' },
  provider_credentials: { status: 502, type: 'server_error', blame: 'target' },
  provider_error: { status: 502, type: 'server_error', blame: 'moment' },
  provider_overloaded: { status: 503, type: 'server_error', blame: 'moment' },
  provider_unreachable: { status: 502, type: 'server_error', blame: 'moment' },
  provider_cut: { status: 502, type: 'server_error', blame: 'moment' },
  timeout: { status: 504, type: 'server_error', blame: 'moment' },
} as const satisfies Record<string, Row>;

export type ErrorCode = keyof typeof rows;

/** What a client is shown of one upstream call that failed. */
export type AttemptView = {
  readonly target: string;
  readonly provider: string;
  readonly status: number | string;
  readonly message: string;
};

/** A limit as a client is shown it: amounts of budgets in dollars, all others in what they count. */
export type LimitView = {
  readonly scope: string;
  readonly name?: string;
  readonly kind: string;
  readonly window?: string;
  readonly limit: number;
  readonly spent: number;
  /** What calls under way hold. */
  readonly held: number;
  /** When the window is over, in ISO form. */
  readonly resets_at?: string;
};

type Details = {
  readonly message: string;
  /** The request field at fault, as a path: `messages[0].role`. */
  readonly param?: string;
  /** The provider that failed. Its presence makes the source `provider`. */
  readonly provider?: string;
  /** The HTTP status the provider gave. */
  readonly upstreamStatus?: number;
  /** True when no connection was made, so that the provider cannot have done anything. */
  readonly unreached?: boolean;
  /** True when it says something of this very request and nothing of its target: nobody else's call would meet it. */
  readonly ofRequest?: boolean;
  /** True when the provider said so itself inside an answer that had begun with 200. */
  readonly inBand?: boolean;
  /** How long the caller should wait before it tries again. */
  readonly retryAfterMs?: number;
  readonly attempts?: readonly AttemptView[];
  /** The methods a path takes. */
  readonly allow?: readonly string[];
  /** The limit that refused the request. */
  readonly limit?: LimitView;
  /** The rule that refused the request, and who it refused, for the log. */
  readonly rule?: Readonly<Record<string, string>>;
  /** More response headers. */
  readonly headers?: Readonly<Record<string, string>>;
  /** The gateway's own share of the time, where a provider had the rest of it. */
  readonly ownMs?: number;
  readonly cause?: unknown;
};

/** The one error of the house: what ends a request, and how it is told. */
export class GatewayError extends Error {
  readonly code: ErrorCode;
  readonly details: Details;

  constructor(code: ErrorCode, details: Details) {
    super(details.message, { cause: details.cause });
    this.name = 'GatewayError';
    this.code = code;
    this.details = details;
  }

  get status(): number {
    return rows[this.code].status;
  }

  get blame(): Blame {
    return rows[this.code].blame;
  }

  get source(): Source {
    return this.details.provider === undefined ? 'gateway' : 'provider';
  }
}

/** Makes a GatewayError of whatever was thrown; what nobody expected stays behind `cause`, out of the caller's sight. */
export function asGatewayError(error: unknown): GatewayError {
  if (error instanceof GatewayError) return error;
  return new GatewayError('internal_error', {
    message: 'The gateway failed unexpectedly. Quote the request id to its operator.',
    cause: error,
  });
}

/** OpenAI's error body, with our fields beside the four every SDK reads. */
export function toErrorBody(error: GatewayError, requestId: string) {
  const { param, provider, attempts, limit } = error.details;
  return {
    error: {
      message: error.message,
      type: rows[error.code].type,
      param: param ?? null,
      code: error.code,
      source: error.source,
      ...(provider === undefined ? {} : { provider }),
      request_id: requestId,
      ...(attempts === undefined ? {} : { attempts }),
      ...(limit === undefined ? {} : { limit }),
    },
  };
}

/** The response headers of a failure: what was tried, and whether and when an SDK should try again. */
export function toErrorHeaders(error: GatewayError): Record<string, string> {
  const { retryAfterMs, attempts, ownMs, allow, headers } = error.details;
  return {
    ...headers,
    ...(allow && { allow: allow.join(', ') }),
    ...(attempts && { 'x-sluice-attempts': attemptList(attempts) }),
    ...(ownMs !== undefined && { 'server-timing': `gateway;dur=${ownMs.toFixed(2)}` }),
    ...(retryAfterMs !== undefined && {
      'retry-after': String(Math.ceil(retryAfterMs / 1000)),
      'retry-after-ms': String(Math.ceil(retryAfterMs)),
    }),
    ...(error.blame !== 'moment' && { 'x-should-retry': 'false' }),
  };
}

/** `anthropic:503,bedrock:200`: one entry an upstream call, in order. */
export function attemptList(
  attempts: readonly { readonly provider: string; readonly status: number | string }[],
): string {
  return attempts.map(({ provider, status }) => `${provider}:${status}`).join(',');
}
