import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { narrowed, overwritten } from '../../lib/config/cache-policy.ts';
import { policies, widerThan, writtenPolicies } from '../support/policies.ts';

describe('what is written over a policy', () => {
  test('counts, and what is not written stays', () => {
    fc.assert(
      fc.property(policies, writtenPolicies, (policy, written) => {
        expect(overwritten(policy, written)).toEqual({ ...policy, ...written });
      }),
    );
  });
});

describe('what two policies allow', () => {
  test('is never more than one of the two does', () => {
    fc.assert(
      fc.property(policies, writtenPolicies, (one, other) => {
        const both = narrowed(one, other);
        expect([...widerThan(both, one), ...widerThan(both, other)]).toEqual([]);
      }),
    );
  });

  test('is in each field what one of them says', () => {
    fc.assert(
      fc.property(policies, policies, (one, other) => {
        const both = narrowed(one, other);
        expect(widerThan(one, both).filter((name) => widerThan(other, both).includes(name))).toEqual([]);
        expect(narrowed(other, one)).toEqual(both);
        expect(narrowed(both, other)).toEqual(both);
      }),
    );
  });

  test('is the one where the other says nothing', () => {
    fc.assert(
      fc.property(policies, (policy) => {
        expect(narrowed(policy, {})).toEqual(policy);
        expect(narrowed(policy, { mode: undefined, scope: undefined })).toEqual(policy);
      }),
    );
  });
});
