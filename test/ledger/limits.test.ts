import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { toUsd } from '../../lib/catalog/price.ts';
import { parseNanoDollars } from '../../lib/ledger/limits.ts';

describe('dollars', () => {
  test.each([
    [0, 0],
    [-0, 0],
    [5, 5_000_000_000],
    [0.1, 100_000_000],
    [2.5, 2_500_000_000],
    [1e-9, 1],
    [1.5e-8, 15],
    [9.99e-7, 999],
    [1e-6, 1_000],
    [0.000_000_123, 123],
    [0.123_456_789, 123_456_789],
    [1_234_567.123_456_78, 1_234_567_123_456_780],
    [9_007_199, 9_007_199_000_000_000],
    [9_007_199.254_740_99, 9_007_199_254_740_990],
  ])('%d are %d nano-dollars', (dollars, nanoDollars) => {
    expect(parseNanoDollars(dollars)).toBe(nanoDollars);
    expect(Object.is(parseNanoDollars(dollars), -0)).toBe(false);
  });

  test('are read exactly, however many nano-dollars they are', () => {
    // A number of JSON holds some fifteen digits: beyond a million dollars nobody can write each nano-dollar down.
    fc.assert(
      fc.property(fc.nat({ max: 999_999_999_999_999 }), (nanoDollars) => {
        expect(parseNanoDollars(Number(toUsd(nanoDollars)))).toBe(nanoDollars);
      }),
      { numRuns: 1_000 },
    );
  });

  test.each([
    [-1, 'not negative'],
    [-1e-9, 'not negative'],
    [Number.NaN, 'write dollars'],
    [Number.POSITIVE_INFINITY, 'write dollars'],
    [0.123_456_789_1, 'at most nine decimals'],
    [1e-10, 'at most nine decimals'],
    [1.23e-8 / 10, 'at most nine decimals'],
    [1e-16, 'at most nine decimals'],
    [5e-324, 'at most nine decimals'],
    [0.1 + 0.2, 'at most nine decimals'],
    [1e21, 'write dollars'],
    [9_007_200, 'the most is 9007199 dollars'],
    [1e20, 'the most is 9007199 dollars'],
  ])('%d are refused in words: %s', (dollars, said) => {
    expect(() => parseNanoDollars(dollars)).toThrow(RangeError);
    expect(() => parseNanoDollars(dollars)).toThrow(said);
  });
});
