import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { bill } from '../../lib/cost/bill.ts';
import { breakEven } from '../../lib/cost/break-even.ts';
import { doors } from '../../lib/cost/doors.ts';
import { baseline, prices } from '../../lib/cost/prices.ts';
import { idle, usualWorkload, type Workload } from '../../lib/cost/workload.ts';

const DOLLAR = 1e9;
const workloads: fc.Arbitrary<Workload> = fc.record({
  calls: fc.nat(20_000_000),
  callMs: fc.integer({ min: 1, max: 60_000 }),
  memoryMb: fc.integer({ min: 128, max: 2_048 }),
  answerBytes: fc.nat(1_000_000),
  promptBytes: fc.nat(1_000_000),
  scopes: fc.integer({ min: 0, max: 4 }),
  tenants: fc.integer({ min: 1, max: 1_000 }),
  counters: fc.nat(100_000),
  models: fc.integer({ min: 1, max: 50 }),
  secrets: fc.nat(20),
  keptDays: fc.integer({ min: 1, max: 400 }),
  changes: fc.nat(10_000),
  traced: fc.boolean(),
  firewallRules: fc.nat(10),
  capturedPercent: fc.nat(100),
  captureBytes: fc.integer({ min: 1, max: 100_000 }),
  captureDays: fc.integer({ min: 1, max: 400 }),
  guardrailUnits: fc.nat(20),
  searchUnitHours: fc.nat(1_000),
  freeTier: fc.boolean(),
});
const line = (workload: Partial<Workload>, name: string, door: (typeof doors)[number] = 'function-url') =>
  bill(door, { ...usualWorkload, ...workload }).lines.find((each) => each.name === name)?.nanoDollars;

describe('a bill', () => {
  test('is what its lines add up to, in whole nano-dollars, and never below nothing', () => {
    fc.assert(
      fc.property(workloads, fc.constantFrom(...doors), (workload, door) => {
        const { lines, nanoDollars } = bill(door, workload);
        expect(lines.every((each) => each.nanoDollars === undefined || Number.isSafeInteger(each.nanoDollars))).toBe(
          true,
        );
        expect(lines.reduce((sum, each) => sum + (each.nanoDollars ?? 0), 0)).toBe(nanoDollars);
        expect(nanoDollars).toBeGreaterThanOrEqual(0);
        expect(new Set(lines.map(({ name }) => name)).size).toBe(lines.length);
      }),
    );
  });

  test('grows with the calls, is lowest while nobody calls, and is no higher with what is free', () => {
    fc.assert(
      fc.property(workloads, fc.nat(1_000_000), fc.constantFrom(...doors), (workload, more, door) => {
        const of = (other: Partial<Workload>) => bill(door, { ...workload, ...other }).nanoDollars;
        expect(of({ calls: workload.calls + more })).toBeGreaterThanOrEqual(of({}));
        expect(bill(door, idle(workload)).nanoDollars).toBeLessThanOrEqual(of({}));
        expect(of({ freeTier: true })).toBeLessThanOrEqual(of({ freeTier: false }));
      }),
    );
  });

  test('says of a Web Function what has no price, and reckons all else', () => {
    const { lines, whole } = bill('web-function', usualWorkload);
    expect(whole).toBe(false);
    expect(lines.filter(({ nanoDollars }) => nanoDollars === undefined)).toHaveLength(3);
    expect(bill('web-function', idle(usualWorkload)).whole).toBe(true);
  });
});

describe('a line', () => {
  test('is what the price table says of what is used', () => {
    expect(line({}, 'Lambda requests')).toBe(0.2 * DOLLAR);
    expect(line({}, 'Lambda time')).toBe(33_333_500_000); // 2.5 million GB-seconds
    expect(line({}, 'REST API')).toBeUndefined();
    expect(line({}, 'REST API', 'rest-api')).toBe(3.5 * DOLLAR);
    expect(line({ firewallRules: 3 }, 'Firewall')).toBeUndefined();
    expect(line({ firewallRules: 3 }, 'Firewall', 'rest-api')).toBe(8.6 * DOLLAR);
    expect(line({ guardrailUnits: 2 }, 'Guardrails')).toBe(300 * DOLLAR);
    expect(line({ captureDays: 60, capturedPercent: 10 }, 'Captures')).toBe((1 + 0.5 + 0.046) * DOLLAR);
    expect(line({ traced: false }, 'Traces')).toBeUndefined();
    expect(line({ calls: 22_592_000 }, 'Traces')).toBe(3_592_000 * 5_000); // one a second, and a twentieth of the rest
  });

  test('of limits costs more the more calls of a tenant run at once', () => {
    const written = 'Limits and records, written';
    expect(line({}, written)).toBe(3.75 * DOLLAR);
    expect(line({ scopes: 4 }, written)).toBe(11 * 0.625 * DOLLAR);
    expect(line({ scopes: 0 }, written)).toBe(4 * 0.625 * DOLLAR);
    expect(line({ calls: 1e7, tenants: 1 }, written)).toBeGreaterThan(10 * (line({ tenants: 100 }, written) ?? 0));
  });
});

test('the break-even is the first number of calls at which a door costs what the baseline does', () => {
  fc.assert(
    fc.property(workloads, fc.constantFrom('function-url' as const, 'rest-api' as const), (workload, door) => {
      const calls = breakEven(door, workload) ?? Number.NaN;
      expect(bill(door, { ...workload, calls }).nanoDollars).toBeGreaterThanOrEqual(baseline.nanoDollars);
      if (calls > 0)
        expect(bill(door, { ...workload, calls: calls - 1 }).nanoDollars).toBeLessThan(baseline.nanoDollars);
    }),
    { numRuns: 50 },
  );
  expect(breakEven('web-function', usualWorkload)).toBeUndefined();
});

test('every price is whole nano-dollars for so many units, and says where it stands or that it is from memory', () => {
  for (const { nanoDollars, per, source } of Object.values(prices)) {
    expect([Number.isSafeInteger(nanoDollars), Number.isSafeInteger(per)]).toEqual([true, true]);
    if (source !== undefined) expect(new URL(source).protocol).toBe('https:');
  }
  const remembered = Object.entries(prices).flatMap(([name, { source }]) => (source === undefined ? [name] : []));
  expect(remembered).toEqual(['tableBackup', 'queryAlarm']);
});
