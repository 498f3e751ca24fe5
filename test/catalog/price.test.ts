import fc from 'fast-check';
import { expect, test } from 'vitest';
import { costOf, type Price, parseDollars, toUsd } from '../../lib/catalog/price.ts';
import { noUsage } from '../../lib/catalog/usage.ts';

const price: Price = { input: 2_500_000, output: 10_000_000, cacheRead: 1_250_000, cacheWrite: 3_125_000 };

const tokens = fc.nat({ max: 10_000_000 });
const usages = fc.record({ input: tokens, cacheRead: tokens, cacheWrite: tokens, output: tokens, reasoning: tokens });
const rate = fc.nat({ max: 600_000_000 });
const prices = fc.record({ input: rate, output: rate, cacheRead: rate, cacheWrite: rate });

test('each bucket is charged at its own rate, and thinking as output', () => {
  expect(costOf(price, { ...noUsage, input: 1000 })).toBe(2_500_000);
  expect(costOf(price, { ...noUsage, cacheRead: 1000 })).toBe(1_250_000);
  expect(costOf(price, { ...noUsage, cacheWrite: 1000 })).toBe(3_125_000);
  expect(costOf(price, { ...noUsage, output: 1000 })).toBe(10_000_000);
  expect(costOf(price, { ...noUsage, reasoning: 1000 })).toBe(10_000_000);
  expect(costOf(price, { input: 1, cacheRead: 1, cacheWrite: 1, output: 1, reasoning: 1 })).toBe(26_875);
  expect(costOf(price, noUsage)).toBe(0);
});

test('a fraction of a nano-dollar is rounded up, once for the whole call', () => {
  const cheap: Price = { input: 1, output: 1, cacheRead: 1, cacheWrite: 1 };
  expect(costOf(cheap, { ...noUsage, input: 1 })).toBe(1);
  expect(costOf(cheap, { input: 1, cacheRead: 1, cacheWrite: 1, output: 1, reasoning: 1 })).toBe(1);
  expect(costOf(cheap, { ...noUsage, input: 1000 })).toBe(1);
  expect(costOf(cheap, { ...noUsage, input: 1001 })).toBe(2);
});

test('an input longer than a tier allows, cached or not, makes the whole call dearer', () => {
  const long = { above: 200_000, input: 5_000_000, output: 15_000_000, cacheRead: 2_500_000, cacheWrite: 6_250_000 };
  const longest = { ...long, above: 500_000, input: 6_000_000 };
  const tiered = { ...price, tiers: [long, longest] };
  expect(costOf(tiered, { ...noUsage, input: 100_000, cacheRead: 100_000 })).toBe(375_000_000);
  expect(costOf(tiered, { ...noUsage, input: 100_000, cacheRead: 100_001 })).toBe(750_002_500);
  expect(costOf(tiered, { ...noUsage, input: 500_001 })).toBe(3_000_006_000);
});

test('a cost is the exact sum, and less than a nano-dollar above it', () => {
  fc.assert(
    fc.property(prices, usages, (rates, usage) => {
      const pico =
        BigInt(usage.input) * BigInt(rates.input) +
        BigInt(usage.cacheRead) * BigInt(rates.cacheRead) +
        BigInt(usage.cacheWrite) * BigInt(rates.cacheWrite) +
        BigInt(usage.output + usage.reasoning) * BigInt(rates.output);
      const over = BigInt(costOf(rates, usage)) * 1000n - pico;
      return over >= 0n && over < 1000n;
    }),
  );
});

test('more of anything never costs less', () => {
  fc.assert(
    fc.property(
      prices,
      usages,
      fc.constantFrom('input', 'cacheRead', 'cacheWrite', 'output', 'reasoning'),
      (rates, usage, bucket) => {
        return costOf(rates, { ...usage, [bucket]: usage[bucket] + 1 }) >= costOf(rates, usage);
      },
    ),
  );
});

test('what cannot be told exactly is refused', () => {
  const usage = { ...noUsage, input: Number.MAX_SAFE_INTEGER };
  expect(costOf({ ...price, input: 1000 }, usage)).toBe(Number.MAX_SAFE_INTEGER);
  expect(() => costOf({ ...price, input: 1001 }, usage)).toThrow(RangeError);
  for (const tokens of [-1, 0.5, Number.NaN, Number.POSITIVE_INFINITY, 2 ** 53]) {
    expect(() => costOf(price, { ...noUsage, output: tokens })).toThrow(RangeError);
  }
});

test.each([
  [0.29, 290_000],
  ['0.29', 290_000],
  [1.1, 1_100_000],
  [0.000001, 1],
  [8.7, 8_700_000],
  [0, 0],
  ['15', 15_000_000],
  ['0.100000', 100_000],
  [75, 75_000_000],
])('%s dollars are %i micro-dollars', (dollars, micro) => {
  expect(parseDollars(dollars)).toBe(micro);
});

test.each([
  -1,
  '-1',
  Number.NaN,
  Number.POSITIVE_INFINITY,
  1e-7,
  0.1234567,
  '0.1000000',
  1e21,
  '9007199255',
  '',
  ' 1',
  '1.',
  '.5',
  '1,5',
  '$1',
  '1e3',
  '0x10',
])('%j is refused as a price', (dollars) => {
  expect(() => parseDollars(dollars)).toThrow(RangeError);
});

test('every price of six decimals is read exactly, as number or text', () => {
  fc.assert(
    fc.property(fc.nat({ max: 999_999_999_999 }), (micro) => {
      const text = `${Math.floor(micro / 1e6)}.${String(micro % 1e6).padStart(6, '0')}`;
      return parseDollars(text) === micro && parseDollars(Number(text)) === micro;
    }),
  );
});

test.each([
  [1_234_567, '0.001234567'],
  [0, '0'],
  [1, '0.000000001'],
  [1_000_000_000, '1'],
  [1_500_000_000, '1.5'],
  [Number.MAX_SAFE_INTEGER, '9007199.254740991'],
  [-2_500_000, '-0.0025'],
])('%i nano-dollars are written %s', (nano, usd) => {
  expect(toUsd(nano)).toBe(usd);
});

test('what is written as dollars reads back as the same nano-dollars', () => {
  fc.assert(
    fc.property(fc.maxSafeNat(), (nano) => {
      const [whole = '', fraction = ''] = toUsd(nano).split('.');
      return BigInt(whole + fraction.padEnd(9, '0')) === BigInt(nano);
    }),
  );
});
