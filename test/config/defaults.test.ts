import { describe, expect, test } from 'vitest';
import { emptyConfig, usualLedger } from '../../lib/config/config.ts';
import { jsonSchema } from '../../lib/config/json-schema.ts';
import { ConfigError, readConfig } from '../../lib/config/read.ts';
import { providerProblems } from '../../lib/providers/index.ts';
import { thrownBy } from '../support/bytes.ts';

const read = (text: string) => readConfig(text, 'sluice.config.yaml', providerProblems);
const problem = (text: string) => {
  const error = thrownBy(() => read(text));
  expect(error).toBeInstanceOf(ConfigError);
  return error instanceof Error ? error.message : '';
};

describe('the budgets of tenants that set none', () => {
  test.each([
    ['{ day: 25 }', { day: 25_000_000_000 }],
    [
      '{ minute: 0.5, hour: 1, day: 2.25, month: 30, total: 100 }',
      {
        minute: 500_000_000,
        hour: 1_000_000_000,
        day: 2_250_000_000,
        month: 30_000_000_000,
        total: 100_000_000_000,
      },
    ],
    ['{ total: 1e-9 }', { total: 1 }],
    ['{ day: 0 }', { day: 0 }],
    ['{ day: none, month: 100 }', { month: 100_000_000_000 }],
  ])('are written in dollars: %s', (budgets, nanoDollars) => {
    expect(read(`defaults:\n  budgets: ${budgets}`).defaultBudgets).toEqual(nanoDollars);
  });

  test.each(['none', '{ day: none }', '{ minute: none, hour: none, day: none, month: none, total: none }'])(
    'are no cap where that is written out, and not the usual one: %s',
    (budgets) => {
      const config = read(`defaults:\n  budgets: ${budgets}`);
      expect(config.defaultBudgets).toEqual({});
      // As a deployed gateway puts its own beneath what is written.
      expect({ defaultBudgets: { day: 25 }, ...config }.defaultBudgets).toEqual({});
    },
  );

  test.each(['', 'defaults: {}', 'providers: {}'])('are left to the gateway where nothing is said: %j', (text) => {
    const config = read(text);
    expect('defaultBudgets' in config).toBe(false);
    expect({ defaultBudgets: { day: 25 }, ...config }.defaultBudgets).toEqual({ day: 25 });
  });

  test.each([
    ['day: -1', /yaml:3: defaults\.budgets\.day -1 is not an amount: write dollars, not negative, .*decimals$/],
    ['day: "5"', /yaml:3: defaults\.budgets\.day must be a number of dollars such as 2\.5, or "none"$/],
    ['day: plenty', /yaml:3: defaults\.budgets\.day must be a number of dollars such as 2\.5, or "none"$/],
    ['day:', /yaml:3: defaults\.budgets\.day must be a number of dollars such as 2\.5, or "none"$/],
    ['day: .inf', /yaml:3: defaults\.budgets\.day Infinity is not an amount: write dollars/],
    ['day: .nan', /yaml:3: defaults\.budgets\.day NaN is not an amount: write dollars/],
    ['day: 0.1234567891', /yaml:3: defaults\.budgets\.day .*at most nine decimals/],
    ['day: 9007200', /yaml:3: defaults\.budgets\.day .*too much/],
    ['week: 5', /yaml:3: defaults\.budgets\.week is not a field/],
    ['Day: 5', /yaml:3: defaults\.budgets\.Day is not a field/],
  ])('are refused with the line and the field: %s', (field, said) => {
    const told = problem(`defaults:\n  budgets:\n    ${field}`);
    expect(told).toMatch(said);
    expect(told).not.toContain('\n');
  });

  test.each([
    ['defaults:\n  budgets: some', /yaml:2: defaults\.budgets must be a map of its limits, or "none"$/],
    ['defaults:\n  budgets: 25', /yaml:2: defaults\.budgets must be a map of its limits, or "none"$/],
    ['defaults:\n  budgets:', /yaml:2: defaults\.budgets must be a map of its limits, or "none"$/],
    ['defaults:\n  rates: { rpm: 1 }', /yaml:2: defaults\.rates is not a field/],
    ['defaults: 25', /yaml:1: defaults /],
    ['default:\n  budgets: none', /yaml:1: default is not a field/],
  ])('are refused where they make no sense: %j', (text, said) => {
    expect(problem(text)).toMatch(said);
  });
});

describe('the ledger’s times', () => {
  test('are the usual ones where nothing is said of them, one by one', () => {
    expect(usualLedger).toEqual({ holdSeconds: 960, timeoutMs: 2_000 });
    expect(read('').ledger).toEqual(usualLedger);
    expect(read('ledger: {}').ledger).toEqual(usualLedger);
    expect(read('ledger: { holdSeconds: 30 }').ledger).toEqual({ holdSeconds: 30, timeoutMs: 2_000 });
    expect(read('ledger: { timeoutMs: 500 }').ledger).toEqual({ holdSeconds: 960, timeoutMs: 500 });
    expect(read('ledger: { holdSeconds: 86400, timeoutMs: 60000 }').ledger).toEqual({
      holdSeconds: 86_400,
      timeoutMs: 60_000,
    });
  });

  test.each([
    'holdSeconds: 0',
    'holdSeconds: -1',
    'holdSeconds: 1.5',
    'holdSeconds: 86401',
    'holdSeconds: "960"',
    'timeoutMs: 0',
    'timeoutMs: 60001',
    'timeoutMs: 0.5',
    'timeoutMs: none',
    'holdMs: 5',
  ])('are refused with the line and the field: %s', (field) => {
    expect(problem(`ledger:\n  ${field}`)).toMatch(new RegExp(`yaml:2: ledger\\.${field.split(':')[0]} `));
  });
});

describe('the capacity of a provider', () => {
  const rates = (fields: string) => read(`providers:\n  openai: { ${fields} }`).providers.openai;

  test('is written beside its address, and counts for all tenants together', () => {
    expect(rates('rpm: 600, tpm: 200000, concurrent: 50')).toEqual({
      rates: { rpm: 600, tpm: 200_000, concurrent: 50 },
    });
    expect(rates('rpm: 0, credential: "env:X"')).toEqual({ credential: 'env:X', rates: { rpm: 0 } });
    expect(rates('concurrent: 1')).toEqual({ rates: { concurrent: 1 } });
  });

  test('is no capacity of nothing where nothing is stated', () => {
    expect(rates('credential: "env:X"')).toEqual({ credential: 'env:X' });
    expect(read('providers: { openai: {} }')).toEqual({ ...emptyConfig, providers: { openai: {} } });
  });

  test.each([
    'rpm: -1',
    'tpm: 1.5',
    'concurrent: many',
    'rpm: "60"',
    'tpm: .inf',
    'concurrent: none',
    'rph: 5',
    'rates: {}',
  ])('is refused with the line and the field: %s', (field) => {
    const said = problem(`providers:\n  openai:\n    ${field}`);
    const what = /^r(ph|ates)/.test(field) ? 'is not a field' : 'must be a whole number, not negative$';
    expect(said).toMatch(new RegExp(`yaml:3: providers\\.openai\\.${field.split(':')[0]} ${what}`));
  });
});

test('an editor completes all of it by the schema', () => {
  const amount = { anyOf: [{ const: 'none' }, { type: 'number', minimum: 0 }] };
  expect(jsonSchema()).toMatchObject({
    properties: {
      defaults: {
        properties: {
          budgets: { anyOf: [{ const: 'none' }, { additionalProperties: false, properties: { day: amount } }] },
        },
      },
      ledger: {
        additionalProperties: false,
        properties: { holdSeconds: { type: 'integer', minimum: 1, maximum: 86_400 }, timeoutMs: { maximum: 60_000 } },
      },
      providers: {
        additionalProperties: {
          anyOf: [
            { const: 'off' },
            { properties: { rpm: { type: 'integer', minimum: 0 }, tpm: { minimum: 0 }, concurrent: { minimum: 0 } } },
          ],
        },
      },
    },
  });
});
