import fc from 'fast-check';
import { expect, test } from 'vitest';
import { firstOpen, late, QUARTER_MS, quarterName, quarterOf, settled } from '../../../lib/aws/usage/quarter.ts';
import { endOf } from '../../../lib/ledger/windows.ts';

const MINUTE_MS = 60_000;
const moment = fc.integer({ min: Date.UTC(2020, 0), max: Date.UTC(2030, 0) });

test('in no time zone does a day begin within a quarter of an hour', () => {
  const zone = fc.constantFrom(...Intl.supportedValuesOf('timeZone'));
  fc.assert(
    fc.property(moment, zone, (at, timezone) => {
      const midnight = endOf('day', at, timezone);
      expect(midnight).toBe(quarterOf(midnight ?? 0));
    }),
  );
});

test('what is not late is there when its quarter is summed up, though clocks are a minute apart and its write takes another', () => {
  fc.assert(
    fc.property(moment, fc.nat(2 * MINUTE_MS), fc.nat(MINUTE_MS), fc.nat(MINUTE_MS), (at, after, apart, took) => {
      const quarter = quarterOf(at);
      const writtenAt = quarter + QUARTER_MS + after;
      expect(late(quarter, writtenAt)).toBe(false);
      expect(firstOpen(writtenAt + took + apart - 1)).toBeLessThanOrEqual(quarter);
      expect(settled(writtenAt, writtenAt + took + apart)).toBe(false);
    }),
  );
});

test('a quarter is closed five minutes after its end, and is named after its beginning', () => {
  const quarter = Date.parse('2026-11-26T15:15Z');
  expect(quarterName(quarterOf(quarter + QUARTER_MS - 1))).toBe('2026-11-26T15:15Z');
  expect(firstOpen(quarter + QUARTER_MS + 5 * MINUTE_MS - 1)).toBe(quarter);
  expect(firstOpen(quarter + QUARTER_MS + 5 * MINUTE_MS)).toBe(quarter + QUARTER_MS);
});
