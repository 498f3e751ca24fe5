import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type Window, windows } from '../../lib/ledger/limits.ts';
import { endOf, momentOf, offsetAt } from '../../lib/ledger/windows.ts';

const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
const years = [Date.UTC(2020, 0), Date.UTC(2040, 0)] as const;

const zones = Intl.supportedValuesOf('timeZone');
const zone = fc.constantFrom(...zones, 'UTC');
const instant = fc.integer({ min: years[0], max: years[1] });

const namesAt = (timezone: string, at: number) => momentOf(at, offsetAt(timezone, at));

const calendars = new Map<string, Intl.DateTimeFormat>();
/** The local date by the word of ICU alone: `2026-11-23`. */
function dateIn(timeZone: string, at: number): string {
  const known = calendars.get(timeZone) ?? new Intl.DateTimeFormat('sv-SE', { timeZone, dateStyle: 'short' });
  calendars.set(timeZone, known);
  return known.format(at);
}

/** The moments of 2026 at which the clocks of a zone are changed, to the second. */
function changesIn(timezone: string): readonly number[] {
  const found: number[] = [];
  for (let from = Date.UTC(2026, 0); from < Date.UTC(2027, 0); from += 7 * DAY) {
    const before = offsetAt(timezone, from);
    if (before === offsetAt(timezone, from + 7 * DAY)) continue;
    let [low, high] = [from, from + 7 * DAY];
    while (high - low > SECOND) {
      const middle = low + Math.floor((high - low) / 2 / SECOND) * SECOND;
      if (offsetAt(timezone, middle) === before) low = middle;
      else high = middle;
    }
    found.push(high);
  }
  return found;
}

const changes = zones.flatMap((timezone) => changesIn(timezone).map((at) => ({ timezone, at })));
/** Any moment in any zone, and often one within two days of a change of clocks. */
const place = fc.oneof(
  fc.record({ timezone: zone, at: instant }),
  fc
    .tuple(fc.constantFrom(...changes), fc.integer({ min: -2 * DAY, max: 2 * DAY }))
    .map(([{ timezone, at }, away]) => ({ timezone, at: at + away })),
);

describe('the day of a time zone', () => {
  test('is over at the first second of another local date, in every zone, whatever its clocks do', () => {
    fc.assert(
      fc.property(place, ({ timezone, at }) => {
        const end = endOf('day', at, timezone) ?? Number.NaN;
        const today = dateIn(timezone, at);
        expect(dateIn(timezone, end)).not.toBe(today);
        expect(dateIn(timezone, end - 1)).toBe(today);
        for (let time = at; time < end; time += 15 * MINUTE) expect(dateIn(timezone, time)).toBe(today);
      }),
      { numRuns: 400 },
    );
  });

  test('is named by the local calendar, and so is the month', () => {
    fc.assert(
      fc.property(place, ({ timezone, at }) => {
        const { day, month } = namesAt(timezone, at);
        const date = dateIn(timezone, at).replaceAll('-', '');
        expect([day, month]).toEqual([date, date.slice(0, 6)]);
      }),
    );
  });

  test.each([
    ['Africa/Cairo', '2026-04-23T20:00:00Z', '2026-04-23T22:00:00Z', 20260424], // 00:00 does not exist on the 24th
    ['America/Santiago', '2026-09-05T12:00:00Z', '2026-09-06T04:00:00Z', 20260906],
    ['Asia/Beirut', '2026-03-28T12:00:00Z', '2026-03-28T22:00:00Z', 20260329],
    ['Asia/Beirut', '2026-10-24T20:30:00Z', '2026-10-24T22:00:00Z', 20261025], // 23:00 comes twice
    ['Africa/Cairo', '2026-10-29T20:30:00Z', '2026-10-29T22:00:00Z', 20261030],
    ['Asia/Kolkata', '2026-11-23T18:29:59Z', '2026-11-23T18:30:00Z', 20261124],
    ['Asia/Kathmandu', '2026-11-23T18:14:59Z', '2026-11-23T18:15:00Z', 20261124],
    ['Pacific/Kiritimati', '2026-11-23T09:59:59Z', '2026-11-23T10:00:00Z', 20261124],
    ['Pacific/Apia', '2011-12-29T12:00:00Z', '2011-12-30T10:00:00Z', 20111231], // Samoa had no 30th
  ])('%s: the one of %s is over at %s', (timezone, at, over, next) => {
    const end = endOf('day', Date.parse(at), timezone) ?? Number.NaN;
    expect(new Date(end).toISOString()).toBe(new Date(over).toISOString());
    expect(namesAt(timezone, end).day).toBe(String(next));
    expect(Number(namesAt(timezone, end - 1).day)).toBeLessThan(next);
  });

  test.each([
    ['Europe/Berlin', '2026-03-28T23:00:00Z', 23],
    ['Europe/Berlin', '2026-03-29T22:00:00Z', 24],
    ['Europe/Berlin', '2026-10-24T22:00:00Z', 25],
    ['Australia/Lord_Howe', '2026-04-04T13:00:00Z', 24.5],
    ['Australia/Lord_Howe', '2026-10-03T13:30:00Z', 23.5],
    ['America/New_York', '2026-11-01T04:00:00Z', 25],
    ['UTC', '2026-11-01T00:00:00Z', 24],
  ])('%s: the one that begins at %s has %d hours', (timezone, midnight, hours) => {
    const began = Date.parse(midnight);
    expect(namesAt(timezone, began).day).not.toBe(namesAt(timezone, began - 1).day);
    expect(endOf('day', began, timezone)).toBe(began + hours * HOUR);
    expect(endOf('day', began + hours * HOUR - 1, timezone)).toBe(began + hours * HOUR);
  });
});

describe('windows', () => {
  const named = (window: Exclude<Window, 'total'>, { timezone, at }: { timezone: string; at: number }) =>
    namesAt(timezone, at)[window];
  const ending = windows.filter((window) => window !== 'total');

  test('end where their name changes, and never sooner', () => {
    fc.assert(
      fc.property(
        place,
        fc.constantFrom(...ending),
        fc.double({ min: 0, max: 1, noNaN: true }),
        (given, window, part) => {
          const { timezone, at } = given;
          const end = endOf(window, at, timezone) ?? Number.NaN;
          expect(end).toBeGreaterThan(at);
          expect(end % SECOND).toBe(0);
          const within = Math.min(end - 1, at + Math.floor((end - at) * part));
          expect(named(window, { timezone, at: within })).toBe(named(window, given));
          expect(endOf(window, within, timezone)).toBe(end);
          expect(named(window, { timezone, at: end }) > named(window, given)).toBe(true);
        },
      ),
      { numRuns: 500 },
    );
  });

  test('of one kind have names that sort as time does', () => {
    fc.assert(
      fc.property(place, fc.integer({ min: 0, max: 70 * DAY }), ({ timezone, at }, later) => {
        const [one, other] = [namesAt(timezone, at), namesAt(timezone, at + later)];
        for (const window of ending) expect(one[window] <= other[window]).toBe(true);
      }),
      { numRuns: 500 },
    );
    for (const { timezone, at } of changes)
      for (let time = at - 2 * HOUR; time < at + 2 * HOUR; time += 5 * MINUTE) {
        const [one, other] = [namesAt(timezone, time), namesAt(timezone, time + 5 * MINUTE)];
        for (const window of ending) expect(one[window] <= other[window]).toBe(true);
      }
  });

  test('of one kind have names of one length, so that comparing them as text is right', () => {
    fc.assert(
      fc.property(place, ({ timezone, at }) => {
        const { minute, previousMinute, hour, day, month } = namesAt(timezone, at);
        expect([minute, previousMinute, hour, day, month].map((name) => name.length)).toEqual([12, 12, 12, 8, 6]);
        expect([minute, previousMinute, hour, day, month].join('')).toMatch(/^\d+$/);
      }),
    );
  });

  test.each([
    ['Europe/Berlin', '2026-10-25T00:30:00Z', '2026-10-25T01:30:00Z'], // 02:30 twice
    ['America/New_York', '2026-11-01T05:30:00Z', '2026-11-01T06:30:00Z'],
    ['Australia/Lord_Howe', '2026-04-04T14:45:00Z', '2026-04-04T15:15:00Z'], // 01:45 twice, half an hour apart
  ])('%s: an hour that clocks repeat is two hours of one day', (timezone, first, again) => {
    const [one, other] = [namesAt(timezone, Date.parse(first)), namesAt(timezone, Date.parse(again))];
    expect(other.hour > one.hour).toBe(true);
    expect(other.day).toBe(one.day);
  });

  test.each([
    ['Asia/Kolkata', '2026-11-23T12:10:00Z', '202611231130', '2026-11-23T12:30:00Z'],
    ['Asia/Kathmandu', '2026-11-23T12:20:00Z', '202611231215', '2026-11-23T13:15:00Z'],
    ['Europe/Berlin', '2026-11-23T12:20:00Z', '202611231200', '2026-11-23T13:00:00Z'],
  ])('%s: the hour of %s is the local one, named by when it began in UTC', (timezone, at, hour, over) => {
    expect(namesAt(timezone, Date.parse(at)).hour).toBe(hour);
    expect(endOf('hour', Date.parse(at), timezone)).toBe(Date.parse(over));
  });

  test('an hour never lasts longer than one', () => {
    fc.assert(
      fc.property(place, ({ timezone, at }) => {
        expect((endOf('hour', at, timezone) ?? Number.NaN) - at).toBeLessThanOrEqual(HOUR);
      }),
    );
  });

  test.each([
    ['2028-02-28T23:59:59.999Z', '20280228', '2028-02-29T00:00:00Z', '2028-03-01T00:00:00Z'],
    ['2028-02-29T00:00:00Z', '20280229', '2028-03-01T00:00:00Z', '2028-03-01T00:00:00Z'],
    ['2027-02-28T12:00:00Z', '20270228', '2027-03-01T00:00:00Z', '2027-03-01T00:00:00Z'],
    ['2026-01-31T12:00:00Z', '20260131', '2026-02-01T00:00:00Z', '2026-02-01T00:00:00Z'],
    ['2026-12-31T23:59:59Z', '20261231', '2027-01-01T00:00:00Z', '2027-01-01T00:00:00Z'],
    ['2026-12-01T00:00:00Z', '20261201', '2026-12-02T00:00:00Z', '2027-01-01T00:00:00Z'],
  ])('of %s are those of the calendar', (at, day, dayOver, monthOver) => {
    const time = Date.parse(at);
    expect(namesAt('UTC', time).day).toBe(day);
    expect(endOf('day', time, 'UTC')).toBe(Date.parse(dayOver));
    expect(endOf('month', time, 'UTC')).toBe(Date.parse(monthOver));
  });

  test('a month is over at local midnight, too', () => {
    expect(endOf('month', Date.parse('2026-10-31T12:00:00Z'), 'Europe/Berlin')).toBe(
      Date.parse('2026-10-31T23:00:00Z'),
    );
    expect(endOf('month', Date.parse('2026-03-01T12:00:00Z'), 'America/Los_Angeles')).toBe(
      Date.parse('2026-04-01T07:00:00Z'),
    );
  });

  test('a total is never over', () => {
    expect(endOf('total', Date.UTC(2026, 10, 23), 'UTC')).toBeUndefined();
  });

  test('a minute is the clock’s, and knows how much of it is over', () => {
    const moment = momentOf(Date.parse('2026-11-23T12:05:45.000Z'), 0);
    expect(moment).toMatchObject({ minute: '202611231205', previousMinute: '202611231204', elapsed: 0.75 });
    expect(momentOf(Date.UTC(2027, 0), 0)).toMatchObject({ previousMinute: '202612312359', elapsed: 0 });
    expect(endOf('minute', Date.UTC(2027, 0), 'Asia/Kathmandu')).toBe(Date.UTC(2027, 0) + MINUTE);
  });
});

describe('a time zone', () => {
  test('is so far ahead of UTC that its clock shows the local time', () => {
    const clock = (timeZone: string, at: number) =>
      new Intl.DateTimeFormat('sv-SE', { timeZone, dateStyle: 'short', timeStyle: 'medium' }).format(at);
    fc.assert(
      fc.property(place, ({ timezone, at }) => {
        const local = new Date(at + offsetAt(timezone, at)).toISOString().slice(0, 19).replace('T', ' ');
        expect(local).toBe(clock(timezone, at));
      }),
    );
  });

  test('that nobody knows is a RangeError', () => {
    for (const timezone of ['Europe/Atlantis', '', 'Mars']) expect(() => offsetAt(timezone, 0)).toThrow(RangeError);
  });
});
