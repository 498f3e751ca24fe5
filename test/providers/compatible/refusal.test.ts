import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { toErrorHeaders } from '../../../lib/errors.ts';
import { toError } from '../../../lib/providers/compatible/refusal.ts';

const refused = (status: number, body: unknown = {}, headers: Record<string, string> = {}) =>
  toError(status, headers, typeof body === 'string' ? body : JSON.stringify(body), 'lab');
const reason = (message: string, more: object = {}) => ({ error: { message, ...more } });

describe('a refusal', () => {
  test.each([
    [300, 'provider_credentials', 502, 'target'],
    [302, 'provider_credentials', 502, 'target'],
    [307, 'provider_credentials', 502, 'target'],
    [400, 'invalid_request_error', 400, 'caller'],
    [401, 'provider_credentials', 502, 'target'],
    [402, 'provider_credentials', 502, 'target'],
    [403, 'provider_credentials', 502, 'target'],
    [404, 'model_not_found', 404, 'target'],
    [408, 'timeout', 504, 'moment'],
    [409, 'invalid_request_error', 400, 'caller'],
    [413, 'request_too_large', 413, 'caller'],
    [418, 'invalid_request_error', 400, 'caller'],
    [422, 'invalid_request_error', 400, 'caller'],
    [429, 'rate_limit_exceeded', 429, 'moment'],
    [500, 'provider_error', 502, 'moment'],
    [502, 'provider_error', 502, 'moment'],
    [503, 'provider_overloaded', 503, 'moment'],
    [504, 'timeout', 504, 'moment'],
    [520, 'provider_error', 502, 'moment'],
    [529, 'provider_overloaded', 503, 'moment'],
    [599, 'provider_error', 502, 'moment'],
  ])('of %i is %s: %i for the caller, and the %s is to blame', (upstreamStatus, code, status, blame) => {
    const error = refused(upstreamStatus, reason('canary', { param: 'p' }));
    expect(error).toMatchObject({
      code,
      status,
      blame,
      source: 'provider',
      details: { provider: 'lab', upstreamStatus },
    });
    // Only what the caller did wrong is told in the provider's words.
    expect(error.message.includes('canary')).toBe(code === 'invalid_request_error');
    expect('param' in error.details).toBe(code === 'invalid_request_error');
  });

  test('always says something, whatever the provider says', () => {
    const bodies = fc.oneof(
      fc.string(),
      fc.jsonValue().map((value) => JSON.stringify(value)),
      fc.constantFrom(
        '{"error":{"code":"context_length_exceeded"}}',
        '{"error":{"code":"content_filter"}}',
        '<html>no</html>',
        '',
      ),
    );
    fc.assert(
      fc.property(fc.integer({ min: 300, max: 599 }), bodies, (status, body) => {
        const error = refused(status, body);
        expect(error.message).not.toBe('');
        expect(error.status).toBeGreaterThanOrEqual(400);
      }),
      { numRuns: 300 },
    );
  });

  test.each([
    [400, reason('x', { code: 'context_length_exceeded' })],
    [400, reason("This model's maximum context length is 8192 tokens.")],
    [422, reason('Please reduce: the prompt is too long')],
    [400, { message: 'Input exceeds the context length' }],
    [400, { error: 'too many tokens' }],
    [400, { detail: 'Requested context_length is over' }],
  ])('of %i for a prompt too long (%j) is the target’s: another may hold it', (status, body) => {
    expect(refused(status, body)).toMatchObject({ code: 'context_length_exceeded', status: 400, blame: 'target' });
  });

  test('by a content filter is the caller’s', () => {
    expect(refused(400, reason('no', { code: 'content_filter' }))).toMatchObject({
      code: 'content_filter',
      blame: 'caller',
    });
  });

  test.each([
    { type: 'insufficient_quota', code: 'insufficient_quota', param: null },
    { type: 'insufficient_quota' },
    { code: 'insufficient_quota' },
    { code: 'credit_balance_exhausted' },
  ])('of 429 for an empty account (%j) is no rate: no waiting ends it', (more) => {
    const error = refused(429, reason('You exceeded your current quota: sk-canary-0123456789', more));
    expect(error).toMatchObject({ code: 'provider_credentials', status: 502, blame: 'target' });
    expect(error.message).toContain('credit');
    expect(error.message).not.toContain('canary');
    expect(toErrorHeaders(error)).toMatchObject({ 'x-should-retry': 'false' });
    expect(refused(429, reason('slow down', { code: 'rate_limit_exceeded' }))).toMatchObject({ blame: 'moment' });
  });

  test.each([
    [reason('why', { param: 'tools' }), 'why'],
    [{ error: 'why' }, 'why'],
    [{ message: 'why' }, 'why'],
    [{ detail: 'why' }, 'why'],
    [{ error: { message: 7 } }, 'lab refused the request (400).'],
    ['<html><body>Bad Request canary</body></html>', 'lab refused the request (400).'],
    ['', 'lab refused the request (400).'],
    ['null', 'lab refused the request (400).'],
  ])('that says %j tells %s', (body, message) => {
    expect(refused(400, body).message).toBe(message);
  });

  test('tells a thousand characters at most', () => {
    expect(refused(400, reason('x'.repeat(5000))).message).toHaveLength(1000);
  });

  test.each([
    'sk-proj-abcdefghijklmnop',
    'sk-ant-api03-abcdefghijkl',
    'gsk_abcdefghijklmnopqrst',
    'xai-abcdefghijklmnop',
    'pk-abcdefghijkl',
    'key_abcdefghijklmnop',
    'Bearer anything.at-all_123',
  ])('never quotes a key: %s', (secret) => {
    const { message } = refused(400, reason(`You wrote ${secret} there.`));
    expect(message).not.toContain(secret.replace('Bearer ', ''));
    expect(message).toContain('[key]');
  });

  test('may name codes that are neither words nor numbers', () => {
    const odd = { toString: 1, valueOf: {} };
    expect(refused(400, reason('Bad.', { code: odd, status: odd, type: [odd] }))).toMatchObject({ message: 'Bad.' });
    const detail = [{ loc: ['body', odd, 'n', 0], msg: 'Bad.' }];
    expect(refused(422, { detail })).toMatchObject({ message: 'n.0: Bad.', details: { param: 'n.0' } });
  });

  test('never quotes a key as the field at fault', () => {
    const { details } = refused(400, reason('x', { param: 'sk-proj-abcdefghijklmnop' }));
    expect(JSON.stringify(details)).not.toContain('abcdefghijklmnop');
  });
});

describe('how long a provider asks to wait', () => {
  test.each([
    [{ 'retry-after': '7' }, 7000],
    [{ 'retry-after': '0' }, 0],
    [{ 'retry-after': '0.5' }, 500],
    [{ 'retry-after-ms': '250' }, 250],
    [{ 'retry-after-ms': '250', 'retry-after': '7' }, 250],
    [{ 'retry-after-ms': 'soon', 'retry-after': '7' }, 7000],
    [{ 'retry-after': '-1' }, undefined],
    [{ 'retry-after': 'soon' }, undefined],
    [{}, undefined],
  ])('%j is %s ms', (headers, ms) => {
    expect(refused(429, {}, headers as Record<string, string>).details.retryAfterMs).toBe(ms);
  });

  test('is a number of seconds for the caller, whatever the provider writes', () => {
    const written = fc.oneof(
      fc.string(),
      fc.constantFrom('', ' ', 'Infinity', '1e999', '1e30', '0x10', '-0', 'NaN'),
      fc.double().map(String),
    );
    fc.assert(
      fc.property(written, fc.constantFrom('retry-after', 'retry-after-ms'), (value, name) => {
        const headers = toErrorHeaders(refused(429, {}, { [name]: value }));
        expect(headers['retry-after'] ?? '0').toMatch(/^\d+$/);
        expect(headers['retry-after-ms'] ?? '0').toMatch(/^\d+$/);
      }),
    );
  });

  test('is not told when the provider says nothing', () => {
    expect(refused(429, {}, { 'retry-after': '' }).details).not.toHaveProperty('retryAfterMs');
  });
});
