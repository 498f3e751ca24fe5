import { describe, expect, test } from 'vitest';
import { jsonSchema } from '../../lib/config/json-schema.ts';
import { ConfigError, readConfig } from '../../lib/config/read.ts';
import { requirementsOf } from '../../lib/config/requires.ts';
import { findProvider, providerProblems } from '../../lib/providers/index.ts';
import { thrownBy } from '../support/bytes.ts';

const read = (text: string) => readConfig(text, 'sluice.config.yaml', providerProblems);
const problem = (text: string) => {
  const error = thrownBy(() => read(text));
  expect(error).toBeInstanceOf(ConfigError);
  return error instanceof Error ? error.message : '';
};
const lab = (more: string) =>
  `providers:\n  lab: { kind: openai-compatible, baseUrl: "https://lab.example/v1", ${more} }`;

describe('an operator', () => {
  test('states of a provider where data is and how long it stays', () => {
    const config = read(lab('regions: [eu, uk], retention: none'));
    expect(config.providers.lab).toMatchObject({ regions: ['eu', 'uk'], retention: 'none' });
    expect(findProvider('lab', config)?.stated).toEqual({ regions: ['eu', 'uk'], retention: 'none' });
    expect(read(lab('retention: 30')).providers.lab).toMatchObject({ retention: 30 });
  });

  test('requires something of every target', () => {
    const requires = { regions: ['eu'], providers: ['lab'], retention: 'none' };
    expect(read(`defaults: { requires: ${JSON.stringify(requires)} }`).requires).toEqual(requires);
    expect(read('defaults: { requires: {} }').requires).toBeUndefined();
  });

  test.each([
    [lab('regions: [europe]'), /providers\.lab\.regions.* must be a list of one or more of eu, efta, uk/],
    [lab('regions: []'), /providers\.lab\.regions must be a list of one or more/],
    [lab('regions: eu'), /providers\.lab\.regions must be a list of one or more/],
    [lab('retention: 0'), /providers\.lab\.retention must be none, or a whole number of days/],
    [lab('retention: unknown'), /providers\.lab\.retention must be none, or a whole number of days/],
    ['defaults: { requires: { regions: [eu, global] } }', /:1: defaults\.requires\.regions.* must be a list/],
    ['defaults: { requires: { regions: [] } }', /defaults\.requires\.regions must be a list/],
    ['defaults: { requires: { providers: [] } }', /defaults\.requires\.providers must be a list of names/],
    ['defaults: { requires: { providers: ["lab/*"] } }', /defaults\.requires\.providers.* must be a list of names/],
    ['defaults: { requires: { retention: 30 } }', /defaults\.requires\.retention must be none/],
    ['defaults: { requires: { region: eu } }', /defaults\.requires\.region is not a field/],
    ['defaults: { requires: none }', /defaults\.requires /],
  ])('is told what is wrong: %s', (text, told) => {
    expect(problem(text)).toMatch(told);
  });

  test('is helped by the schema', () => {
    const list = { type: 'array', items: { enum: expect.arrayContaining(['eu', 'us']) }, minItems: 1 };
    expect(jsonSchema()).toMatchObject({
      properties: {
        defaults: { properties: { requires: { properties: { regions: list, retention: { const: 'none' } } } } },
      },
    });
  });
});

test('what several require is each one’s own, and what says nothing is none', () => {
  const eu = { regions: ['eu' as const] };
  expect(requirementsOf({ 'tenant acme': eu, 'key key_1': undefined, 'the configuration': {} })).toEqual([
    { by: 'tenant acme', ...eu },
  ]);
});
