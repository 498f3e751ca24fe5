import fc from 'fast-check';
import { expect, test } from 'vitest';
import { streamed } from '../../lib/cli/arrivals.ts';

const pace = (first: number, gap: number, count: number) => Array.from({ length: count }, (_, at) => first + at * gap);

test('what comes piece by piece streams, whether slow or fast', () => {
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 2_000 }), fc.integer({ min: 40, max: 500 }), (first, gap) => {
      expect(streamed({ askedAt: 0, at: pace(first, gap, 10) })).toBe(true);
    }),
  );
  expect(streamed({ askedAt: 0, at: pace(300, 0.5, 300) })).toBe(true); // two thousand tokens a second
});

test('what comes all at once, however late, or in two lumps, was kept back', () => {
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 30_000 }), fc.integer({ min: 5, max: 500 }), (late, count) => {
      expect(streamed({ askedAt: 0, at: pace(late, 0.01, count) })).toBe(false);
    }),
  );
  expect(streamed({ askedAt: 0, at: [...pace(500, 0.1, 10), ...pace(1_000, 0.1, 10)] })).toBe(false);
});

test('of a few pieces nothing can be told', () => {
  expect(streamed({ askedAt: 0, at: [] })).toBeUndefined();
  expect(streamed({ askedAt: 0, at: pace(10, 100, 4) })).toBeUndefined();
});
