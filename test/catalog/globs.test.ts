import fc from 'fast-check';
import { expect, test } from 'vitest';
import { bestGlob, matchesGlob } from '../../lib/catalog/globs.ts';
import { computing } from '../support/computing.ts';

test.each([
  [['openai/*', 'openai/gpt-5*'], 'openai/gpt-5.5', 'openai/gpt-5*'],
  [['*', 'lab/*'], 'lab/a/b/c', 'lab/*'],
  [['*/gpt-5.5', 'openai/*'], 'openai/gpt-5.5', 'openai/*'],
  [['lab/*', 'lab/*-mini'], 'lab/x-mini', 'lab/*-mini'],
  [['lab/*b', 'lab/*a*b'], 'lab/ab', 'lab/*a*b'],
  [['*b*', '*a*'], 'ab', '*a*'],
  [['lab/x*', 'lab/x'], 'lab/x', 'lab/x'],
  [['lab/x', 'lab/y*'], 'lab/z', undefined],
  [['lab'], 'lab/x', undefined],
  [[], 'lab/x', undefined],
])('of %j, %s takes %s', (patterns, name, best) => {
  expect(bestGlob(patterns, name)).toBe(best);
  expect(bestGlob(patterns.toReversed(), name)).toBe(best);
});

test('a head and a tail may not share letters', () => {
  expect(matchesGlob('ab*ba', 'aba')).toBe(false);
  expect(matchesGlob('ab*ba', 'abba')).toBe(true);
  expect(matchesGlob('a*b*b', 'ab')).toBe(false);
});

test('signs of regular expressions mean themselves', () => {
  expect(matchesGlob('gpt-5.5', 'gpt-5x5')).toBe(false);
  expect(matchesGlob('a+(b)*', 'a+(b)c')).toBe(true);
});

const letters = (...extra: string[]) => fc.string({ unit: fc.constantFrom('a', 'b', '/', ...extra), maxLength: 9 });

test('a glob matches what trying every split of the name would match', () => {
  fc.assert(
    fc.property(letters('*'), letters(), (pattern, name) => matchesGlob(pattern, name) === naive(pattern, name)),
    { numRuns: 5000 },
  );
});

test('the best glob is the same in any order, matches, and none that matches has a longer literal prefix', () => {
  fc.assert(
    fc.property(fc.array(letters('*')), letters(), (patterns, name) => {
      const best = bestGlob(patterns, name);
      expect(bestGlob(patterns.toSorted(), name)).toBe(best);
      const prefixes = patterns.filter((pattern) => naive(pattern, name)).map(prefixOf);
      expect(best === undefined ? -1 : prefixOf(best)).toBe(Math.max(-1, ...prefixes));
    }),
  );
});

test('a hostile pattern takes no longer than it is long', () => {
  const tookMs = computing();
  expect(matchesGlob(`${'*a'.repeat(5000)}*b`, 'a'.repeat(100_000))).toBe(false);
  expect(tookMs()).toBeLessThan(500);
});

const prefixOf = (pattern: string) => (pattern.split('*')[0] ?? '').length;

function naive(pattern: string, name: string): boolean {
  if (pattern === '') return name === '';
  if (pattern.startsWith('*')) return naive(pattern.slice(1), name) || (name !== '' && naive(pattern, name.slice(1)));
  return name !== '' && pattern[0] === name[0] && naive(pattern.slice(1), name.slice(1));
}
