import { describe, expect, test } from 'vitest';
import { dialect } from './answers.ts';

const refusal = (status: number, error: object, headers = {}) =>
  dialect.toError(status, headers, JSON.stringify({ error }), 'gemini');

describe('a refusal', () => {
  test.each([
    [400, 'INVALID_ARGUMENT', 'Please use a valid role: user, model.', 'invalid_request_error', 400],
    [400, 'FAILED_PRECONDITION', 'User location is not supported for the API use.', 'provider_credentials', 502],
    [400, 'INVALID_ARGUMENT', 'Function name is too long.', 'invalid_request_error', 400],
    [400, 'INVALID_ARGUMENT', 'The stop sequence is too long.', 'invalid_request_error', 400],
    [400, 'INVALID_ARGUMENT', 'The prompt is too long.', 'context_length_exceeded', 400],
    [
      400,
      'FAILED_PRECONDITION',
      'The File abc is not in an ACTIVE state and usage is not allowed.',
      'invalid_request_error',
      400,
    ],
    [401, 'UNAUTHENTICATED', 'Request had invalid authentication credentials.', 'provider_credentials', 502],
    [403, 'PERMISSION_DENIED', 'Permission denied on resource.', 'provider_credentials', 502],
    [403, 'PERMISSION_DENIED', 'You do not have permission to access the File abc.', 'invalid_request_error', 400],
    [404, 'NOT_FOUND', 'models/gemini-0 is not found.', 'model_not_found', 404],
    [429, 'RESOURCE_EXHAUSTED', 'Quota exceeded.', 'rate_limit_exceeded', 429],
    [500, 'INTERNAL', 'An internal error has occurred.', 'provider_error', 502],
    [503, 'UNAVAILABLE', 'The model is overloaded.', 'provider_overloaded', 503],
    [504, 'DEADLINE_EXCEEDED', 'Deadline expired.', 'timeout', 504],
    [
      400,
      'INVALID_ARGUMENT',
      'The input token count (1200000) exceeds the maximum number of tokens allowed (1048576).',
      'context_length_exceeded',
      400,
    ],
    [400, 'INVALID_ARGUMENT', 'Request payload size exceeds the limit: 20971520 bytes.', 'request_too_large', 413],
  ])('%i %s "%s" is %s', (code, status, message, ours, oursStatus) => {
    const error = refusal(code, { code, status, message });
    expect([error.code, error.status, error.source]).toEqual([ours, oursStatus, 'provider']);
    expect(error.details.upstreamStatus).toBe(code);
    const quoted = ['invalid_request_error', 'context_length_exceeded'].includes(ours);
    expect(error.message.includes(message)).toBe(quoted);
  });

  test('of a key is told as a bad argument, and is the operator’s', () => {
    const details = [{ '@type': 'type.googleapis.com/google.rpc.ErrorInfo', reason: 'API_KEY_INVALID' }];
    const error = refusal(400, { code: 400, status: 'INVALID_ARGUMENT', message: 'API key not valid.', details });
    expect([error.code, error.blame]).toEqual(['provider_credentials', 'target']);
  });

  test('says when to try again', () => {
    const details = [{ '@type': 'type.googleapis.com/google.rpc.RetryInfo', retryDelay: '34.4s' }];
    const error = { code: 429, status: 'RESOURCE_EXHAUSTED', message: 'Slow down.' };
    expect(refusal(429, { ...error, details }).details.retryAfterMs).toBe(34_400);
    expect(refusal(429, error, { 'retry-after': '3' }).details.retryAfterMs).toBe(3000);
    expect(refusal(429, error, { 'retry-after-ms': '1500' }).details.retryAfterMs).toBe(1500);
    const date = 'Wed, 21 Oct 2026 07:28:00 GMT';
    const until = { date, 'retry-after': 'Wed, 21 Oct 2026 07:28:05 GMT' };
    expect(refusal(429, error, until).details.retryAfterMs).toBe(5000);
    expect(refusal(429, { ...error, details }, until).details.retryAfterMs).toBe(34_400);
    expect(refusal(429, error).details.retryAfterMs).toBeUndefined();
  });

  test('may be alone in a list', () => {
    const body = JSON.stringify([{ error: { code: 400, status: 'INVALID_ARGUMENT', message: 'Bad.' } }]);
    expect(dialect.toError(400, {}, body, 'vertex').message).toBe('Bad.');
  });

  test('that is no JSON goes by its status', () => {
    expect(dialect.toError(502, {}, '<html>', 'gemini').code).toBe('provider_error');
    expect(dialect.toError(429, {}, '', 'gemini').code).toBe('rate_limit_exceeded');
    expect(dialect.toError(302, {}, '', 'gemini').code).toBe('provider_credentials');
    expect(dialect.toError(418, {}, '[]', 'gemini').message).toBe('gemini refused the request (418).');
  });

  test('never quotes a key', () => {
    const message = `Bad key AIza${'x'.repeat(35)} or Bearer ya29.abcdef-ghi.`;
    expect(refusal(400, { status: 'INVALID_ARGUMENT', message }).message).not.toMatch(/AIza|ya29/);
  });
});
