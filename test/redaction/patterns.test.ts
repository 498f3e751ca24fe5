import { describe, expect, test } from 'vitest';
import { masking } from '../../lib/redaction/masking.ts';
import { toPatterns } from '../../lib/redaction/patterns.ts';
import { toScanner } from '../../lib/redaction/scanner.ts';
import { openVault } from '../../lib/redaction/vault.ts';

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

test('what no window of a long text shows the end of is found as far as it goes', async () => {
  for (const length of [60, 64, 65, 130, 900]) {
    const tail = `${'n'.repeat(length)}9`;
    expect(await masked('a(?:n*9)?', `${'. '.repeat(700)}a${tail} b`)).toBe(`${'. '.repeat(700)}[EMPLOYEE-ID] b`);
  }
});

test('a line ends, and a word, only where the text says so', async () => {
  for (const before of [40, 50, 53, 54, 55, 56, 57, 58, 59, 60, 8_180]) {
    const text = `${'.'.repeat(before)}EMP-123456x${'.'.repeat(9_000)}\nEMP-654321`;
    expect(await masked('EMP-\\d+$', text)).toBe(`${text.slice(0, -10)}[EMPLOYEE-ID]`);
    expect(await masked('EMP-\\d{1,9}\\b', text)).toBe(`${text.slice(0, -10)}[EMPLOYEE-ID]`);
    expect(await masked('^EMP-\\d+', text)).toBe(`${text.slice(0, -10)}[EMPLOYEE-ID]`);
  }
});

test.each(['(a+)+b', '(?:a|aa)*c', 'a[^b]*b|a', '(a|b|ab)*c|a'])(
  'no megabyte keeps %s busy, and what it has no time for does not leave',
  async (pattern) => {
    const answer = await masked(pattern, 'a'.repeat(2 ** 20)).catch((error: unknown) => error);
    if (pattern.endsWith('a')) expect(answer).toMatchObject({ code: 'request_too_large' });
    else expect(answer).toHaveLength(2 ** 20);
  },
);

test('a megabyte of prose is looked through for 32 patterns', async () => {
  const many = Array.from({ length: 32 }, (_, at) => [`p${at}`, `(?i)[a-z ]{1,40}[0-9]{${at + 1}}x`]);
  const scan = toScanner([], await toPatterns(Object.fromEntries(many)));
  const prose = 'The quick brown fox 12 jumps. '.repeat(35_000);
  expect(masking(scan).hide(prose)).toBe(prose);
});

test.each([
  ['Kunde(?:.*Nr[0-9]+)?', 'Kunde '],
  ['a(?:.*z)?', 'a'],
])('what %s may cost, it may cost in all texts of a request together', async (pattern, unit) => {
  const scan = toScanner([], await toPatterns({ mine: pattern }));
  const text = unit.repeat(8192 / unit.length);
  for (const { hide } of [masking(scan), openVault({ scan, nonce: 'k3f9' })]) {
    expect(() => Array.from({ length: 100 }, () => hide(text))).toThrow('too much work');
  }
  expect(masking(scan).hide(text)).toContain('[MINE]');
});
