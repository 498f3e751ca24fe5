import { describe, expect, test } from 'vitest';
import { masking } from '../../lib/redaction/masking.ts';
import { toPatterns } from '../../lib/redaction/patterns.ts';
import { toScanner } from '../../lib/redaction/scanner.ts';

const masked = async (pattern: string, text: string) =>
  masking(toScanner([], await toPatterns({ 'employee-id': pattern }))).hide(text);

test('a pattern of the tenant is found by its name', async () => {
  expect(await masked('EMP-\\d{6}', 'ask EMP-123456 or EMP-654321.')).toBe('ask [EMPLOYEE-ID] or [EMPLOYEE-ID].');
});

test('a line begins at ^ and ends at $', async () => {
  expect(await masked('^secret .*$', 'a\nsecret plan\nb')).toBe('a\n[EMPLOYEE-ID]\nb');
});

test('a match over several strings of JSON is hidden in each, and the JSON stays JSON', async () => {
  expect(await masked('x.*y', '{"a":"1x2","b":3,"c":"4y5"}')).toBe(
    '{"a":"1[EMPLOYEE-ID]","[EMPLOYEE-ID]":"[EMPLOYEE-ID]","[EMPLOYEE-ID]":"[EMPLOYEE-ID]5"}',
  );
});

test('half of a character is never left', async () => {
  expect(await masked('x\\C?', 'ax😀b').catch(String)).toContain('employee-id');
  expect(await masked('x.', 'ax😀b')).toBe('a[EMPLOYEE-ID]b');
});

test('a match is found wherever the parts of a long text end', async () => {
  for (const before of [7_160, 7_170, 8_180, 8_190, 8_200, 20_000]) {
    const text = `${'. '.repeat(before / 2)}EMP-123456${' .'.repeat(9_000)}`;
    expect(await masked('EMP-\\d{6}', text)).not.toContain('123456');
  }
});

describe('a pattern is refused by its name', () => {
  test.each([
    ['(a)\\1', 'Backreferences and lookaround'],
    ['(?=a)b', 'Backreferences and lookaround'],
    ['(?<!a)b', 'Backreferences and lookaround'],
    ['(unclosed', 'missing closing'],
    ['a*', 'matches the empty text'],
    ['((a{100}){10}){9}', 'cannot be compiled'],
    ['[a-z]{1,900}[0-9]{1,900}[a-z]{1,900}', 'too large'],
    ['a'.repeat(513), '513 characters'],
  ])('%s', async (pattern, why) => {
    await expect(toPatterns({ mine: pattern })).rejects.toMatchObject({ code: 'invalid_request_error' });
    await expect(toPatterns({ mine: pattern })).rejects.toThrow(new RegExp(`^Pattern mine .*${why}`));
  });

  test.each(['Upper', 'with_line', '9', 'email', 'text', ''])('called %j', async (name) => {
    await expect(toPatterns({ [name]: 'x' })).rejects.toMatchObject({ code: 'invalid_request_error' });
  });
});

test('more than 32 patterns are refused', async () => {
  const many = Object.fromEntries(Array.from({ length: 33 }, (_, at) => [`p${at}`, 'x']));
  await expect(toPatterns(many)).rejects.toThrow('at most 32');
});

test.each(['(a+)+b', '(?:a|aa)*c', 'a[^b]*b|a', '(a|b|ab)*c|a'])(
  'no megabyte keeps %s busy, and what it has no time for does not leave',
  async (pattern) => {
    expect((await masked(pattern, 'a'.repeat(2 ** 20))).length).toBeLessThanOrEqual(2 ** 20 * 14);
  },
);
