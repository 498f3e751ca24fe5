import { expect, test } from 'vitest';
import { editsOf, optionsOf, tenantFlags } from '../../lib/cli/limit-flags.ts';
import { readOptions } from '../../lib/cli/options.ts';
import { thrownBy } from '../support/bytes.ts';

const edits = (words: readonly string[]) => editsOf(readOptions(words, optionsOf(tenantFlags)).options, tenantFlags);

test.each([
  [['--budget-day', '-5'], '"-5" is negative'],
  [['--budget-day', '$5'], '--budget-day takes dollars, such as 5 or 0.25'],
  [['--budget-day', '1e3'], 'is no such number'],
  [['--budget-day', '0.1234567891'], 'more than nine decimals'],
  [['--budget-total', '9007200'], 'too much to be counted exactly'],
  [['--rpm', '1.5'], '--rpm takes a whole number'],
  [['--user-concurrent=-1'], '--user-concurrent takes a whole number'],
  [['--models', 'a,,b'], '--models takes models with commas'],
  [['--priority', 'urgent'], 'one of low, standard, high'],
  [['--timezone', 'Berlin'], 'such as Europe/Berlin'],
  [['--feature-budget-day', '5'], '--feature-budget-day takes FEATURE=VALUE'],
  [['--feature-rpm', 'free=x'], '--feature-rpm takes a whole number'],
  [['--unset', 'budget-dya'], 'Did you mean budget-day?'],
  [['--unset', 'feature-rpm'], '--unset feature-rpm:free-tier'],
  [['--unset', 'attribute:pk'], '--unset takes the name of an option'],
])('%j is refused, with what to say instead', (words, said) => {
  expect(String(thrownBy(() => edits(words)))).toContain(said);
});

test('what is taken away is taken away before anything is set', () => {
  expect(edits(['--budget-day', '5', '--unset', 'budgets', '--unset=--rpm', '--unset', 'feature-models=a.b'])).toEqual([
    { path: ['budgets'], value: undefined },
    { path: ['rates', 'rpm'], value: undefined },
    { path: ['features', 'a.b', 'models'], value: undefined },
    { path: ['budgets', 'day'], value: 5 },
  ]);
});
