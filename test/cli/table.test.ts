import { expect, test } from 'vitest';
import { table } from '../../lib/cli/table.ts';

test('columns are as wide as their longest cell, by characters, and numbers stand to the right', () => {
  expect(
    table(
      ['NAME', 'CALLS'],
      [
        ['né😀', '7'],
        ['longer', '1234567'],
      ],
      ['CALLS'],
    ).split('\n'),
  ).toEqual(['NAME      CALLS', 'né😀           7', 'longer  1234567']);
});

test('a name cannot steer the terminal', () => {
  expect(table(['NAME'], [['\u001b[31mred\nline']])).toBe('NAME\n\u{fffd}[31mred\u{fffd}line');
});
