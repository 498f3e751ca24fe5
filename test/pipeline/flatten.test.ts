import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Route } from '../../lib/config/route.ts';
import { type Dice, flatten, modelsBehind } from '../../lib/pipeline/flatten.ts';

const half: Dice = () => 0.5;
const legs = (models: Readonly<Record<string, Route>>, dice: Dice = half) => flatten('route', { models }, dice);
const names = (route: Route, dice: Dice = half) => legs({ route }, dice).map(({ name }) => name);

describe('a route', () => {
  test('that is no route is the model itself', () => {
    expect(flatten('lab/m', { models: {} }, half)).toEqual([{ name: 'lab/m', timeouts: {} }]);
    for (const name of ['constructor', '__proto__', 'toString'])
      expect(flatten(name, { models: {} }, half)).toEqual([{ name, timeouts: {} }]);
  });

  test('keeps its order, and what is nested stands in its place', () => {
    expect(
      names({ inOrder: ['a/1', { inOrder: ['b/1', { use: { inOrder: ['c/1', 'c/2'] } }, 'b/2'] }, 'd/1'] }),
    ).toEqual(['a/1', 'b/1', 'c/1', 'c/2', 'b/2', 'd/1']);
  });

  test('leads on to the routes it names', () => {
    const models = { route: { inOrder: ['a/1', 'other'] }, other: { inOrder: ['b/1', 'alias'] }, alias: 'c/1' };
    expect(legs(models).map(({ name }) => name)).toEqual(['a/1', 'b/1', 'c/1']);
  });

  test('goes one way where it is split, and both parts of a split may be routes of their own', () => {
    const route: Route = {
      inOrder: [
        {
          split: [
            { share: 40, use: 'a/1' },
            { share: 60, use: { inOrder: ['b/1', 'b/2'] } },
          ],
        },
        'c/1',
      ],
    };
    expect(names(route, () => 0.3999)).toEqual(['a/1', 'c/1']);
    expect(names(route, () => 0.4)).toEqual(['b/1', 'b/2', 'c/1']);
  });

  test.each([
    [0, 'b/1'],
    [1 - 2 ** -48, 'c/1'],
  ])('never goes where the share is nothing, whatever is drawn: %d', (drawn, name) => {
    const split = [
      { share: 0, use: 'a/1' },
      { share: 33.3, use: 'b/1' },
      { share: 66.69999999995, use: 'c/1' },
      { share: 0, use: 'd/1' },
    ];
    expect(names({ split }, () => drawn)).toEqual([name]);
  });

  test('says of a call what stands nearest to it', () => {
    const models = {
      route: {
        tries: 3,
        timeouts: { firstTokenMs: 1_000, callMs: 9_000 },
        inOrder: ['a/1', { use: 'b/1', tries: 1, timeouts: { firstTokenMs: 50 } }, 'other'],
      },
      other: { use: 'c/1', timeouts: { connectMs: 5 } },
    };
    expect(legs(models)).toEqual([
      { name: 'a/1', tries: 3, timeouts: { firstTokenMs: 1_000, callMs: 9_000 } },
      { name: 'b/1', tries: 1, timeouts: { firstTokenMs: 50, callMs: 9_000 } },
      { name: 'c/1', tries: 3, timeouts: { firstTokenMs: 1_000, callMs: 9_000, connectMs: 5 } },
    ]);
  });

  test('says of the arm that is drawn what the arm says, and nothing of its share', () => {
    const route: Route = { tries: 3, split: [{ share: 100, use: 'a/1', tries: 1, timeouts: { callMs: 7 } }] };
    expect(legs({ route })).toEqual([{ name: 'a/1', tries: 1, timeouts: { callMs: 7 }, arms: ['route/0'] }]);
  });

  test('tells the arms that were drawn on the way to a call, the outermost first', () => {
    const inner: Route = {
      split: [
        { share: 0, use: 'a/1' },
        { share: 100, use: 'b/1' },
      ],
    };
    const route: Route = { inOrder: [{ split: [{ share: 100, use: 'inner' }] }, 'c/1'] };
    const arms = legs({ inner, route }).map((leg) => leg.arms);
    expect(arms).toEqual([['route/0/0', 'inner/1'], undefined]);
  });

  test('puts behind the others where a prompt goes that is too long for them', () => {
    const route: Route = {
      inOrder: ['a/1', { use: 'b/1', larger: { inOrder: ['b/large', 'c/large'] } }],
      larger: 'a/large',
      tries: 2,
    };
    expect(legs({ route }).map(({ name, forLonger = false, tries }) => [name, forLonger, tries])).toEqual([
      ['a/1', false, 2],
      ['b/1', false, 2],
      ['b/large', true, 2],
      ['c/large', true, 2],
      ['a/large', true, 2],
    ]);
  });
});

const { tree } = fc.letrec<{ tree: Route; parts: Route }>((tie) => {
  const leaf = fc.constantFrom('a/1', 'b/1', 'c/1', 'd/1', 'other');
  const manner = fc.record(
    { tries: fc.integer({ min: 1, max: 5 }), larger: leaf, timeouts: fc.record({ callMs: fc.nat() }) },
    { requiredKeys: [] },
  );
  const use = fc.tuple(manner, tie('tree')).map(([more, use]): Route => ({ ...more, use }));
  const inOrder = fc
    .tuple(manner, fc.array(tie('tree'), { minLength: 1, maxLength: 3 }))
    .map(([more, inOrder]): Route => ({ ...more, inOrder }));
  const split = fc
    .tuple(manner, fc.integer({ min: 0, max: 100 }), tie('tree'), tie('tree'))
    .map(([more, share, one, other]): Route => {
      const arms = [
        { share, use: one },
        { share: 100 - share, use: other },
      ];
      return { ...more, split: arms };
    });
  return {
    parts: fc.oneof(use, inOrder, split),
    tree: fc.oneof({ maxDepth: 4, depthSize: 'small' }, leaf, tie('parts')),
  };
});

test('every call of any route is to one of the models behind it, and without a split to each of them', () => {
  fc.assert(
    fc.property(
      tree,
      fc.infiniteStream(fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true })),
      (route, drawn) => {
        const models = { route, other: { inOrder: ['e/1', 'f/1'] } };
        const dice: Dice = () => drawn.next().value ?? 0;
        const behind = modelsBehind('route', { models });
        const called = legs(models, dice).map(({ name }) => name);
        expect(called.length).toBeGreaterThan(0);
        for (const name of called) expect(behind).toContain(name);
        expect(behind).not.toContain('other');
        // Without a split all of them are called.
        if (!JSON.stringify(route).includes('split')) expect(called.sort()).toEqual([...behind].sort());
      },
    ),
  );
});
