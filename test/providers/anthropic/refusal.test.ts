import { describe, expect, test } from 'vitest';
import { claude } from './dialogue.ts';

// Synthetic: written by hand after https://platform.claude.com/docs/en/api/errors
const body = (type: string, message: string) =>
  JSON.stringify({ type: 'error', error: { type, message }, request_id: 'r' });
const refusal = (status: number, text: string, headers = {}) =>
  claude.chat('').toError(status, headers, text, 'anthropic');

describe('a refusal', () => {
  test.each([
    [400, 'invalid_request_error', 'messages: at least one message is required', 'invalid_request_error', 400],
    [400, 'invalid_request_error', 'prompt is too long: 9 tokens > 5 maximum', 'context_length_exceeded', 400],
    [
      400,
      'invalid_request_error',
      'input length and `max_tokens` exceed context limit: 9 > 5',
      'context_length_exceeded',
      400,
    ],
    [400, 'invalid_request_error', 'Output blocked by content filtering policy', 'content_filter', 400],
    [400, 'invalid_request_error', 'Your credit balance is too low', 'provider_credentials', 502],
    [401, 'authentication_error', 'invalid x-api-key', 'provider_credentials', 502],
    [402, 'billing_error', 'Pay', 'provider_credentials', 502],
    [403, 'permission_error', 'No', 'provider_credentials', 502],
    [404, 'not_found_error', 'model: claude-x', 'model_not_found', 404],
    [413, 'request_too_large', 'Too large', 'request_too_large', 413],
    [429, 'rate_limit_error', 'Slow down', 'rate_limit_exceeded', 429],
    [500, 'api_error', 'Oops', 'provider_error', 502],
    [504, 'timeout_error', 'Late', 'timeout', 504],
    [529, 'overloaded_error', 'Overloaded', 'provider_overloaded', 503],
  ])('%d %s "%s" is %s', (status, type, message, code, ours) => {
    expect(refusal(status, body(type, message))).toMatchObject({ code, status: ours, source: 'provider' });
  });

  test.each([
    [429, '[{"error":{"code":429,"message":"Quota","status":"RESOURCE_EXHAUSTED"}}]', 'rate_limit_exceeded'],
    [403, '{"error":{"code":403,"message":"No","status":"PERMISSION_DENIED"}}', 'provider_credentials'],
    [503, '<html>', 'provider_overloaded'],
    [418, '', 'invalid_request_error'],
    [302, '', 'provider_credentials'],
  ])('%d without a word of Anthropic’s goes by its status', (status, text, code) => {
    expect(refusal(status, text)).toMatchObject({ code, details: { upstreamStatus: status } });
  });

  test('names the field by the caller’s name for it', () => {
    const param = (message: string) => refusal(400, body('invalid_request_error', message)).details.param;
    expect(param('max_tokens: 9 > 5')).toBe('max_tokens');
    expect(param('tools.0.custom.input_schema.type: Field required')).toBe('tools');
    expect(param('stop_sequences: too many')).toBe('stop');
    expect(param('This model: no')).toBeUndefined();
  });

  test('keeps the wait and hides the key', () => {
    expect(refusal(429, body('rate_limit_error', 'x'), { 'retry-after': '35' }).details.retryAfterMs).toBe(35_000);
    expect(refusal(429, body('rate_limit_error', 'x'), { 'retry-after-ms': '1500' }).details.retryAfterMs).toBe(1500);
    const { message } = refusal(400, body('invalid_request_error', 'The key sk-ant-api03-abcdefghijk is odd'));
    expect(message).toBe('The key [key] is odd');
  });
});
