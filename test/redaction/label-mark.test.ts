import fc from 'fast-check';
import { expect, test } from 'vitest';
import { labelMark, standsFor } from '../../lib/redaction/label-mark.ts';

const text = fc.string({ unit: 'grapheme', maxLength: 12 });
const value = fc.string({ unit: 'grapheme', minLength: 1, maxLength: 12 });
const kind = fc.constantFrom('email', 'card', 'us-ssn', 'employee_id');
/** Texts with values between them, as a caller writes them, and as they are on record. */
const label = fc.tuple(text, fc.array(fc.tuple(kind, value, text), { maxLength: 4 })).map(([first, rest]) => ({
  given: first + rest.map(([, value, after]) => value + after).join(''),
  recorded: (tenant: string) =>
    first + rest.map(([kind, value, after]) => labelMark(tenant, { kind, text: value }) + after).join(''),
  marks: rest.length,
}));

test('a label on record stands for what was given, whatever of it is a mark by now', () => {
  fc.assert(
    fc.property(label, ({ given, recorded }) => {
      expect(standsFor(recorded('acme'), given, 'acme')).toBe(true);
    }),
  );
});

test('and for nothing else, nor for another tenant’s', () => {
  fc.assert(
    fc.property(label, text, ({ given, recorded, marks }, other) => {
      expect(standsFor(recorded('acme'), given + other, 'acme')).toBe(other === '');
      if (marks > 0) expect(standsFor(recorded('acme'), given, 'acme-2')).toBe(false);
      expect(standsFor(given, other, 'acme')).toBe(given === other);
    }),
  );
});

test('a mark is found by its own text, too', () => {
  const mark = labelMark('acme', { kind: 'email', text: 'ann@example.org' });
  expect(mark).toMatch(/^\[EMAIL-[0-9a-f]{12}\]$/);
  expect(standsFor(mark, mark, 'acme')).toBe(true);
  expect(standsFor(`customer ${mark} (2)`, 'customer ann@example.org (2)', 'acme')).toBe(true);
  expect(standsFor(`customer ${mark} (2)`, 'customer ann@example.org (3)', 'acme')).toBe(false);
});
