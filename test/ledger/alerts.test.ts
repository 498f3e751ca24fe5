import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Alert } from '../../lib/ledger/admission.ts';
import { type Crossing, crossings, exhaustion } from '../../lib/ledger/alerts.ts';
import { type Counter, counted, emptyCounter } from '../../lib/ledger/counter.ts';
import type { Budgets } from '../../lib/ledger/limits.ts';
import type { Marker } from '../../lib/ledger/marker.ts';
import { momentOf } from '../../lib/ledger/windows.ts';
import { scope } from '../support/ledgers.ts';

const noon = Date.UTC(2026, 10, 26, 12, 30);
const moment = momentOf(noon, 0);
const around = (budgets: Budgets) => ({
  scope: scope('key', 'key_1', { budgets, rates: {} }),
  moment,
  timezone: 'UTC',
});
const counterOf = (counts: Counter['counts'], markers: Counter['markers'] = {}): Counter => ({
  ...emptyCounter,
  counts,
  markers,
});
const under = (nanoDollars: number, expiresAt: number): Marker => ({
  expiresAt,
  nanoDollars,
  tokens: 0,
  moment,
  counted: '',
  witness: { tenant: 'acme', first: 'key#key_1' },
});

/** What is found, told and remembered, as the ledger does it. */
function tell(
  counter: Counter,
  found: readonly Crossing[],
): { readonly counter: Counter; readonly alerts: readonly Alert[] } {
  const told = Object.fromEntries(found.map(({ attribute, reached }) => [attribute, reached]));
  return {
    counter: { ...counter, counts: { ...counter.counts, ...told } },
    alerts: found.flatMap(({ alerts }) => alerts),
  };
}
const percents = (found: readonly Crossing[]) =>
  found.flatMap(({ alerts }) => alerts.map((each) => each.thresholdPercent));
const day = (spent: number, limit = 1_000) =>
  crossings(counterOf({ d20261126: spent }), 'acme', around({ day: limit }));

describe('a budget', () => {
  test.each([
    [0, []],
    [499, []],
    [500, [50]],
    [799, [50]],
    [800, [50, 80]],
    [999, [50, 80]],
    [1_000, [50, 80, 100]],
    [5_000, [50, 80, 100]],
  ])('of 1000 that has spent %i is told at %j per cent', (spent, told) => {
    expect(percents(day(spent))).toEqual(told);
  });

  test('is told with its scope, window, spending and limit, in words a person reads', () => {
    const limits = around({ day: 2_500_000_000 });
    const [crossing] = crossings(counterOf({ d20261126: 1_250_000_001 }), 'acme', limits);
    expect(crossing).toEqual({
      attribute: 'a#d20261126#2500000000',
      told: 0,
      reached: 50,
      alerts: [
        {
          id: 'key#key_1/day/2026-11-26/2500000000/50',
          tenant: 'acme',
          scope: 'key',
          name: 'key_1',
          window: 'day',
          period: '2026-11-26',
          thresholdPercent: 50,
          spentUsd: '1.250000001',
          limitUsd: '2.5',
        },
      ],
    });
  });

  test.each([
    ['minute', 'mi202611261230', '2026-11-26T12:30Z'],
    ['hour', 'h202611261200', '2026-11-26T12:00Z'],
    ['day', 'd20261126', '2026-11-26'],
    ['month', 'mo202611', '2026-11'],
    ['total', 'total', 'total'],
  ] as const)('of a %s is told of the window by its own name', (window, attribute, period) => {
    const found = crossings(counterOf({ [attribute]: 600 }), 'acme', around({ [window]: 1_000 }));
    expect(found.flatMap(({ alerts }) => alerts)).toMatchObject([{ window, period, thresholdPercent: 50 }]);
  });

  test('is told of each threshold once, however its spending comes, and of all it has passed', () => {
    const spending = fc.array(fc.nat(700_000_000), { maxLength: 30 });
    fc.assert(
      fc.property(spending, fc.integer({ min: 1, max: 2_000_000_000 }), (amounts, limit) => {
        let counter = counterOf({});
        const told: Alert[] = [];
        for (const amount of amounts) {
          counter = counterOf({ ...counter.counts, d20261126: counted(counter, 'd20261126') + amount });
          const then = tell(counter, crossings(counter, 'acme', around({ day: limit })));
          counter = then.counter;
          told.push(...then.alerts);
          expect(crossings(counter, 'acme', around({ day: limit }))).toEqual([]);
        }
        const spent = counted(counter, 'd20261126');
        const passed = [50, 80, 100].filter((percent) => spent * 100 >= percent * limit);
        expect(told.map(({ thresholdPercent }) => thresholdPercent)).toEqual(passed);
        expect(new Set(told.map(({ id }) => id)).size).toBe(passed.length);
      }),
    );
  });

  test('that is changed is a new story', () => {
    const { counter } = tell(counterOf({ d20261126: 600 }), day(600));
    expect(percents(crossings(counter, 'acme', around({ day: 1_000 })))).toEqual([]);
    const raised = crossings(counter, 'acme', around({ day: 1_200 }));
    expect(percents(raised)).toEqual([50]);
    expect(raised[0]?.alerts[0]?.id).not.toBe(day(600)[0]?.alerts[0]?.id);
    expect(percents(crossings(counter, 'acme', around({ day: 600 })))).toEqual([50, 80, 100]);
  });

  test('has a story of its own in each window, and in the next one a new one', () => {
    const counter = counterOf({ d20261126: 500, mo202611: 900, total: 100 });
    const all = around({ day: 1_000, month: 1_000, total: 1_000 });
    const told = tell(counter, crossings(counter, 'acme', all));
    expect(told.alerts.map(({ window, thresholdPercent }) => [window, thresholdPercent])).toEqual([
      ['day', 50],
      ['month', 50],
      ['month', 80],
    ]);
    const tomorrow = { ...all, moment: momentOf(noon + 86_400_000, 0) };
    const next = counterOf({ ...told.counter.counts, d20261127: 500 });
    expect(crossings(next, 'acme', tomorrow).flatMap(({ alerts }) => alerts)).toMatchObject([{ period: '2026-11-27' }]);
  });

  test('of nothing, and one that is not there, tells nothing', () => {
    expect(crossings(counterOf({ d20261126: 9 }), 'acme', around({ day: 0 }))).toEqual([]);
    expect(crossings(counterOf({ d20261126: 9 }), 'acme', around({}))).toEqual([]);
    expect(exhaustion('day', counterOf({ d20261126: 9 }), 'acme', around({ day: 0 }))).toEqual([]);
  });

  test('is not told of what calls under way hold, but of what those hold that are over their time', () => {
    const counter = (expiresAt: number) => counterOf({ d20261126: 900 }, { 'r#req_1': under(450, expiresAt) });
    expect(crossings(counter(noon + 1), 'acme', around({ day: 1_000 }))).toEqual([]);
    expect(percents(crossings(counter(noon), 'acme', around({ day: 1_000 })))).toEqual([50, 80]);
  });
});

describe('a budget that had to refuse a call', () => {
  test('is used up, though a little is left, and that is told once', () => {
    const first = tell(counterOf({ d20261126: 850 }), day(850));
    const then = tell(first.counter, exhaustion('day', first.counter, 'acme', around({ day: 1_000 })));
    expect(then.alerts).toMatchObject([{ window: 'day', thresholdPercent: 100, spentUsd: '0.00000085' }]);
    expect(exhaustion('day', then.counter, 'acme', around({ day: 1_000 }))).toEqual([]);
    const spent = counterOf({ ...then.counter.counts, d20261126: 1_000 });
    expect(crossings(spent, 'acme', around({ day: 1_000 }))).toEqual([]);
  });

  test('is told of in the window that refused, and in no other', () => {
    const counter = counterOf({ d20261126: 990, mo202611: 990 });
    const found = exhaustion('month', counter, 'acme', around({ day: 1_000, month: 1_000 }));
    expect(found.map(({ attribute }) => attribute)).toEqual(['a#mo202611#1000']);
  });
});
