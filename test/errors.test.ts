import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  asGatewayError,
  attemptList,
  type ErrorCode,
  GatewayError,
  toErrorBody,
  toErrorHeaders,
} from '../lib/errors.ts';

const error = (code: ErrorCode, details: object = {}) => new GatewayError(code, { message: 'why', ...details });

describe('an error', () => {
  test.each([
    ['invalid_api_key', 401, 'invalid_request_error', 'caller'],
    ['model_not_allowed', 403, 'invalid_request_error', 'caller'],
    ['no_compliant_target', 403, 'invalid_request_error', 'caller'],
    ['invalid_request_error', 400, 'invalid_request_error', 'caller'],
    ['model_not_found', 404, 'invalid_request_error', 'target'],
    ['request_too_large', 413, 'invalid_request_error', 'caller'],
    ['rate_limit_exceeded', 429, 'rate_limit_error', 'moment'],
    ['gateway_unavailable', 503, 'server_error', 'moment'],
    ['provider_credentials', 502, 'server_error', 'target'],
    ['timeout', 504, 'server_error', 'moment'],
  ] as const)('called %s is %i, of type %s, and the %s is to blame', (code, status, type, blame) => {
    expect(error(code)).toMatchObject({ code, status, blame });
    expect(toErrorBody(error(code), 'req_1').error).toEqual({
      message: 'why',
      type,
      param: null,
      code,
      source: 'gateway',
      request_id: 'req_1',
    });
  });

  test('of a provider says whose it is, what was tried and which field was wrong', () => {
    const attempts = [{ target: 'lab/m', provider: 'lab', status: 503, message: 'busy' }];
    const { error: told } = toErrorBody(
      error('provider_error', { provider: 'lab', attempts, param: 'n', cause: 'canary' }),
      'r',
    );
    expect(told).toMatchObject({ source: 'provider', provider: 'lab', attempts, param: 'n' });
    expect(JSON.stringify(told)).not.toContain('canary');
  });

  test('tells an SDK when to try again, and when not to', () => {
    expect(toErrorHeaders(error('rate_limit_exceeded', { retryAfterMs: 1200.4 }))).toEqual({
      'retry-after': '2',
      'retry-after-ms': '1201',
    });
    expect(toErrorHeaders(error('provider_error'))).toEqual({});
    for (const code of ['invalid_request_error', 'invalid_api_key', 'model_unpriced', 'provider_credentials'] as const)
      expect(toErrorHeaders(error(code))).toEqual({ 'x-should-retry': 'false' });
  });

  test('lists what was tried, in order', () => {
    const attempts = [
      { target: 'a/m', provider: 'a', status: 503, message: '' },
      { target: 'b/m', provider: 'b', status: 'timeout', message: '' },
    ];
    expect(attemptList(attempts)).toBe('a:503,b:timeout');
    expect(toErrorHeaders(error('timeout', { attempts, ownMs: 1.234 }))).toMatchObject({
      'x-sluice-attempts': 'a:503,b:timeout',
      'server-timing': 'gateway;dur=1.23',
    });
  });

  test('made of anything that was thrown keeps it from the caller and for the operator', () => {
    fc.assert(
      fc.property(fc.anything(), (thrown) => {
        const made = asGatewayError(thrown);
        expect([made.code, made.status]).toEqual(['internal_error', 500]);
        expect(made.details.cause).toBe(thrown);
        expect(toErrorBody(made, 'r').error.message).toBe(
          'The gateway failed unexpectedly. Quote the request id to its operator.',
        );
      }),
    );
    const ours = error('timeout');
    expect(asGatewayError(ours)).toBe(ours);
  });
});
