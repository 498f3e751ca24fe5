import { describe, expect, test } from 'vitest';
import { beyond, percentilesOf } from './percentiles.ts';

const upTo = (most: number) => Array.from({ length: most }, (_, at) => at + 1);

describe('a percentile', () => {
  test.each([
    [0, { p50: null, p95: null, p99: null }],
    [19, { p50: null, p95: null, p99: null }],
    [20, { p50: 10, p95: null, p99: null }],
    [39, { p50: 20, p95: null, p99: null }],
    [40, { p50: 20, p95: 38, p99: null }],
    [199, { p50: 100, p95: 190, p99: null }],
    [200, { p50: 100, p95: 190, p99: 198 }],
  ])('of %i calls is told where two others or more are beyond it', (calls, told) => {
    expect(percentilesOf(upTo(calls))).toEqual(told);
  });

  test('is beyond another where both are told', () => {
    expect(beyond(percentilesOf(upTo(200)), percentilesOf(upTo(40)))).toEqual({ p50: 80, p95: 152, p99: null });
  });
});
