import fc from 'fast-check';
import { expect, test } from 'vitest';
import { namesUser } from '../../lib/cli/names-user.ts';

test.each([
  ['as Annabel asked', 'annabel'],
  ['request of annabel@example.org', 'Annabel'],
  ['ticket/annabel-4711', 'annabel'],
  ['annabels Wunsch', 'annabel'],
  ['für JOSÉ.', 'jose\u0301'],
  ['straßer', 'STRASSER'],
  ['for ann, as she asked', 'Ann'],
  ["Ann's request", 'ann'],
  ['ann', 'ann'],
  ['user=ann;', 'ann'],
  ['banns of ann', 'ann'],
  ['request 4711', '4711'],
  ['山田さん、', '山田さん'],
])('%j names %j', (reason, user) => {
  expect(namesUser(reason, user)).toBe(true);
});

test.each([
  ['planned, as the law says', 'ann'],
  ['request 4711', '1'],
  ['request 4711', '4712'],
  ['contract ended', 'annabel'],
  ['annual', 'ann'],
  ['', 'ann'],
  ['a reason', ' '],
])('%j does not name %j', (reason, user) => {
  expect(namesUser(reason, user)).toBe(false);
});

test('a name that stands alone in a reason is found, whatever it is and in which case', () => {
  const user = fc.string({ unit: 'grapheme', minLength: 1, maxLength: 12 }).filter((name) => name.trim() !== '');
  fc.assert(
    fc.property(user, fc.constantFrom('as given', 'upper', 'lower'), (name, how) => {
      const said = how === 'upper' ? name.toUpperCase() : how === 'lower' ? name.toLowerCase() : name;
      expect(namesUser(`the wish of (${said}), today`, name)).toBe(true);
    }),
  );
});
