import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { changed, holds, type Intent, type Item, intent, joiner, merged } from '../../../lib/aws/ledger/intent.ts';

const name = fc.constantFrom('total', 'live', 'd1', 'r#1', 'r#2', 's#1');
const number = fc.integer({ min: -20, max: 20 });
const numbers = fc.dictionary(fc.constantFrom('total', 'live', 'd1'), number);
const marks = fc.dictionary(fc.constantFrom('r#1', 'r#2', 's#1'), fc.constantFrom('a', 'b'));
const item: fc.Arbitrary<Item> = fc.record({ numbers, marks }).map((all) => ({ ...all.numbers, ...all.marks }));
const change: fc.Arbitrary<Intent> = fc
  .record({
    add: numbers,
    set: marks,
    remove: fc.array(fc.constantFrom('r#1', 'r#2', 's#1'), { maxLength: 2 }),
    absent: fc.array(name, { maxLength: 2 }),
    equal: marks,
    atMost: numbers,
  })
  .filter(({ set, remove }) => remove.every((each) => !(each in set)));

/** Changes in their order: what they leave, or undefined where one of them may not be. */
function oneByOne(changes: readonly Intent[], start: Item): Item | undefined {
  let state: Item | undefined = start;
  for (const each of changes) state = state !== undefined && holds(each, state) ? changed(state, each) : undefined;
  return state;
}

/** Those of a list that can be one. */
const apart = (changes: readonly Intent[]): readonly Intent[] => changes.filter(joiner());

/** Without numbers that are zero, which DynamoDB need not write. */
const seen = (state: Item | undefined) =>
  state && Object.fromEntries(Object.entries(state).filter(([, value]) => value !== 0));

describe('changes made one', () => {
  test('may be where each may be after those before it, and only there, and come to the same', () => {
    fc.assert(
      fc.property(fc.array(change, { minLength: 1, maxLength: 5 }), item, (changes, start) => {
        const some = apart(changes);
        const one = merged(some);
        const together = holds(one, start)
          ? changed(start, { ...one, remove: one.remove.filter((each) => !(each in one.set)) })
          : undefined;
        expect(seen(together)).toEqual(seen(oneByOne(some, start)));
      }),
      { numRuns: 3_000 },
    );
  });

  test('are never two of which the later waits for what the earlier does', () => {
    const entangled = (earlier: Intent, later: Intent) => apart([earlier, later]).length < 2;
    const marking = intent({ set: { 'r#1': 'a' }, absent: ['r#1'] });
    expect(entangled(marking, marking)).toBe(true);
    expect(entangled(marking, intent({ remove: ['r#1'], equal: { 'r#1': 'a' } }))).toBe(true);
    expect(entangled(intent({ add: { live: 1 } }), intent({ remove: ['live'], equal: { live: 0 } }))).toBe(true);
    expect(entangled(intent({ equal: { 'r#1': 'a' } }), intent({ equal: { 'r#1': 'b' } }))).toBe(true);
    const removing = intent({ remove: ['r#1'] });
    expect(entangled(removing, marking)).toBe(true);
    expect(entangled(removing, intent({ equal: { 'r#1': 'a' } }))).toBe(true);
    expect(entangled(marking, removing)).toBe(true);
    expect(entangled(removing, removing)).toBe(false);
    expect(entangled(marking, intent({ set: { 'r#2': 'a' }, absent: ['r#2'] }))).toBe(false);
  });

  test('are not kept apart by one that was left out', () => {
    const marking = intent({ set: { 'r#1': 'a' }, absent: ['r#1'] });
    const left = intent({ set: { 'r#2': 'b' }, absent: ['r#1'] });
    const other = intent({ absent: ['r#2'] });
    expect(apart([marking, left, other])).toEqual([marking, other]);
  });

  test('leave less room for those that come after', () => {
    const call = intent({ add: { total: 400 }, atMost: { total: 600 } });
    expect(merged([call, call]).atMost).toEqual({ total: 200 });
    expect(merged([call, call, call]).atMost).toEqual({ total: -200 });
    expect(holds(merged([call, call, call]), {})).toBe(false);
  });
});
