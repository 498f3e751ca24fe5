import { marshall } from '@aws-sdk/util-dynamodb';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { toAttributes } from '../../lib/aws/attributes.ts';

const as = { removeUndefinedValues: true, convertClassInstanceToMap: true };

// Of larger whole numbers the SDK refuses to write any, and a __proto__ it assigns: these two are ours.
const number = fc.oneof(fc.maxSafeInteger(), fc.double({ noNaN: true, min: -1e15, max: 1e15 }));
const name = fc.string().filter((name) => name !== '__proto__');
const { value } = fc.letrec((tie) => ({
  value: fc.oneof(
    { depthSize: 'small' },
    fc.string(),
    number,
    fc.boolean(),
    fc.constantFrom(null, undefined, 'constructor', ''),
    fc.array(tie('value')),
    fc.dictionary(name, tie('value'), { noNullPrototype: true }),
  ),
}));

test('plain JSON is the item that the SDK would make of it', () => {
  fc.assert(
    fc.property(fc.dictionary(name, value, { noNullPrototype: true }), (fields) => {
      expect(toAttributes(fields)).toStrictEqual(marshall(fields, as));
    }),
    { numRuns: 1_000 },
  );
});

test('a field called __proto__ is written as any other', () => {
  const item = toAttributes(JSON.parse('{"metadata":{"__proto__":"a"}}'));
  expect(JSON.stringify(item)).toBe('{"metadata":{"M":{"__proto__":{"S":"a"}}}}');
});

test.each([Number.NaN, Number.POSITIVE_INFINITY, 1n, () => 1, Symbol('a')])(
  '%s is no JSON, and is refused',
  (value) => {
    expect(() => toAttributes({ value })).toThrow(/item/);
  },
);
