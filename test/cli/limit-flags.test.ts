import { expect, test } from 'vitest';
import { cacheFlags } from '../../lib/cli/cache-flags.ts';
import { editsOf, optionsOf, tenantFlags } from '../../lib/cli/limit-flags.ts';
import { readOptions } from '../../lib/cli/options.ts';
import { thrownBy } from '../support/bytes.ts';

const flags = [...tenantFlags, ...cacheFlags];
const edits = (words: readonly string[]) => editsOf(readOptions(words, optionsOf(flags)).options, flags);

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
  [['--cache', 'on'], '--cache takes one of off, exact, semantic, not "on"'],
  [['--cache-ttl', '0'], '--cache-ttl takes seconds, a whole number from 1 to 2592000, not "0"'],
  [['--cache-ttl', '2592001'], 'from 1 to 2592000'],
  [['--cache-ttl', '1h'], 'takes seconds'],
  [['--cache-scope', 'all'], 'one of key, tenant'],
  [['--cache-temperature', '0'], 'one of zero, any'],
  [['--cache-tool-calls', 'yes'], 'one of true, false'],
  [['--cache-threshold', '1.01'], '--cache-threshold takes a number from 0 to 1, such as 0.95, not "1.01"'],
  [['--cache-threshold', '95%'], 'a number from 0 to 1'],
  [['--unset', 'cache-tll'], 'Did you mean cache-ttl?'],
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

test('what a tenant says of the cache can be taken back by the piece, or whole', () => {
  expect(edits(['--unset', 'cache', '--unset', 'cache-ttl', '--cache-threshold', '1', '--cache', 'off'])).toEqual([
    { path: ['cache'], value: undefined },
    { path: ['cache', 'ttlSeconds'], value: undefined },
    { path: ['cache', 'mode'], value: 'off' },
    { path: ['cache', 'threshold'], value: 1 },
  ]);
});
