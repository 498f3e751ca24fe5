import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { toDuration, toRateHeaders } from '../../lib/pipeline/rate-headers.ts';

describe('the rates of a caller', () => {
  test('are told in the headers that OpenAI has for them', () => {
    expect(
      toRateHeaders({
        requests: { limit: 60, remaining: 59, resetMs: 1_000 },
        tokens: { limit: 150_000, remaining: 149_984, resetMs: 90_500 },
      }),
    ).toEqual({
      'x-ratelimit-limit-requests': '60',
      'x-ratelimit-remaining-requests': '59',
      'x-ratelimit-reset-requests': '1s',
      'x-ratelimit-limit-tokens': '150000',
      'x-ratelimit-remaining-tokens': '149984',
      'x-ratelimit-reset-tokens': '1m30.5s',
    });
  });

  test('are told as far as there are any', () => {
    expect(toRateHeaders({})).toEqual({});
    expect(Object.keys(toRateHeaders({ tokens: { limit: 0, remaining: 0, resetMs: 0 } }))).toEqual([
      'x-ratelimit-limit-tokens',
      'x-ratelimit-remaining-tokens',
      'x-ratelimit-reset-tokens',
    ]);
  });
});

describe('a duration', () => {
  test.each([
    [0, '0ms'],
    [1, '1ms'],
    [120, '120ms'],
    [999, '999ms'],
    [1_000, '1s'],
    [1_001, '1.001s'],
    [1_500, '1.5s'],
    [59_999, '59.999s'],
    [60_000, '1m0s'],
    [90_500, '1m30.5s'],
    [119_999, '1m59.999s'],
    [360_000, '6m0s'],
  ])('of %i ms is written as OpenAI writes it: %s', (ms, text) => {
    expect(toDuration(ms)).toBe(text);
  });

  test('is read back as what it was', () => {
    const read = (text: string) => {
      const {
        minutes = '0',
        seconds = '0',
        ms,
      } = /^(?:(?<ms>\d+)ms|(?:(?<minutes>\d+)m)?(?<seconds>\d+(?:\.\d{1,3})?)s)$/.exec(text)?.groups ?? {};
      return ms === undefined ? Math.round(Number(minutes) * 60_000 + Number(seconds) * 1_000) : Number(ms);
    };
    fc.assert(
      fc.property(fc.nat(3_600_000), (ms) => {
        expect(read(toDuration(ms))).toBe(ms);
      }),
      { numRuns: 1_000 },
    );
  });
});
