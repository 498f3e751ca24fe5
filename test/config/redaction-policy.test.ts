import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  type RedactionPolicy,
  redactionModes,
  redactionOver,
  redactionTightened,
  usualRedaction,
  type WrittenRedaction,
} from '../../lib/config/redaction-policy.ts';
import { toConfig } from '../../lib/config/schema.ts';
import { kinds } from '../../lib/redaction/finding.ts';

const patterns = fc.dictionary(fc.constantFrom('one', 'two', 'three'), fc.constantFrom('a', 'b', 'c'));
const policies: fc.Arbitrary<RedactionPolicy> = fc.record({
  mode: fc.constantFrom(...redactionModes),
  detect: fc.subarray([...kinds]),
  patterns,
});
const written: fc.Arbitrary<WrittenRedaction> = fc.record(
  { mode: fc.constantFrom(...redactionModes), detect: fc.subarray([...kinds]), patterns },
  { requiredKeys: [] },
);
const rank = ({ mode }: RedactionPolicy) => redactionModes.indexOf(mode);

describe('a policy of redaction', () => {
  test('is never laxer for what a caller may name', () => {
    fc.assert(
      fc.property(policies, written, (policy, more) => {
        const tightened = redactionTightened(policy, more);
        expect(rank(tightened)).toBeGreaterThanOrEqual(rank(policy));
        if (policy.mode === 'off') return;
        for (const kind of policy.detect) expect(tightened.detect).toContain(kind);
        for (const [name, pattern] of Object.entries(policy.patterns)) expect(tightened.patterns[name]).toBe(pattern);
      }),
    );
  });

  test('says what is written over it, and what nobody writes stays', () => {
    fc.assert(
      fc.property(policies, written, (policy, more) => {
        const over = redactionOver(policy, more);
        expect(over.mode).toBe(more.mode ?? policy.mode);
        expect(over.detect).toEqual(more.detect ?? policy.detect);
        expect(over.patterns).toEqual({ ...more.patterns, ...policy.patterns }); // what one has named, none takes away
      }),
    );
  });

  test('of a mode alone looks for every kind', () => {
    expect(redactionOver(usualRedaction, { mode: 'mask' })).toEqual({ mode: 'mask', detect: kinds, patterns: {} });
  });
});

test('the configuration takes one, and says which field of it is wrong', () => {
  const redaction = { mode: 'mask', detect: ['email'], patterns: { employee: 'EMP-[0-9]{6}' } };
  expect(toConfig({ redaction })).toMatchObject({ config: { redaction } });
  const wrong = [
    [{ mode: 'hide' }, ['redaction', 'mode']],
    [{ detect: ['names'] }, ['redaction', 'detect', 0]],
    [{ patterns: { Employee: 'x' } }, ['redaction', 'patterns', 'Employee']],
    [{ patterns: { employee: '' } }, ['redaction', 'patterns', 'employee']],
    [{ modus: 'mask' }, ['redaction', 'modus']],
  ] as const;
  for (const [each, path] of wrong) {
    const found = toConfig({ redaction: each });
    expect('problems' in found && found.problems.map((problem) => problem.path)).toEqual([path]);
  }
});
