import { describe, expect, test } from 'vitest';
import { failureOf } from '../../support/bytes.ts';
import { lab, read, said } from '../../support/compatible-stream.ts';
import { provider } from './asking.ts';

// Every refusal here is synthetic: written by hand after what the vendors document and were seen to send.
const refused = (status: number, body: unknown, headers: Record<string, string> = {}, vendor = 'vllm') =>
  provider(vendor, { baseUrl: 'https://vendor.example/v1' })
    .chat('m')
    .toError(status, headers, typeof body === 'string' ? body : JSON.stringify(body), 'lab');

describe('a refusal tells its reason, in whatever shape', () => {
  const invalid = { code: 'invalid_request_error', status: 400 };
  test.each([
    [
      'a text for an error',
      400,
      { code: 'Client specified an invalid argument', error: 'No such parameter.' },
      { message: 'No such parameter.' },
    ],
    [
      'a number for a code',
      400,
      { error: { code: 400, message: 'Bad.', type: 'invalid_request_error' } },
      { message: 'Bad.' },
    ],
    ['no type', 400, { error: { code: 'BadRequest', message: 'Bad.' } }, { message: 'Bad.' }],
    [
      'no error object',
      400,
      { object: 'error', message: 'Bad.', type: 'invalid_model', param: 'model', code: '1500' },
      { message: 'Bad.', details: { param: 'model' } },
    ],
    ['a detail', 422, { detail: 'Bad.' }, { message: 'Bad.' }],
    [
      'a list of details',
      422,
      {
        detail: [
          { loc: ['body', 'messages', 0, 'role'], msg: 'Wrong role.' },
          { loc: ['body', 'n'], msg: 'Too many.' },
        ],
      },
      { message: 'messages.0.role: Wrong role.; n: Too many.', details: { param: 'messages.0.role' } },
    ],
    [
      'a list in a message',
      422,
      { object: 'error', message: { detail: [{ loc: ['body', 'top_k'], msg: 'Extra inputs are not permitted' }] } },
      { message: 'top_k: Extra inputs are not permitted', details: { param: 'top_k' } },
    ],
    [
      'a list beside a message',
      422,
      {
        error: {
          code: 'Invalid input',
          message: 'invalid input error',
          details: [{ loc: ['body', 'tool_choice'], msg: 'Should be a string' }],
          status: 422,
        },
      },
      { message: 'invalid input error; tool_choice: Should be a string', details: { param: 'tool_choice' } },
    ],
    [
      'a provider behind it',
      400,
      {
        error: {
          code: 400,
          message: 'Provider returned error',
          metadata: { raw: '{"error":{"message":"No images."}}' },
        },
      },
      { message: 'No images.' },
    ],
    [
      'JSON in a text',
      422,
      { object: 'error', message: '{"detail":[{"loc":["body","n"],"msg":"Extra"}]}' },
      { message: 'n: Extra' },
    ],
    ['a list of one', 400, [{ error: { message: 'Bad.' } }], { message: 'Bad.' }],
    ['a page', 400, '<html><h1>400</h1></html>', { message: 'lab refused the request (400).' }],
  ])('%s', (_, status, body, wanted) => {
    expect(refused(status, body)).toMatchObject({ ...invalid, ...wanted });
  });
});

describe('what a refusal means', () => {
  test.each([
    "This model's maximum context length is 8192 tokens. However, you requested 9000 tokens.",
    'prompt too long; exceeded max context length by 1119046 tokens',
    'The total length of all messages is too long.',
    'too many tokens: size limit exceeded by 25836 tokens.',
    "This model's maximum prompt length is 131072 but the request contains 537812 tokens.",
    'Prompt contains 40004 tokens, too large for model with 32768 maximum context length',
    'the request exceeds the available context size, try increasing it',
    '`inputs` tokens + `max_new_tokens` must be <= 8193. Given: 9000',
    'The input token count (1200000) exceeds the maximum number of tokens allowed (1048576).',
    'Please reduce the length of the messages or completion.',
  ])('%s is a prompt too long', (message) => {
    expect(refused(400, { error: { message } }).code).toBe('context_length_exceeded');
    expect(refused(413, { message }).code).toBe('context_length_exceeded');
    expect(refused(500, { message }).code).toBe('provider_error');
  });

  test.each([
    ["Invalid 'stop': array too long. Expected an array with maximum length 4.", 'invalid_request_error'],
    ["Invalid 'user': string too long. Expected a string with maximum length 64.", 'invalid_request_error'],
    ['function name is too long', 'invalid_request_error'],
    ['The input name is too long.', 'invalid_request_error'],
    ['The stop sequence is too long.', 'invalid_request_error'],
    ['The function name length exceeds the maximum of 64.', 'invalid_request_error'],
    ['Content Exists Risk', 'content_filter'],
    [
      'Incorrect API key provided: xa***23. You can obtain an API key from https://console.x.ai.',
      'provider_credentials',
    ],
  ])('%s is %s', (message, code) => {
    expect(refused(400, { code: 'x', error: message }).code).toBe(code);
  });

  test.each([
    [
      'an empty account',
      429,
      {
        error: { message: 'You exceeded your current quota.', type: 'insufficient_quota', code: 'insufficient_quota' },
      },
      'provider_credentials',
    ],
    [
      'a rate',
      429,
      { error: { message: 'Rate limit reached', type: 'tokens', code: 'rate_limit_exceeded' } },
      'rate_limit_exceeded',
    ],
    [
      'a moderated prompt',
      403,
      { error: { code: 403, message: 'Flagged.', metadata: { reasons: ['violence'], flagged_input: '…' } } },
      'content_filter',
    ],
    [
      'a country',
      403,
      { error: { code: 'unsupported_country_region_territory', message: 'No.' } },
      'provider_credentials',
    ],
    ['a filter', 400, { error: { code: 'data_inspection_failed', message: 'No.' } }, 'content_filter'],
    [
      'a call the model got wrong',
      400,
      { error: { code: 'tool_use_failed', message: 'Failed to call a function.', failed_generation: '{' } },
      'invalid_request_error',
    ],
    [
      'a text beyond all bounds',
      400,
      { error: { code: 'string_above_max_length', param: 'messages[0].content', message: 'string too long' } },
      'context_length_exceeded',
    ],
    [
      'a name beyond all bounds',
      400,
      { error: { code: 'string_above_max_length', param: 'messages[0].name', message: 'string too long' } },
      'invalid_request_error',
    ],
    [
      'an id beyond all bounds',
      400,
      {
        error: { code: 'string_above_max_length', param: 'messages[1].tool_calls[0].id', message: 'string too long' },
      },
      'invalid_request_error',
    ],
  ])('%s of %i', (_, status, body, code) => {
    expect(refused(status, body).code).toBe(code);
  });

  test('of a status only one vendor has is that vendor’s', () => {
    expect(refused(498, {}, {}, 'groq').code).toBe('provider_overloaded');
    expect(refused(498, {}).code).toBe('invalid_request_error');
  });

  test.each([
    [{ 'retry-after': '1', 'retry-after-ms': '0' }, 1000],
    [{ 'retry-after': 'Mon, 23 Nov 2026 10:00:30 GMT', date: 'Mon, 23 Nov 2026 10:00:00 GMT' }, 30_000],
    [{ 'retry-after': 'Mon, 23 Nov 2026 10:00:30 GMT' }, undefined],
    [{ 'retry-after': '99999999999' }, 86_400_000],
  ])('asks to wait as %j says', (headers, ms) => {
    expect(refused(429, {}, headers).details.retryAfterMs).toBe(ms);
  });

  test.each([
    'csk-abcdefghijklmnop',
    'pplx-abcdefghijklmnop',
    'eyJhbGciOi.eyJzdWIi.c2lnbmF0dXJl',
    '0123456789abcdef0123456789abcdef',
  ])('never quotes a key: %s', (secret) => {
    expect(refused(400, { message: `You wrote ${secret} there.` }).message).toBe('You wrote [key] there.');
  });
});

describe('an error inside an answer', () => {
  test.each([
    [{ error: { code: 429, message: 'Slow down.' } }, 'rate_limit_exceeded'],
    [{ error: { code: 503, message: 'No provider.' } }, 'provider_overloaded'],
    [{ error: { code: 400, message: 'Token limit reached' } }, 'provider_error'],
    [{ error: { code: 'tool_use_failed', status_code: 400, message: 'x' } }, 'provider_error'],
    [{ error: { code: 400, message: 'The prompt is too long.' } }, 'context_length_exceeded'],
    [{ error: { code: 'content_filter', message: 'x' } }, 'content_filter'],
    [{ object: 'error', message: 'x', code: 500 }, 'provider_error'],
    [{ object: 'Error', detail: 'x' }, 'provider_error'],
    [{ message: 'x' }, 'provider_error'],
  ])('%j is %s', async (wire, code) => {
    expect(await failureOf(read([said(wire)]))).toMatchObject({ code, source: 'provider' });
    expect(() =>
      lab.fromWhole?.(JSON.stringify(wire), { provider: 'lab', stamp: { id: 'i', created: 1, model: 'm' } }),
    ).toThrow();
  });
});
