import fc from 'fast-check';
import { expect, test } from 'vitest';
import { costOf, knowsService, type Price, parseDollars, toRates, toUsd } from '../../lib/catalog/price.ts';
import { type Bucket, buckets, noUsage, promptTokens } from '../../lib/catalog/usage.ts';

/** No two kinds of tokens cost the same. */
const price: Price = {
  input: 2_500_000,
  cacheRead: 1_250_000,
  cacheWrite: 3_125_000,
  cacheWrite1h: 5_000_000,
  audioInput: 40_000_000,
  output: 10_000_000,
  reasoning: 11_000_000,
  audioOutput: 80_000_000,
  citation: 2_000_000,
};

const record = (arbitrary: fc.Arbitrary<number>) =>
  fc.tuple(...buckets.map(() => arbitrary)).map((values) => toRecord((_, at) => values[at] ?? 0));
const toRecord = (tokensIn: (bucket: Bucket, at: number) => number): Record<Bucket, number> => ({
  ...noUsage,
  ...Object.fromEntries(buckets.map((bucket, at) => [bucket, tokensIn(bucket, at)])),
});
const usages = record(fc.nat({ max: 10_000_000 })).map((tokens) => ({ ...noUsage, ...tokens }));
const prices = record(fc.nat({ max: 600_000_000 }));
const factor = fc.record({ times: fc.integer({ min: 1, max: 20 }), over: fc.integer({ min: 1, max: 20 }) });

test.each(buckets.map((bucket) => [bucket]))('%s is charged at its own rate', (bucket) => {
  expect(costOf(price, { ...noUsage, [bucket]: 1000 })).toBe(price[bucket]);
});

test('what is not known of a price follows from input and output', () => {
  const known = { cacheWrite: 3, cacheWrite1h: 3, reasoning: 2, audioOutput: 2 };
  expect(toRates({ input: 1, output: 2, cacheWrite: 3 })).toEqual({
    ...known,
    input: 1,
    output: 2,
    cacheRead: 1,
    audioInput: 1,
    citation: 1,
  });
});

test('a fraction of a nano-dollar is rounded up, once for the whole call', () => {
  const cheap = toRates({ input: 1, output: 1 });
  expect(costOf(cheap, { ...noUsage, input: 1 })).toBe(1);
  expect(costOf(cheap, { ...noUsage, ...toRecord(() => 1) })).toBe(1);
  expect(costOf(cheap, { ...noUsage, input: 1000 })).toBe(1);
  expect(costOf(cheap, { ...noUsage, input: 1001 })).toBe(2);
});

test('an input longer than a tier allows, cached or not, makes the whole call dearer', () => {
  const long = { ...price, above: 200_000, input: 5_000_000, cacheRead: 2_500_000 };
  const longest = { ...long, above: 500_000, input: 6_000_000 };
  const tiered = { ...price, tiers: [long, longest] };
  expect(costOf(tiered, { ...noUsage, input: 100_000, cacheRead: 100_000 })).toBe(375_000_000);
  expect(costOf(tiered, { ...noUsage, input: 100_000, cacheRead: 100_001 })).toBe(750_002_500);
  expect(costOf(tiered, { ...noUsage, input: 500_001 })).toBe(3_000_006_000);
});

test('a call pays for how it was served, for each search, and once for being made', () => {
  const factors = { flex: { times: 1, over: 2, sparing: ['cacheRead'] as const }, us: { times: 11, over: 10 } };
  const all: Price = { ...price, factors, search: 5_000_000, request: 12_000_000, requestBySearch: { low: 6_000_000 } };
  const usage = { ...noUsage, input: 1000, cacheRead: 1000 };
  expect(costOf(all, usage)).toBe(2_500_000 + 1_250_000 + 12_000_000);
  expect(costOf(all, { ...usage, served: ['flex'] })).toBe(1_250_000 + 1_250_000 + 12_000_000);
  expect(costOf(all, { ...usage, served: ['flex', 'us'] })).toBe(1_375_000 + 1_375_000 + 12_000_000);
  expect(costOf(all, { ...usage, served: ['constructor', 'unheard-of'] })).toBe(costOf(all, usage));
  expect(costOf(all, { ...usage, searches: 3 })).toBe(costOf(all, usage) + 15_000_000);
  expect(costOf(all, { ...usage, searchContext: 'low' })).toBe(costOf(all, usage) - 6_000_000);
  expect(costOf(all, { ...usage, searchContext: 'toString' })).toBe(costOf(all, usage));
  expect(costOf(all, noUsage)).toBe(0);
  expect([knowsService(all, 'flex'), knowsService(all, 'priority'), knowsService(price, 'flex')]).toEqual([
    true,
    false,
    false,
  ]);
});

test('a cost is the exact sum, and less than a nano-dollar above it', () => {
  fc.assert(
    fc.property(prices, usages, factor, (rates, usage, { times, over }) => {
      const pico = buckets.reduce((sum, bucket) => sum + BigInt(usage[bucket]) * BigInt(rates[bucket]), 0n);
      const cost = costOf({ ...rates, factors: { flex: { times, over } } }, { ...usage, served: ['flex'] });
      const above = BigInt(cost) * 1000n * BigInt(over) - pico * BigInt(times);
      return above >= 0n && above < 1000n * BigInt(over);
    }),
  );
});

test('more of anything never costs less', () => {
  fc.assert(
    fc.property(prices, usages, fc.constantFrom(...buckets), (rates, usage, bucket) => {
      return costOf(rates, { ...usage, [bucket]: usage[bucket] + 1 }) >= costOf(rates, usage);
    }),
  );
});

test('a citation is read beside the prompt', () => {
  expect(promptTokens({ ...noUsage, ...toRecord(() => 1) })).toBe(5);
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

test('a billionth of nano-dollars is the number that their dollars read as', () => {
  fc.assert(fc.property(fc.maxSafeNat(), (nano) => Object.is(nano / 1e9, Number(toUsd(nano)))));
});

test('what is written as dollars reads back as the same nano-dollars', () => {
  fc.assert(
    fc.property(fc.maxSafeNat(), (nano) => {
      const [whole = '', fraction = ''] = toUsd(nano).split('.');
      return BigInt(whole + fraction.padEnd(9, '0')) === BigInt(nano);
    }),
  );
});
