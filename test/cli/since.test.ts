import { describe, expect, test } from 'vitest';
import { dayOf, toSince } from '../../lib/cli/since.ts';

const at = (iso: string) => Date.parse(iso);
const begins = (text: string | undefined, timezone: string, now: string) =>
  new Date(toSince(text, timezone, at(now))).toISOString();

describe('a day', () => {
  test.each([
    ['UTC', '2026-11-26T12:00:00Z', '2026-11-26T00:00:00.000Z'],
    ['Europe/Berlin', '2026-11-26T23:30:00Z', '2026-11-26T23:00:00.000Z'],
    ['Europe/Berlin', '2026-03-29T12:00:00Z', '2026-03-28T23:00:00.000Z'], // clocks go forward at two
    ['Pacific/Kiritimati', '2026-11-26T12:00:00Z', '2026-11-26T10:00:00.000Z'],
    ['Pacific/Pago_Pago', '2026-11-26T12:00:00Z', '2026-11-26T11:00:00.000Z'],
    ['Africa/Cairo', '2026-04-24T12:00:00Z', '2026-04-23T22:00:00.000Z'], // midnight does not exist
  ])('in %s at %s began at %s', (timezone, now, expected) => {
    expect(begins(undefined, timezone, now)).toBe(expected);
    const first = at(expected);
    expect(dayOf(first, timezone)).toBe(dayOf(at(now), timezone));
    expect(dayOf(first - 1, timezone)).not.toBe(dayOf(first, timezone));
  });
});

describe('since', () => {
  const now = '2026-11-26T12:00:00Z';

  test.each([
    ['90m', '2026-11-26T10:30:00.000Z'],
    ['24h', '2026-11-25T12:00:00.000Z'],
    ['7d', '2026-11-19T12:00:00.000Z'],
    ['2w', '2026-11-12T12:00:00.000Z'],
    ['2026-11-01', '2026-10-31T23:00:00.000Z'],
    ['2026-11-01T08:00:00+01:00', '2026-11-01T07:00:00.000Z'],
  ])('%s is a moment', (text, expected) => {
    expect(begins(text, 'Europe/Berlin', now)).toBe(expected);
  });

  test.each(['7', 'd', '-7d', '7y', '2026-02-30', '2026-11-27', 'today'])('%s is none that has been', (text) => {
    expect(() => begins(text, 'Europe/Berlin', now)).toThrow(/^--since/);
  });
});
