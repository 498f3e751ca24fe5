import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { byKind, bySet, cosine, curve, filters, type Scored, suggestion } from './curve.ts';
import { pairs } from './pairs.ts';

const pair = (score: number, same: boolean, more: Partial<Scored> = {}): Scored => ({
  a: 'a',
  b: 'b',
  same,
  kind: same ? 'reworded' : 'number',
  set: 'one',
  score,
  literal: true,
  apart: false,
  ...more,
});

describe('a curve', () => {
  const points = curve([
    pair(0.95, true),
    pair(0.85, true, { apart: true }),
    pair(0.9, false, { literal: false }),
    pair(0.8, false),
  ]);
  const at = (threshold: number) => points.find((point) => point.threshold === threshold);

  test('counts what a threshold lets through, by what tells pairs from each other', () => {
    expect(at(0.8)).toEqual({
      threshold: 0.8,
      vectors: { hits: 2, wrong: 2 },
      literals: { hits: 2, wrong: 1 },
      words: { hits: 1, wrong: 1 },
    });
    expect(at(0.9)?.vectors).toEqual({ hits: 1, wrong: 1 });
    expect(points.map(({ threshold }) => threshold)).toContain(0.7);
    expect(points.at(-1)?.threshold).toBe(0.99);
  });

  test('suggests the lowest threshold at which no more than so many answers are wrong', () => {
    expect(suggestion(points, 'vectors', 0)?.threshold).toBe(0.91);
    expect(suggestion(points, 'vectors', 1)?.threshold).toBe(0.81);
    expect(suggestion(points, 'literals', 0)?.threshold).toBe(0.81);
    expect(suggestion(points, 'literals', 1)?.threshold).toBe(0.7);
  });

  test('suggests none where each lets more through', () => {
    expect(suggestion(curve([pair(1, false)]), 'vectors', 0)).toBeUndefined();
  });

  test('lets no more through the higher it is, and a suggestion keeps what it promises', () => {
    const scored = fc.array(
      fc
        .tuple(fc.double({ min: 0, max: 1, noNaN: true }), fc.boolean(), fc.boolean(), fc.boolean())
        .map(([score, same, literal, apart]) => pair(score, same, { literal, apart })),
    );
    fc.assert(
      fc.property(scored, fc.constantFrom(...filters), fc.nat(3), (all, filter, most) => {
        const drawn = curve(all);
        const wrong = drawn.map((point) => point[filter].wrong);
        expect(wrong).toEqual(wrong.toSorted((one, other) => other - one));
        const found = suggestion(drawn, filter, most);
        const first = wrong.findIndex((count) => count <= most);
        expect(found).toBe(first === -1 ? undefined : drawn[first]);
      }),
    );
  });

  test('tells apart by set what comes through', () => {
    const [one, other] = bySet([pair(0.9, true), pair(0.9, false, { set: 'other', apart: true })], 0.8);
    expect(one).toMatchObject({ set: 'one', same: 1, others: 0, words: { hits: 1, wrong: 0 } });
    expect(other).toMatchObject({ set: 'other', others: 1, literals: { wrong: 1 }, words: { wrong: 0 } });
  });

  test('tells by kind how many come through, and how near the nearest is', () => {
    const [number] = byKind([pair(0.9, false, { literal: false }), pair(0.7, false)], 0.8);
    expect(number).toEqual({
      kind: 'number',
      same: false,
      of: 2,
      vectors: { through: 1, nearest: 0.9 },
      literals: { through: 0, nearest: 0.7 },
      words: { through: 0, nearest: 0.7 },
    });
  });
});

test('the cosine does not ask for vectors of length one', () => {
  expect(cosine([3, 4], [6, 8])).toBeCloseTo(1);
  expect(cosine([1, 0], [0, 5])).toBe(0);
  expect(cosine([0, 0], [1, 1])).toBe(0);
});

test('no two pairs are the same, and none is a question twice', () => {
  const seen = new Set(pairs.map(({ a, b }) => [a, b].sort().join('\n')));
  expect(seen.size).toBe(pairs.length);
  expect(pairs.filter(({ a, b }) => a === b)).toEqual([]);
  expect(pairs.filter(({ same }) => same).length).toBeGreaterThanOrEqual(110);
  expect(pairs.filter(({ same }) => !same).length).toBeGreaterThanOrEqual(130);
});
