import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Demand, Refusal } from '../../lib/ledger/admission.ts';
import { type Counter, counted, dollarAttributes, emptyCounter } from '../../lib/ledger/counter.ts';
import { type Budgets, type Limits, type Window, windows } from '../../lib/ledger/limits.ts';
import type { Marker } from '../../lib/ledger/marker.ts';
import { rateOf, type Verdict, verdictOn } from '../../lib/ledger/verdict.ts';
import { endOf, momentOf, offsetAt } from '../../lib/ledger/windows.ts';
import { scope } from '../support/ledgers.ts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
const noon = Date.UTC(2026, 10, 23, 12);
const zone = fc.constantFrom('UTC', 'Europe/Berlin', 'Asia/Kolkata', 'America/Santiago', 'Australia/Lord_Howe');
const instant = fc.integer({ min: Date.UTC(2026, 0), max: Date.UTC(2028, 0) });

const momentAt = (at: number, timezone = 'UTC') => momentOf(at, offsetAt(timezone, at));
const around = (limits: Limits, at: number, timezone = 'UTC') => ({
  scope: scope('tenant', 'acme', limits),
  moment: momentAt(at, timezone),
  timezone,
});
const demanding = (demand: Partial<Demand> = {}): Demand => {
  const nanoDollars = demand.nanoDollars ?? 100;
  return { nanoDollars, leastNanoDollars: nanoDollars, tokens: 10, ...demand };
};
const judge = (counter: Counter, limits: Limits, at = noon, demand = demanding(), timezone = 'UTC') =>
  verdictOn(counter, demand, around(limits, at, timezone));
const counterOf = (counts: Counter['counts'], markers: Counter['markers'] = {}): Counter => ({
  ...emptyCounter,
  counts,
  markers,
});
const budget = (budgets: Budgets): Limits => ({ budgets, rates: {} });
const rate = (rates: Limits['rates']): Limits => ({ rates });

function refusalIn(verdict: Verdict): Refusal {
  if (verdict.fits) throw new Error('This should not have fitted.');
  return verdict.refusal;
}

/** A call under way: it holds so many nano-dollars and tokens, since then and until then. */
const under = (nanoDollars: number, at = noon, expiresAt = at + HOUR, tokens = 10): Marker => ({
  expiresAt,
  nanoDollars,
  tokens,
  moment: momentAt(at),
  counted: '',
  witness: { tenant: 'acme', first: 'key#key_1' },
});

describe('a budget', () => {
  test.each(windows)('of a %s has room to its last nano-dollar, and none beyond it', (window) => {
    const attribute = dollarAttributes(momentAt(noon))[window];
    const limits = budget({ [window]: 1_000 });
    expect(judge(counterOf({ [attribute]: 900 }), limits)).toEqual({ fits: true, nanoDollars: 100 });
    expect(refusalIn(judge(counterOf({ [attribute]: 901 }), limits))).toMatchObject({
      scope: { id: 'tenant#acme' },
      kind: 'dollars',
      window,
      limit: 1_000,
      spent: 901,
      held: 0,
      wanted: 100,
      soon: false,
    });
  });

  test('grants what is left, where that is still worth a call, and the tightest of several', () => {
    const demand = demanding({ nanoDollars: 500, leastNanoDollars: 200 });
    const limits = budget({ day: 1_000, month: 2_000, total: 10_000 });
    const day = (spent: number, month = spent) => counterOf({ d20261123: spent, mo202611: month, total: month });
    expect(judge(day(500), limits, noon, demand)).toEqual({ fits: true, nanoDollars: 500 });
    expect(judge(day(700), limits, noon, demand)).toEqual({ fits: true, nanoDollars: 300 });
    expect(judge(day(700, 1_750), limits, noon, demand)).toEqual({ fits: true, nanoDollars: 250 });
    expect(judge(day(800), limits, noon, demand)).toEqual({ fits: true, nanoDollars: 200 });
    expect(refusalIn(judge(day(801), limits, noon, demand))).toMatchObject({ window: 'day', wanted: 200 });
  });

  test('of nothing refuses whatever costs anything, and no wait can help', () => {
    for (const window of windows) {
      const refusal = refusalIn(judge(emptyCounter, budget({ [window]: 0 }), noon, demanding({ nanoDollars: 1 })));
      expect(refusal).toMatchObject({ window, limit: 0, spent: 0, soon: false });
      expect(refusal.retryAfterMs).toBeUndefined();
    }
    expect(judge(emptyCounter, budget({ day: 0 }), noon, demanding({ nanoDollars: 0 }))).toMatchObject({ fits: true });
  });

  test('that is used up in all never resets', () => {
    const refusal = refusalIn(judge(counterOf({ total: 1_000 }), budget({ total: 1_000 })));
    expect(refusal.window).toBe('total');
    expect(refusal.resetAt).toBeUndefined();
    expect(refusal.retryAfterMs).toBeUndefined();
  });

  test('that is not there caps nothing', () => {
    const spent = counterOf({ d20261123: 1e15, total: 1e15 });
    expect(judge(spent, budget({}))).toEqual({ fits: true, nanoDollars: 100 });
    expect(judge(spent, rate({}))).toEqual({ fits: true, nanoDollars: 100 });
    expect(judge(spent, budget({ month: 100 }))).toEqual({ fits: true, nanoDollars: 100 });
  });

  test('is a day’s from local midnight to local midnight, be that 23 or 25 hours', () => {
    const limits = budget({ day: 1_000 });
    const dayOf = (day: string) => counterOf({ [`d${day}`]: 1_000 });
    for (const [day, midnight, hours] of [
      ['20260329', '2026-03-28T23:00:00Z', 23],
      ['20261025', '2026-10-24T22:00:00Z', 25],
      ['20261123', '2026-11-22T23:00:00Z', 24],
    ] as const) {
      const began = Date.parse(midnight);
      const ended = began + hours * HOUR;
      const at = (time: number) => judge(dayOf(day), limits, time, demanding(), 'Europe/Berlin');
      expect(at(began - 1).fits).toBe(true);
      expect(refusalIn(at(began))).toMatchObject({ resetAt: ended, retryAfterMs: hours * HOUR });
      expect(refusalIn(at(ended - 1))).toMatchObject({ resetAt: ended, retryAfterMs: 1 });
      expect(at(ended).fits).toBe(true);
    }
  });
});

describe('calls under way', () => {
  const limits = budget({ day: 1_000 });
  const mark = (...markers: readonly Marker[]) =>
    Object.fromEntries(markers.map((marker, each) => [`r#req_${each}`, marker]));

  test('are no money spent: a moment later there may be room', () => {
    const refusal = refusalIn(judge(counterOf({ d20261123: 950 }, mark(under(300))), limits));
    expect(refusal).toMatchObject({ spent: 650, held: 300, soon: true, retryAfterMs: 1_000 });
  });

  test('that are over their time are spent, not held', () => {
    const over = under(300, noon - HOUR, noon);
    const refusal = refusalIn(judge(counterOf({ d20261123: 950 }, mark(over)), limits));
    expect(refusal).toMatchObject({ spent: 950, held: 0, soon: false, retryAfterMs: 12 * HOUR });
  });

  test('hold nothing of a window they were not let in in', () => {
    const yesterday = under(300, noon - DAY, noon + 1);
    expect(refusalIn(judge(counterOf({ d20261123: 950 }, mark(yesterday)), limits))).toMatchObject({
      spent: 950,
      held: 0,
      soon: false,
    });
    const month = counterOf({ mo202611: 950 }, mark(yesterday));
    expect(refusalIn(judge(month, budget({ month: 1_000 })))).toMatchObject({ spent: 650, held: 300, soon: true });
  });

  test('are soon out of the way exactly if the call would fit without what they hold', () => {
    const held = fc.record({ nanoDollars: fc.nat(400), alive: fc.boolean(), today: fc.boolean() });
    fc.assert(
      fc.property(
        fc.array(held, { maxLength: 5 }),
        fc.nat(1_200),
        fc.integer({ min: 1, max: 400 }),
        (calls, spent, wanted) => {
          const markers = calls.map(({ nanoDollars, alive, today }) =>
            under(nanoDollars, today ? noon - MINUTE : noon - DAY, alive ? noon + 1 : noon),
          );
          const sum = (of: (call: (typeof calls)[number]) => boolean) =>
            calls.filter(of).reduce((total, { nanoDollars }) => total + nanoDollars, 0);
          const used = spent + sum(({ today }) => today);
          const free = used - sum(({ today, alive }) => today && alive);
          const verdict = judge(
            counterOf({ d20261123: used }, mark(...markers)),
            limits,
            noon,
            demanding({ nanoDollars: wanted }),
          );
          expect(verdict.fits).toBe(used + wanted <= 1_000);
          if (verdict.fits) return;
          expect(verdict.refusal).toMatchObject({ spent: free, held: used - free });
          expect(verdict.refusal.soon).toBe(free + wanted <= 1_000);
        },
      ),
      { numRuns: 500 },
    );
  });

  test('do not hide another limit that is hardest to wait for', () => {
    const both: Limits = { budgets: { day: 1_000 }, rates: { rpm: 1 } };
    const counter = counterOf({ d20261123: 950, rq202611231200: 1 }, mark(under(300)));
    expect(refusalIn(judge(counter, both))).toMatchObject({ kind: 'requests', soon: false });
    const spent = counterOf({ d20261123: 950, total: 2_300 }, mark(under(300)));
    expect(refusalIn(judge(spent, budget({ day: 1_000, total: 2_000 })))).toMatchObject({
      window: 'total',
      soon: false,
    });
  });

  test('hold tokens, too, of the minute they came in', () => {
    const busy = counterOf(
      { tk202611231200: 100, live: 2 },
      mark(under(0, noon, noon + HOUR, 60), under(0, noon - HOUR, noon + HOUR, 30)),
    );
    expect(refusalIn(judge(busy, rate({ tpm: 100 })))).toMatchObject({
      kind: 'tokens',
      spent: 40,
      held: 60,
      soon: true,
    });
    // Half of what came in the minute before still counts, and half of what it holds.
    const later = counterOf({ tk202611231200: 200 }, mark(under(0, noon, noon + HOUR, 60)));
    expect(refusalIn(judge(later, rate({ tpm: 90 }), noon + 1.5 * MINUTE))).toMatchObject({
      spent: 70,
      held: 29,
      soon: true,
    });
  });

  test('may be only so many at once; how long one takes nobody knows', () => {
    const three = mark(under(0), under(0), under(0));
    expect(judge(counterOf({ live: 3 }, three), rate({ concurrent: 4 })).fits).toBe(true);
    const refusal = refusalIn(judge(counterOf({ live: 3 }, three), rate({ concurrent: 3 })));
    expect(refusal).toMatchObject({
      kind: 'concurrent',
      limit: 3,
      spent: 0,
      held: 3,
      soon: false,
      retryAfterMs: 1_000,
    });
    expect([refusal.window, refusal.resetAt]).toEqual([undefined, undefined]);
  });

  test('may be none at all, where none is allowed, and no wait can help', () => {
    const refusal = refusalIn(judge(emptyCounter, rate({ concurrent: 0 })));
    expect(refusal).toMatchObject({ kind: 'concurrent', limit: 0 });
    expect(refusal.retryAfterMs).toBeUndefined();
  });
});

describe('a rate', () => {
  /** Lets calls in at these moments, each if it fits, and says which were. */
  function play(limits: Limits, times: readonly { readonly at: number; readonly tokens: number }[]) {
    const counts: Record<string, number> = {};
    return times.map(({ at, tokens }) => {
      const { minute } = momentAt(at);
      const { fits } = judge(counterOf(counts), limits, at, demanding({ tokens }));
      if (fits) {
        counts[`rq${minute}`] = (counts[`rq${minute}`] ?? 0) + 1;
        counts[`tk${minute}`] = (counts[`tk${minute}`] ?? 0) + tokens;
      }
      return { at, tokens, fits };
    });
  }
  const arrivals = fc
    .array(fc.record({ gap: fc.oneof(fc.nat(50), fc.nat(3_000), fc.nat(40_000)), tokens: fc.nat(300) }), {
      maxLength: 150,
    })
    .map((gaps) => {
      let at = noon;
      return gaps.map(({ gap, tokens }) => {
        at += gap;
        return { at, tokens };
      });
    });
  const minuteOf = (at: number) => Math.floor(at / MINUTE);
  const sum = (numbers: readonly number[]) => numbers.reduce((total, each) => total + each, 0);

  test('of requests holds in every minute of the clock, and in the last sixty seconds as they are reckoned', () => {
    fc.assert(
      fc.property(arrivals, fc.integer({ min: 1, max: 12 }), (times, rpm) => {
        const served = play(rate({ rpm }), times).filter(({ fits }) => fits);
        for (const { at } of served) {
          const until = served.filter((other) => other.at <= at);
          const now = until.filter((other) => minuteOf(other.at) === minuteOf(at)).length;
          const before = until.filter((other) => minuteOf(other.at) === minuteOf(at) - 1).length;
          expect(now).toBeLessThanOrEqual(rpm);
          expect(now + before * (1 - (at % MINUTE) / MINUTE)).toBeLessThan(rpm + 1);
        }
      }),
      { numRuns: 200 },
    );
  });

  test('of tokens is passed by one call at most, in a minute of the clock and as the last sixty seconds are reckoned', () => {
    fc.assert(
      fc.property(arrivals, fc.integer({ min: 1, max: 1_000 }), (times, tpm) => {
        const served = play(rate({ tpm }), times).filter(({ fits }) => fits);
        for (const [index, { at, tokens }] of served.entries()) {
          const until = served.slice(0, index + 1);
          const now = sum(until.filter((other) => minuteOf(other.at) === minuteOf(at)).map((other) => other.tokens));
          const before = sum(
            until.filter((other) => minuteOf(other.at) === minuteOf(at) - 1).map((other) => other.tokens),
          );
          expect(now + before * (1 - (at % MINUTE) / MINUTE)).toBeLessThan(tpm + Math.max(tokens, 1));
        }
      }),
      { numRuns: 200 },
    );
  });

  test('of requests can be used up to the last one at once, and nearly all of it evenly and for ever', () => {
    const burst = Array.from({ length: 20 }, () => ({ at: noon, tokens: 1 }));
    expect(play(rate({ rpm: 7 }), burst).filter(({ fits }) => fits)).toHaveLength(7);
    fc.assert(
      fc.property(fc.nat(MINUTE), fc.integer({ min: 20, max: 200 }), (since, rpm) => {
        const apart = MINUTE / (0.95 * rpm);
        const even = Array.from({ length: 4 * rpm }, (_, index) => ({
          at: noon + since + Math.floor(index * apart),
          tokens: 1,
        }));
        expect(play(rate({ rpm }), even).filter(({ fits }) => !fits)).toEqual([]);
      }),
    );
  });

  test('of tokens lets any call in while there is any room, however large it is', () => {
    const limits = rate({ tpm: 100 });
    expect(judge(counterOf({ tk202611231200: 99 }), limits, noon, demanding({ tokens: 5_000 })).fits).toBe(true);
    expect(refusalIn(judge(counterOf({ tk202611231200: 100 }), limits))).toMatchObject({
      kind: 'tokens',
      window: 'minute',
      limit: 100,
      spent: 100,
    });
  });

  test.each([{ rpm: 0 }, { tpm: 0 }])('of nothing lets nobody in, and no wait can help: %j', (rates) => {
    const refusal = refusalIn(judge(emptyCounter, rate(rates)));
    expect(refusal).toMatchObject({ limit: 0, spent: 0 });
    expect(refusal.retryAfterMs).toBeUndefined();
  });

  test('counts what fell short of nothing as nothing', () => {
    expect(judge(counterOf({ rq202611231159: -5 }), rate({ rpm: 1 })).fits).toBe(true);
  });

  test('of the minute before counts by the part of it that still lies in the last sixty seconds', () => {
    const before = counterOf({ rq202611231200: 10 });
    const room = (ms: number) => judge(before, rate({ rpm: 10 }), noon + MINUTE + ms).fits;
    expect([room(0), room(6_000)]).toEqual([true, true]);
    const more = (ms: number) =>
      judge(counterOf({ rq202611231200: 10, rq202611231201: 1 }), rate({ rpm: 10 }), noon + MINUTE + ms).fits;
    expect([more(0), more(6_000), more(6_001)]).toEqual([false, true, true]);
  });

  test.each([1, 2, 5, 60, 600])('of %i requests loses none to a caller who keeps an even pace', (rpm) => {
    const times = Array.from({ length: 20 * rpm }, (_, turn) => ({
      at: noon + Math.ceil((turn * MINUTE) / rpm),
      tokens: 1,
    }));
    expect(play(rate({ rpm }), times).filter(({ fits }) => !fits)).toEqual([]);
  });

  test('says what is left of it, and when all of it is there again', () => {
    const left = (counts: Counter['counts'], ms = 0) =>
      rateOf('requests', counterOf(counts), around(rate({ rpm: 10 }), noon + MINUTE + ms));
    expect(left({})).toEqual({ limit: 10, remaining: 10, resetMs: 0 });
    expect(left({ rq202611231201: 3 }, 6_000)).toEqual({ limit: 10, remaining: 7, resetMs: 94_000 });
    expect(left({ rq202611231200: 4 }, 30_000)).toEqual({ limit: 10, remaining: 9, resetMs: 15_000 });
    expect(left({ rq202611231200: 9, rq202611231201: 9 }, 1)).toEqual({ limit: 10, remaining: 0, resetMs: 113_332 });
    expect(rateOf('tokens', emptyCounter, around(rate({ rpm: 10 }), noon))).toBeUndefined();
    expect(rateOf('concurrent', counterOf({ live: 1 }), around(rate({ concurrent: 3 }), noon))).toMatchObject({
      remaining: 2,
    });
  });

  test('is all there again after exactly as long as it says', () => {
    fc.assert(
      fc.property(instant, fc.nat(20), fc.nat(20), (at, past, current) => {
        const { minute, previousMinute } = momentAt(at);
        const counter = counterOf({ [`rq${previousMinute}`]: past, [`rq${minute}`]: current });
        const circumstances = (time: number) => around(rate({ rpm: 20 }), time);
        const rests = rateOf('requests', counter, circumstances(at))?.resetMs ?? Number.NaN;
        expect(rateOf('requests', counter, circumstances(at + rests))?.remaining).toBe(20);
        if (rests > 0) expect(rateOf('requests', counter, circumstances(at + rests - 1))?.remaining).toBeLessThan(20);
      }),
    );
  });
});

describe('a call that is told to wait', () => {
  const limit = fc.option(fc.integer({ min: 0, max: 40 }), { nil: undefined });
  const given = <Name extends string>(limits: Readonly<Record<Name, number | undefined>>) =>
    Object.fromEntries(Object.entries(limits).filter(([, value]) => value !== undefined));
  const situation = fc.record({
    at: instant,
    timezone: zone,
    budgets: fc.record({ minute: limit, hour: limit, day: limit, month: limit, total: limit }).map(given),
    rates: fc.record({ rpm: limit, tpm: limit }).map(given),
    used: fc.array(fc.nat(60), { minLength: 9, maxLength: 9 }),
    wanted: fc.integer({ min: 1, max: 20 }),
  });

  const counterIn = ({ at, timezone, used }: { at: number; timezone: string; used: readonly number[] }) => {
    const moment = momentAt(at, timezone);
    const { minute, hour, day, month, total } = dollarAttributes(moment);
    const names = [minute, hour, day, month, total];
    for (const kind of ['rq', 'tk']) names.push(`${kind}${moment.previousMinute}`, `${kind}${moment.minute}`);
    return counterOf(Object.fromEntries(names.map((name, index) => [name, used[index] ?? 0])));
  };

  test('fits after that long if nothing else comes, and not a moment sooner', () => {
    fc.assert(
      fc.property(situation, (now) => {
        const { at, timezone, budgets, rates, wanted } = now;
        const limits: Limits = { budgets, rates };
        const demand = demanding({ nanoDollars: wanted });
        const counter = counterIn(now);
        const verdict = judge(counter, limits, at, demand, timezone);
        if (verdict.fits) return;
        const { retryAfterMs } = verdict.refusal;
        const fitsAfter = (ms: number) => judge(counter, limits, at + ms, demand, timezone).fits;
        if (retryAfterMs === undefined) {
          expect(fitsAfter(500 * DAY)).toBe(false);
          return;
        }
        expect(retryAfterMs).toBeGreaterThan(0);
        expect(Number.isInteger(retryAfterMs)).toBe(true);
        expect(fitsAfter(retryAfterMs)).toBe(true);
        expect(fitsAfter(retryAfterMs - 1)).toBe(false);
      }),
      { numRuns: 5_000 },
    );
  });

  test('is told of the limit that is hardest to wait for', () => {
    fc.assert(
      fc.property(situation, (now) => {
        const { at, timezone, budgets, rates, wanted } = now;
        const counter = counterIn(now);
        const alone = (limits: Limits) => {
          const verdict = judge(counter, limits, at, demanding({ nanoDollars: wanted }), timezone);
          return verdict.fits ? 0 : (verdict.refusal.retryAfterMs ?? Number.POSITIVE_INFINITY);
        };
        const each = [
          ...Object.entries(budgets).map(([window, most]) => alone(budget({ [window]: most }))),
          ...Object.entries(rates).map(([kind, most]) => alone(rate({ [kind]: most }))),
        ];
        expect(alone({ budgets, rates })).toBe(Math.max(0, ...each));
      }),
      { numRuns: 1_000 },
    );
  });

  test('knows when the window ends that refused it', () => {
    const ending: readonly Window[] = ['minute', 'hour', 'day', 'month'];
    fc.assert(
      fc.property(instant, zone, fc.constantFrom(...ending), (at, timezone, window) => {
        const attribute = dollarAttributes(momentAt(at, timezone))[window];
        const counter = counterOf({ [attribute]: 1_000 });
        expect(counted(counter, attribute)).toBe(1_000);
        const { resetAt, retryAfterMs } = refusalIn(
          judge(counter, budget({ [window]: 1_000 }), at, demanding(), timezone),
        );
        expect(resetAt).toBe(endOf(window, at, timezone));
        expect(at + (retryAfterMs ?? Number.NaN)).toBe(resetAt);
      }),
    );
  });
});
