import { describe, expect, test } from 'vitest';
import { operator } from './operator.ts';

const { says, json, refused } = operator();

describe("a tenant's redaction", () => {
  test('is set by flags, shown, and taken back', async () => {
    const flags = ['--redaction', 'tokens', '--redaction-detect', 'email,card'];
    const more = ['--redaction-pattern', 'employee=EMP-[0-9]{6}', '--feature-redaction', 'support=block'];
    const set = await json('tenants', 'set', 'acme', ...flags, ...more);
    expect(set).toMatchObject({
      redaction: { mode: 'tokens', detect: ['email', 'card'], patterns: { employee: 'EMP-[0-9]{6}' } },
      features: { support: { redaction: { mode: 'block' } } },
    });
    const { stdout } = await says('tenants', 'get', 'acme');
    expect(stdout).toMatch(/^redaction +tokens email, card; patterns employee$/m);
    expect(stdout).toMatch(/^support: redaction +block$/m);
    const unset = await json(
      'tenants',
      'set',
      'acme',
      '--unset',
      'redaction-pattern:employee',
      '--unset',
      'redaction-detect',
    );
    expect(unset.redaction).toEqual({ mode: 'tokens', patterns: {} });
    expect(await json('tenants', 'set', 'acme', '--unset', 'redaction')).not.toHaveProperty('redaction');
  });

  test.each([
    [['--redaction', 'hide'], 'mask'],
    [['--redaction-detect', 'emial'], 'email'],
    [['--redaction-pattern', 'employee'], 'NAME=VALUE'],
    [['--redaction-pattern', 'employee=('], 'employee'],
    [['--redaction-pattern', 'employee=(a)\\1'], 'linear time'],
  ])('%j is refused before anything is written', async (flags, said) => {
    expect(await refused('tenants', 'set', 'other', ...flags)).toContain(said);
    expect(await refused('tenants', 'get', 'other')).toContain('other');
  });
});
