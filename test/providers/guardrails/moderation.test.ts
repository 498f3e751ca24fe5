import { describe, expect, test } from 'vitest';
import { moderation } from '../../../lib/providers/guardrails/moderation.ts';
import { thrownBy } from '../../support/bytes.ts';

const baseUrl = 'https://api.example/v1';
const usual = moderation({ provider: 'openai' }, baseUrl);

/** An answer in the shape that OpenAI documents. https://platform.openai.com/docs/api-reference/moderations/object */
const verdict = (...results: object[]) =>
  usual.fromProvider(JSON.stringify({ id: 'modr-1', model: 'omni-moderation-latest', results }), 'openai');
const result = (flagged: boolean, categories: Readonly<Record<string, unknown>> = {}) => ({
  flagged,
  categories,
  category_scores: { violence: 0.9 },
});

describe('a question to a moderation', () => {
  test('is the text alone, on either side, to the model that judges', () => {
    const asked = {
      via: 'http',
      method: 'POST',
      url: 'https://api.example/v1/moderations',
      headers: { 'content-type': 'application/json', accept: 'application/json' },
      body: '{"model":"omni-moderation-latest","input":"Is \\"this\\" fine?"}',
    };
    expect(usual.toProvider('Is "this" fine?', 'input')).toEqual(asked);
    expect(usual.toProvider('Is "this" fine?', 'output')).toEqual(asked);
    const own = moderation({ provider: 'lab', model: 'guard-8b' }, baseUrl);
    expect(own.toProvider('x', 'input')).toMatchObject({ body: '{"model":"guard-8b","input":"x"}' });
    expect([own.model, usual.model]).toEqual(['guard-8b', 'omni-moderation-latest']);
  });

  test('costs nothing, and nothing is held for it', () => {
    expect(usual.ceiling('x'.repeat(25_000))).toBe(0);
    expect(verdict(result(true, { violence: true })).nanoDollars).toBe(0);
  });
});

describe('the verdict of a moderation', () => {
  test('lets pass what is not flagged, whatever scores it has', () => {
    expect(verdict(result(false, { violence: false })).blocked).toEqual([]);
    expect(verdict(result(false), result(false)).blocked).toEqual([]);
  });

  test('names what was flagged, each category once and in order', () => {
    const first = result(true, { violence: true, 'self-harm/intent': true, hate: false, illicit: null });
    expect(verdict(first, result(false, { hate: true }), result(true, { violence: true })).blocked).toEqual([
      'self-harm/intent',
      'violence',
    ]);
  });

  test('that flags and names nothing, or nothing that is a name, blocks all the same', () => {
    expect(verdict(result(true)).blocked).toEqual(['flagged']);
    expect(verdict({ flagged: true }).blocked).toEqual(['flagged']);
    expect(verdict(result(true, { 'it said "heck"': true, ['x'.repeat(65)]: true })).blocked).toEqual(['flagged']);
  });

  test.each([
    '',
    '<html>',
    'null',
    '{}',
    '{"results":[]}',
    '{"results":{"flagged":false}}',
    '{"results":[{}]}',
    '{"results":[{"flagged":"false"}]}',
    '{"results":[{"flagged":false},{}]}',
    '{"error":{"message":"Busy."}}',
  ])('is not to be had from %s', (body) => {
    expect(thrownBy(() => usual.fromProvider(body, 'openai'))).toMatchObject({
      code: 'provider_error',
      blame: 'moment',
    });
  });
});

test.each([
  [429, 'Slow down.', 'rate_limit_exceeded', 'moment'],
  [401, 'Bad key.', 'provider_credentials', 'target'],
  [403, 'Not yours.', 'provider_credentials', 'target'],
  [404, 'No such model.', 'model_not_found', 'target'],
  [500, '', 'provider_error', 'moment'],
])('a refusal of %i (%s) is %s', (status, message, code, blame) => {
  const error = usual.toError(status, { 'retry-after': '7' }, JSON.stringify({ error: { message } }), 'openai');
  expect(error).toMatchObject({ code, blame, details: { upstreamStatus: status, retryAfterMs: 7000 } });
});
