import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type ErrorCode, GatewayError } from '../../lib/errors.ts';
import { type Failed, type SoFar, waitBefore } from '../../lib/pipeline/next-try.ts';
import type { Step } from '../../lib/pipeline/plan.ts';
import { targets } from '../support/labs.ts';

const [one, two] = targets({ one: 'https://one.example/v1', two: 'https://two.example/v1' }).map(
  (target): Step => ({ target, timeouts: {} }),
);
if (one === undefined || two === undefined) throw new Error('There must be two targets.');

const reading = (step: Step, contextWindow: number): Step => ({ ...step, target: { ...step.target, contextWindow } });
const failed = (step: Step, code: ErrorCode, at = 0, retryAfterMs?: number): Failed => ({
  step,
  at,
  failure: new GatewayError(code, {
    message: code,
    provider: step.target.provider.name,
    ...(retryAfterMs !== undefined && { retryAfterMs }),
  }),
});
const wait = (step: Step, failures: readonly Failed[], more: Partial<SoFar> = {}) =>
  waitBefore(step, { failed: failures, now: 0, patienceMs: 3_000, random: () => 0.5, ...more });

describe('a target', () => {
  test('nobody asked yet is asked at once, whatever became of the others', () => {
    expect(wait(one, [])).toBe(0);
    expect(wait(two, [failed(one, 'provider_error'), failed(one, 'provider_credentials')])).toBe(0);
    expect(wait(two, [failed(one, 'rate_limit_exceeded', 0, 60_000)], { patienceMs: 0 })).toBe(0);
  });

  test('that failed for the moment is asked again after a short while, each time a longer one', () => {
    const first = failed(one, 'provider_overloaded');
    expect(wait(one, [first])).toBe(187.5);
    expect(wait(one, [first, failed(one, 'provider_overloaded', 200)], { now: 200 })).toBe(375);
    // What has passed since is no longer waited for.
    expect(wait(one, [first], { now: 100 })).toBe(87.5);
    expect(wait(one, [first], { now: 5_000 })).toBe(0);
  });

  test('that asked for a pause is asked when that is over, or not at all where it is too long to wait', () => {
    const busy = failed(one, 'rate_limit_exceeded', 1_000, 2_000);
    expect(wait(one, [busy], { now: 1_500 })).toBe(1_500);
    expect(wait(one, [busy], { now: 1_500, patienceMs: 1_499 })).toBeUndefined();
    expect(wait(one, [failed(one, 'rate_limit_exceeded', 0, 7_000)])).toBeUndefined();
  });

  test.each(['provider_credentials', 'model_not_found', 'unsupported_parameter', 'context_length_exceeded'] as const)(
    'that cannot serve the call is not asked again: %s',
    (code) => {
      expect(wait(one, [failed(one, code)], { now: 1e6 })).toBeUndefined();
      expect(wait(one, [failed(one, code), failed(one, 'provider_error')], { now: 1e6 })).toBeUndefined();
    },
  );

  test('is not asked again for what is our own failure', () => {
    const ours = new GatewayError('internal_error', { message: 'x' });
    expect(wait(one, [{ step: one, failure: ours, at: 0 }])).toBeUndefined();
  });
});

describe('a target for longer prompts', () => {
  const larger: Step = { ...two, forLonger: true };

  test('is asked only where the prompt was too long for another', () => {
    expect(wait(larger, [])).toBeUndefined();
    expect(wait(larger, [failed(one, 'provider_overloaded'), failed(one, 'provider_credentials')])).toBeUndefined();
    expect(wait(larger, [failed(one, 'context_length_exceeded')])).toBe(0);
  });

  test.each([
    [100, 100, undefined],
    [100, 99, undefined],
    [100, 101, 0],
  ])('a prompt too long for one that reads %i tokens goes to one that reads %i: %s', (was, is, expected) => {
    const short = failed(reading(one, was), 'context_length_exceeded');
    expect(wait(reading(larger, is), [short])).toBe(expected);
    expect(wait(reading(two, is), [short])).toBe(expected);
  });

  test('one of unknown length is asked: it may read more', () => {
    const short = failed(reading(one, 100), 'context_length_exceeded');
    expect(wait(larger, [short])).toBe(0);
  });
});

const fault = fc.record({
  step: fc.constantFrom(one, two),
  code: fc.constantFrom<ErrorCode>(
    'rate_limit_exceeded',
    'provider_error',
    'provider_overloaded',
    'provider_unreachable',
    'provider_cut',
    'timeout',
    'provider_credentials',
    'model_not_found',
    'context_length_exceeded',
  ),
  after: fc.nat(2_000),
  retryAfterMs: fc.option(fc.nat(5_000), { nil: undefined }),
});

test('whatever failed before: nobody is asked before its time, longer than there is patience, or after a fault of its own', () => {
  const some = fc.record({
    faults: fc.array(fault, { maxLength: 6 }),
    later: fc.nat(10_000),
    patienceMs: fc.nat(4_000),
    drawn: fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }),
  });
  const seen = { waited: 0, atOnce: 0, never: 0 };
  fc.assert(
    fc.property(some, ({ faults, later, patienceMs, drawn }) => {
      let now = 0;
      const all = faults.map(({ step, code, after, retryAfterMs }) => {
        now += after;
        return failed(step, code, now, retryAfterMs);
      });
      now += later;
      const own = all.filter(({ step }) => step === one);
      const latest = own.at(-1);
      const ms = wait(one, all, { now, patienceMs, random: () => drawn });
      if (latest === undefined) {
        expect(ms).toBe(0);
        return;
      }
      const asked = latest.failure.details.retryAfterMs ?? 0;
      const backoff = 250 * 2 ** (own.length - 1);
      const finished = own.some(({ failure }) => failure.blame !== 'moment');
      if (finished) expect(ms).toBeUndefined();
      if (ms === undefined) {
        seen.never++;
        // There was a reason.
        if (!finished) expect(latest.at + Math.max(asked, backoff) - now).toBeGreaterThan(patienceMs);
        return;
      }
      seen[ms > 0 ? 'waited' : 'atOnce']++;
      expect(ms).toBeLessThanOrEqual(patienceMs);
      expect(now + ms).toBeGreaterThanOrEqual(latest.at + asked);
      expect(now + ms).toBeGreaterThanOrEqual(latest.at + backoff / 2);
      if (ms > 0) expect(now + ms).toBeLessThanOrEqual(latest.at + Math.max(asked, backoff) + 1e-6);
    }),
    { numRuns: 2_000 },
  );
  expect(Math.min(...Object.values(seen))).toBeGreaterThan(20);
});
