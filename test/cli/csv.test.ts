import fc from 'fast-check';
import { expect, test } from 'vitest';
import { fromCsv, harmless, toCsv } from '../../lib/cli/csv.ts';

test('what is written as comma-separated values is read as it was', () => {
  const field = fc.oneof(fc.string(), fc.string({ unit: fc.constantFrom('"', ',', '\r', '\n', 'a') }));
  // A row of one empty field is an empty line, which is no row.
  const row = fc.array(field, { minLength: 2, maxLength: 4 });
  fc.assert(
    fc.property(fc.array(row, { minLength: 1, maxLength: 5 }), (rows) => {
      const read = fromCsv(`${toCsv(rows)}\n`.replace(/^\u{feff}/u, '\u{feff}\u{feff}'));
      expect(read.map(({ fields }) => fields)).toEqual(rows);
    }),
  );
});

test.each([
  ['a,b\n1,2', [1, 2]],
  ['\u{feff}a,b\r\n"1\n2",3\r\n\r\n4,5\r\n', [1, 2, 5]],
  ['a\n\n', [1]],
  ['', []],
])('the rows of %j are on lines %j', (text, lines) => {
  expect(fromCsv(text).map(({ line }) => line)).toEqual(lines);
});

test('a last field that is empty is a field', () => {
  expect(fromCsv('a,')).toEqual([{ line: 1, fields: ['a', ''] }]);
});

test.each([
  ['a,b\n1,2"3', 'line 2'],
  ['a,"b', 'line 1'],
  ['a,"b"c', 'line 1'],
])('a quote out of its place in %j is refused by its line', (text, line) => {
  expect(() => fromCsv(text)).toThrow(line);
});

test.each(['=1+1', '+1', '-1', '@SUM(1)', '\t=1', '\r=1'])('%j is text in a spreadsheet', (name) => {
  expect(harmless(name)).toBe(`'${name}`);
  expect(harmless(`a${name}`)).toBe(`a${name}`);
});
