import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { CountedCall } from '../../../lib/aws/counted-call.ts';
import { add, merge, noSums, type Sums } from '../../../lib/aws/usage/sums.ts';
import { fromText, toText } from '../../../lib/aws/usage/sums-text.ts';
import { dayOf } from '../../../lib/cli/since.ts';
import { inDays } from '../../../lib/cli/usage-sums.ts';

const name = fc.oneof(fc.constantFrom('__proto__', 'constructor', 'toString', '', 'a "b", c\nd', '日本'), fc.string());
const amount = fc.nat(2 ** 40);
const call: fc.Arbitrary<CountedCall> = fc.record(
  {
    at: fc.integer({ min: Date.UTC(2026, 0), max: Date.UTC(2027, 0) }),
    keyId: name,
    user: name,
    feature: name,
    model: name,
    cache: fc.constantFrom('off', 'miss', 'hit', 'semantic-hit'),
    score: fc.nat(10_000).map((score) => score / 10_000),
    abandoned: fc.boolean(),
    nanoDollars: amount,
    searchNanoDollars: amount,
    savedNanoDollars: amount,
    savedMs: amount,
    promptTokens: amount,
    completionTokens: amount,
    keptUntil: fc.nat(),
  },
  {
    requiredKeys: [
      'at',
      'keyId',
      'cache',
      'abandoned',
      'nanoDollars',
      'searchNanoDollars',
      'savedNanoDollars',
      'savedMs',
      'promptTokens',
      'completionTokens',
      'keptUntil',
    ],
  },
);

const sumsOf = (calls: readonly CountedCall[]): Sums => {
  const sums = noSums();
  for (const each of calls) add(sums, each);
  return sums;
};

test('the sums of lots of calls, written down, read again and merged, are the sums of all their calls', () => {
  fc.assert(
    fc.property(fc.array(fc.array(call)), (lots) => {
      const merged = noSums();
      for (const lot of lots) {
        const sums = sumsOf(lot);
        merge(merged, fromText(toText(sums), sums.keptUntil));
      }
      expect(merged).toEqual(sumsOf(lots.flat()));
    }),
  );
});

test('the days of any time zone are made of quarters of an hour, to the last call', () => {
  const zone = fc.constantFrom(...Intl.supportedValuesOf('timeZone'));
  fc.assert(
    fc.property(fc.array(call, { minLength: 1 }), zone, (calls, timezone) => {
      const counted = [...inDays(sumsOf(calls), timezone).by.day].map(([day, { calls }]) => [day, calls]);
      const days = calls.map(({ at }) => dayOf(at, timezone));
      expect(new Map(counted.map(([day, count]) => [day, count]))).toEqual(
        new Map(days.map((day) => [day, days.filter((each) => each === day).length])),
      );
    }),
    { numRuns: 300 },
  );
});

test.each(['nanoDollars', 'savedNanoDollars'] as const)(
  'a sum of %s that is too large to be exact is none',
  (amount) => {
    const [one] = fc.sample(call, 1);
    if (one === undefined) throw new Error('There is no call.');
    const few = { ...one, nanoDollars: 1, savedNanoDollars: 1 };
    const sums = sumsOf([{ ...few, [amount]: Number.MAX_SAFE_INTEGER }]);
    expect(() => merge(sums, sumsOf([few]))).toThrow('too large to be told exactly');
  },
);

test.each(['', '{}', 'null', toText(noSums()).replace('"names":[', '"names":["one too many"'), '{"abandoned":0}'])(
  'sums are not read from %j',
  (text) => {
    expect(() => fromText(text, 0)).toThrow();
  },
);
