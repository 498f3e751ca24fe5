import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  bookedOf,
  type Counter,
  counted,
  dollarAttributes,
  emptyCounter,
  idOf,
  markOf,
  overBy,
  stale,
  toCounter,
} from '../../lib/ledger/counter.ts';
import { writeMarker } from '../../lib/ledger/marker.ts';
import { type Moment, momentOf, offsetAt } from '../../lib/ledger/windows.ts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
const noon = Date.UTC(2026, 10, 23, 12);
const zone = fc.constantFrom('UTC', 'Europe/Berlin', 'Asia/Kolkata', 'America/Santiago', 'Australia/Lord_Howe');
const now = fc
  .record({ timezone: zone, at: fc.integer({ min: Date.UTC(2024, 0), max: Date.UTC(2034, 0) }) })
  .map(({ timezone, at }) => momentOf(at, offsetAt(timezone, at)));

const counterOf = (counts: Readonly<Record<string, number>>): Counter => ({ ...emptyCounter, counts });
const withCounts = (names: readonly string[]) => counterOf(Object.fromEntries(names.map((name) => [name, 1])));
const ago = ({ at, offsetMs }: Moment, ms: number) => momentOf(at - ms, offsetMs);

/** Everything a counter may count in the windows of a moment. */
function countedAt(moment: Moment): readonly string[] {
  const { minute, hour, day, month } = dollarAttributes(moment);
  const rates = [`rq${moment.minute}`, `tk${moment.minute}`];
  const alerts = [minute, hour, day, month].map((name) => `a#${name}#5000000000`);
  return [minute, hour, day, month, ...rates, ...rates.map((name) => `${name}~acme`), `${minute}~a.b-c_d`, ...alerts];
}

describe('a counter', () => {
  test('takes from an item its numbers and who is under way, and nothing else', () => {
    const witness = { tenant: 'acme', first: 'key#key_1' };
    const marker = { expiresAt: 2, nanoDollars: 3, tokens: 4, moment: momentOf(noon, 0), counted: 'r', witness };
    const item = {
      pk: 'tenant#acme',
      sk: 'counter',
      d20261123: 5,
      live: 1,
      's#req_0': noon,
      'r#req_1': writeMarker(marker),
      'r#req_2': 'broken',
      'r#req_3': 9,
      x: undefined,
      y: true,
    };
    const { overdue, ...counter } = toCounter(item);
    expect([overdue(marker.expiresAt - 1), overdue(marker.expiresAt)]).toEqual([false, true]);
    expect(counter).toEqual({
      counts: { d20261123: 5, live: 1, 's#req_0': noon, 'r#req_3': 9 },
      markers: { 'r#req_1': marker },
    });
  });

  test('counts nothing where nothing stands, whatever its name', () => {
    for (const name of ['d20261123', 'toString', 'constructor', '__proto__', ''])
      expect(counted(counterOf({}), name)).toBe(0);
    expect(counted(counterOf({ live: 3 }), 'live')).toBe(3);
  });

  test('knows a call by its mark, whichever try it was', () => {
    fc.assert(
      fc.property(fc.stringMatching(/^[\w-]{1,40}$/), fc.nat(20), (id, round) => {
        expect(idOf(markOf(id, round))).toBe(id);
        expect(bookedOf(markOf(id, 0))).toBe(bookedOf(id));
        expect(new Set([markOf(id, round), markOf(id, round + 1), bookedOf(markOf(id, round))]).size).toBe(3);
      }),
    );
  });

  test('counts dollars by the windows of a moment', () => {
    expect(dollarAttributes(momentOf(noon + 5 * MINUTE, 330 * MINUTE))).toEqual({
      minute: 'mi202611231205',
      hour: 'h202611231130',
      day: 'd20261123',
      month: 'mo202611',
      total: 'total',
    });
  });
});

describe('what is over for good', () => {
  const kept = ['total', 'live', 'live~acme', 'calls', 'promptTokens', 'completionTokens', 'a#total#5000000000'];

  test('is never what counts in this window or the one before, nor in all', () => {
    fc.assert(
      fc.property(now, (moment) => {
        const hourAgo = ago(moment, HOUR);
        const lastMonth = ago(moment, Number(dayIn(moment)) * DAY);
        const before = [
          ...countedAt(ago(moment, MINUTE)),
          `h${hourAgo.hour}`,
          `a#h${hourAgo.hour}#7`,
          `d${ago(moment, DAY).day}`,
          `mo${lastMonth.month}`,
        ];
        expect(stale(withCounts([...kept, ...countedAt(moment), ...before]), moment)).toEqual([]);
      }),
    );
  });

  const dayIn = ({ day }: Moment) => day.slice(6);

  test.each([
    ['minute', MINUTE, 2],
    ['hour', HOUR, 2],
    ['day', DAY, 31],
  ] as const)('is a %s once so many more are over, and with it what is remembered of it', (window, ms, most) => {
    const names = (moment: Moment) => {
      const attribute = dollarAttributes(moment)[window];
      const rates = window === 'minute' ? [`rq${moment.minute}`, `tk${moment.minute}~acme`] : [];
      return [attribute, `a#${attribute}#250000000`, ...rates];
    };
    fc.assert(
      fc.property(now, fc.nat(500), (moment, count) => {
        const found = names(ago(moment, count * ms));
        expect(stale(withCounts(found), moment)).toEqual(count > most ? found : []);
      }),
    );
  });

  test.each([
    ['mo202509', true],
    ['mo202510', false], // thirteen months are kept, counted with 31 days
    ['a#mo202509#1', true],
    ['d20261022', true],
    ['d20261023', false],
    ['d20261123', false],
    ['h202611230900', true],
    ['h202611231000', false],
    ['mi202611231157', true],
    ['mi202611231158', false],
    ['rq202611231157~acme', true],
    ['rq202611231158~acme', false],
    ['tk202611231157', true],
    ['d20261124', false],
  ])('at noon of November 23rd: %s %s', (name, over) => {
    const moment = momentOf(noon, 0);
    expect(overBy(moment)(name)).toBe(over);
    expect(stale(withCounts([name]), moment)).toEqual(over ? [name] : []);
  });

  test('is not what only looks like a window', () => {
    const names = [
      ...kept,
      'd',
      'dx20200101',
      'day20200101',
      'xd20200101',
      'd20200101x',
      'm2020',
      'r#req_1',
      'sd20200101',
    ];
    expect(stale(withCounts(names), momentOf(noon, 0))).toEqual([]);
  });

  test('is the sign of a call that was booked more than two minutes ago, and of one settled unwritten two days ago', () => {
    const signs = {
      's#req_1': noon - 120_001,
      's#req_2': noon - 120_000,
      's#d20200101': noon,
      'f#req_4': noon - 48 * HOUR - 1,
      'f#req_5': noon - 48 * HOUR,
    };
    expect(stale(counterOf(signs), momentOf(noon, 0))).toEqual(['s#req_1', 'f#req_4']);
  });

  test('is the claim of a tenant that waits no longer', () => {
    const claims = { 'w1~acme': noon - 1, 'w2~d20200101': noon, 'w0~late': noon + 5_000 };
    expect(stale(counterOf(claims), momentOf(noon, 0))).toEqual(['w1~acme']);
  });

  test('goes fifty at a time, for an expression has room for no more', () => {
    const many = Array.from({ length: 120 }, (_, day) => `d${20200101 + day}`);
    const moment = momentOf(noon, 0);
    const first = stale(withCounts(many), moment);
    expect(first).toHaveLength(50);
    const rest = many.filter((name) => !first.includes(name));
    expect(new Set([...first, ...stale(withCounts(rest), moment)]).size).toBe(100);
  });

  test('leaves an item that is called every hour for years about as large as it was after a month', () => {
    let counts: Record<string, number> = {};
    let most = 0;
    for (let at = noon; at < noon + 800 * DAY; at += HOUR) {
      const moment = momentOf(at, 0);
      for (const name of stale(counterOf(counts), moment)) delete counts[name];
      counts = { ...counts, ...Object.fromEntries(countedAt(moment).map((name) => [name, 1])) };
      most = Math.max(most, Object.keys(counts).length);
    }
    expect(most).toBeLessThanOrEqual(2 * (32 + 14) + 40);
  });
});
