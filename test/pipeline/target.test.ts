import { expect, test } from 'vitest';
import { toRates } from '../../lib/catalog/price.ts';
import type { Config } from '../../lib/config/config.ts';
import { GatewayError } from '../../lib/errors.ts';
import { toTarget } from '../../lib/pipeline/target.ts';
import { labs } from '../support/labs.ts';

const priced = (input: number): Config => ({
  ...labs({ lab: 'https://lab.example/v1' }),
  prices: { 'lab/*': toRates({ input, output: 2_000_000 }) },
});

test('a target is found once in a configuration', () => {
  const config = priced(1_000_000);
  expect(toTarget('lab/m', config)).toMatchObject({ name: 'lab/m', price: { input: 1_000_000 } });
  expect(toTarget('lab/m', config)).toBe(toTarget('lab/m', config));
});

test('a target of one configuration is none of another', () => {
  const [before, after] = [priced(1_000_000), priced(3_000_000)];
  expect(toTarget('lab/m', before)).toMatchObject({ price: { input: 1_000_000 } });
  expect(toTarget('lab/m', after)).toMatchObject({ price: { input: 3_000_000 } });
  expect(toTarget('lab/m', { ...after, prices: {} })).toMatchObject({ code: 'model_unpriced' });
});

test('a refusal is made anew for each who is refused', () => {
  const config = priced(1_000_000);
  const refusals = [1, 2].map(() => toTarget('nobody/m', config));
  for (const each of refusals) expect(each).toBeInstanceOf(GatewayError);
  expect(refusals[0]).not.toBe(refusals[1]);
});

test('names that callers make up do not stay for ever, and are found again', () => {
  const config = priced(1_000_000);
  const first = toTarget('lab/m', config);
  for (let name = 0; name < 1_000; name++) toTarget(`lab/made-up-${name}`, config);
  expect(toTarget('lab/m', config)).not.toBe(first);
  expect(toTarget('lab/m', config)).toMatchObject({ name: 'lab/m', model: 'm', price: { input: 1_000_000 } });
});
