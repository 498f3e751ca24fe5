import { expect, test } from 'vitest';
import { fits, toFilter } from '../../lib/cli/call-filter.ts';

const told = { keyId: 'k', feature: 'search', user: 'ann', model: 'lab/m', requestedModel: 'fast', status: 'ok' };
const call = { tenant: 'a', id: 'req_1', call: undefined, told };
const filter = (options: Readonly<Record<string, string | undefined>>) =>
  toFilter(new Map(Object.entries(options).map(([name, value = '']) => [name, [value]])));

test.each([
  {},
  { tenant: 'a' },
  { key: 'k' },
  { feature: 'search' },
  { user: 'ann' },
  { model: 'lab/m' },
  { model: 'fast' },
  { status: 'ok' },
  { tenant: 'a', key: 'k', feature: 'search', user: 'ann', model: 'fast', status: 'ok' },
])('a call is listed by %j', (options) => {
  expect(fits(call, filter(options))).toBe(true);
});

test.each([
  { tenant: 'b' },
  { key: 'k2' },
  { feature: 'searc' },
  { user: 'Ann' },
  { model: 'm' },
  { status: 'failed' },
  { user: 'ann', feature: 'chat' },
])('and not by %j', (options) => {
  expect(fits(call, filter(options))).toBe(false);
});

test.each(['failed', 'abandoned', undefined])('one whose status is %j is no success', (status) => {
  const odd = { ...call, told: { ...told, status } };
  expect(fits(odd, filter({ status: 'failed' }))).toBe(true);
  expect(fits(odd, filter({ status: 'ok' }))).toBe(false);
});
