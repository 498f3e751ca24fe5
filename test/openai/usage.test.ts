import fc from 'fast-check';
import { expect, test } from 'vitest';
import { costOf, toRates } from '../../lib/catalog/price.ts';
import { completionTokens, noUsage, promptTokens } from '../../lib/catalog/usage.ts';
import type { UsageView } from '../../lib/openai/answer.ts';
import { isUsage, toUsage } from '../../lib/openai/usage.ts';

const view = (prompt: number, completion: number, more: object = {}): UsageView => ({
  prompt_tokens: prompt,
  completion_tokens: completion,
  total_tokens: prompt + completion,
  ...more,
});

test('every detail has a bucket of its own, and what is left is text', () => {
  const told = view(1000, 500, {
    prompt_tokens_details: {
      cached_tokens: 100,
      cache_write_tokens: 70,
      cache_write_5m_tokens: 50,
      cache_write_1h_tokens: 20,
      audio_tokens: 30,
    },
    completion_tokens_details: { reasoning_tokens: 200, audio_tokens: 100 },
  });
  expect(toUsage(told)).toEqual({
    ...noUsage,
    input: 800,
    cacheRead: 100,
    cacheWrite: 50,
    cacheWrite1h: 20,
    audioInput: 30,
    output: 200,
    reasoning: 200,
    audioOutput: 100,
  });
});

test.each([
  [{ cache_write_tokens: 70 }, 70, 0],
  [{ cache_write_tokens: 70, cache_write_1h_tokens: 20 }, 50, 20],
  [{ cache_write_tokens: 70, cache_write_5m_tokens: 10, cache_write_1h_tokens: 20 }, 50, 20],
  [{ cache_write_5m_tokens: 70 }, 70, 0],
  [{ cache_write_tokens: 70, cache_write_5m_tokens: 0, cache_write_1h_tokens: 70 }, 0, 70],
  [{ cache_write_tokens: null, cache_write_1h_tokens: null }, 0, 0],
])('%j is written for minutes unless it is said to be for an hour', (details, minutes, hour) => {
  const usage = toUsage(view(100, 0, { prompt_tokens_details: details }));
  expect([usage.cacheWrite, usage.cacheWrite1h, usage.input]).toEqual([minutes, hour, 100 - minutes - hour]);
});

const odd = fc.oneof(fc.nat({ max: 2000 }), fc.constantFrom(null, undefined, -5, 0.5, '7', Number.NaN));

test('buckets are never negative, and sum to what was read and written, whatever the details say', () => {
  const details = fc.record({
    cached_tokens: odd,
    cache_write_tokens: odd,
    cache_write_5m_tokens: odd,
    cache_write_1h_tokens: odd,
    audio_tokens: odd,
    reasoning_tokens: odd,
  });
  fc.assert(
    fc.property(fc.nat({ max: 2000 }), fc.nat({ max: 2000 }), details, details, (prompt, completion, read, written) => {
      const told = { prompt_tokens_details: read, completion_tokens_details: written };
      const usage = toUsage(JSON.parse(JSON.stringify(view(prompt, completion, told))));
      expect(promptTokens(usage)).toBe(prompt);
      expect(completionTokens(usage)).toBe(completion);
      expect(Object.values(usage).every((each) => typeof each !== 'number' || each >= 0)).toBe(true);
    }),
  );
});

test('where details overlap, the dearer kind has its tokens', () => {
  const told = { prompt_tokens_details: { cached_tokens: 80, audio_tokens: 50 } };
  expect(toUsage(view(100, 0, told))).toMatchObject({ audioInput: 50, cacheRead: 50, input: 0 });
});

test('how a call was served is told by the answer or its usage, unless it is served as usual', () => {
  expect(toUsage(view(1, 1), 'priority').served).toEqual(['priority']);
  expect(toUsage(view(1, 1, { service_tier: 'SERVICE_TIER_FLEX' })).served).toEqual(['flex']);
  expect(toUsage(view(1, 1, { service_tier: 'standard', inference_geo: 'us', speed: 'fast' })).served).toEqual([
    'us',
    'fast',
  ]);
  expect(toUsage(view(1, 1, { service_tier: 'default', inference_geo: 'not_available' }))).not.toHaveProperty('served');
  expect(toUsage(view(1, 1), null)).not.toHaveProperty('served');
});

test('searches are counted, and how much they read', () => {
  const researched = view(33, 7163, {
    citation_tokens: 20_016,
    num_search_queries: 18,
    reasoning_tokens: 73_997,
    search_context_size: 'low',
  });
  expect(toUsage(researched)).toEqual({
    ...noUsage,
    input: 33,
    output: 7163,
    reasoning: 73_997,
    citation: 20_016,
    searches: 18,
    searchContext: 'low',
  });
  expect(toUsage(view(1, 1, { server_tool_use: { web_search_requests: 2 } })).searches).toBe(2);
});

test.each([
  [{ prompt_tokens: 1, completion_tokens: 0 }, true],
  [{ prompt_tokens: 1, completion_tokens: 0, total_tokens: 'x', more: {} }, true],
  [{ prompt_tokens: 1 }, false],
  [{ completion_tokens: 1 }, false],
  [{ prompt_tokens: -1, completion_tokens: 1 }, false],
  [{ prompt_tokens: 1.5, completion_tokens: 1 }, false],
  [{ prompt_tokens: '1', completion_tokens: 1 }, false],
  [{ prompt_tokens: null, completion_tokens: 1 }, false],
  [{ input_tokens: 1, output_tokens: 1 }, false],
  [null, false],
  [[], false],
  ['usage', false],
])('a usage is recognised by its two counts: %j', (value, is) => {
  expect(isUsage(value)).toBe(is);
});

test('a usage is never recognised in what is no object with two whole counts', () => {
  fc.assert(
    fc.property(fc.anything(), (value) => {
      if (isUsage(value))
        expect(
          [value.prompt_tokens, value.completion_tokens].every((each) => Number.isSafeInteger(each) && each >= 0),
        ).toBe(true);
    }),
  );
});

test('a usage with any nonsense in its details can still be priced, at no less than its totals', () => {
  const tokens = fc.nat(1_000_000);
  const nonsense = fc.oneof(
    fc.constantFrom(-1, 1.5, Number.MAX_VALUE, '7', true, [], {}, null, undefined),
    fc.jsonValue({ maxDepth: 1 }),
  );
  const details = fc.record({ cached_tokens: nonsense, cache_write_tokens: nonsense, reasoning_tokens: nonsense });
  const reported = fc.record({ prompt_tokens: tokens, completion_tokens: tokens, a: details, b: details });
  const rates = toRates({ input: 1, output: 1 });
  fc.assert(
    fc.property(reported, ({ prompt_tokens, completion_tokens, a, b }) => {
      const value: unknown = {
        prompt_tokens,
        completion_tokens,
        prompt_tokens_details: a,
        completion_tokens_details: b,
      };
      if (!isUsage(value)) throw new Error('The totals are good.');
      const usage = toUsage(value);
      expect(promptTokens(usage) + completionTokens(usage)).toBeGreaterThanOrEqual(prompt_tokens + completion_tokens);
      expect(costOf(rates, usage)).toBeGreaterThanOrEqual(0);
    }),
  );
});

test.each([{}, { prompt_tokens_details: null, completion_tokens_details: null }, { prompt_tokens_details: {} }])(
  'a usage without details (%j) is all input and output',
  (details) => {
    expect(toUsage(view(7, 5, details))).toEqual({ ...noUsage, input: 7, output: 5 });
  },
);

test('an object with token counts is a usage', () => {
  expect(isUsage(view(0, 0))).toBe(true);
  for (const wrong of [null, 'usage', {}, { prompt_tokens: 1 }, { prompt_tokens: -1, completion_tokens: 1 }])
    expect(isUsage(wrong)).toBe(false);
});
