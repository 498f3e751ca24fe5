import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type Config, emptyConfig, usualLedger } from '../../lib/config/config.ts';
import { priceOf } from '../../lib/config/price-of.ts';
import { allows, targetsOf, toPlan } from '../../lib/pipeline/plan.ts';
import { thrownBy } from '../support/bytes.ts';
import { labs, price } from '../support/labs.ts';
import { caller } from '../support/world.ts';

const config = labs({ lab: 'https://lab.example/v1' });
const withOpenai = { ...config, prices: {}, providers: { ...config.providers, openai: {} } };
const plan = (model: string, within: Config = config, who = caller) =>
  targetsOf(toPlan({ request: { model }, labels: {} }, who, within, () => 0));
const names = (...parameters: Parameters<typeof plan>) => plan(...parameters).map(({ name }) => name);
const refusal = (...parameters: Parameters<typeof plan>) => thrownBy(() => plan(...parameters));
const may = (...allowed: (readonly string[])[]) => ({ ...caller, allowed });

describe('a plan', () => {
  test('names the target by provider and model, and keeps what the model is called there', () => {
    expect(plan('lab/meta/llama-3')).toMatchObject([
      { name: 'lab/meta/llama-3', model: 'meta/llama-3', price, provider: { name: 'lab' } },
    ]);
  });

  test('finds the maker of a bare name, when it is on', () => {
    expect(names('gpt-4o-mini', withOpenai)).toEqual(['openai/gpt-4o-mini']);
    expect(plan('gpt-4o-mini', withOpenai)[0]?.price.input).toBeGreaterThan(0);
  });

  test.each([
    ['gpt-4o-mini', 'The provider openai is not switched on: set OPENAI_API_KEY'],
    ['openai/gpt-4o-mini', 'The provider openai is not switched on: set OPENAI_API_KEY'],
    ['nobody/m', 'The provider nobody is not switched on: name it under providers'],
    ['constructor/m', 'The provider constructor is not switched on: name it under providers'],
    ['__proto__/m', 'The provider __proto__ is not switched on'],
    ['no-such-model', 'GET /v1/models lists what there is'],
    ['/', 'GET /v1/models lists what there is'],
    ['/m', 'GET /v1/models lists what there is'],
    ['lab/', 'There is no model "lab/" here'],
  ])('for %s, which leads nowhere, says what to do', (model, advice) => {
    expect(refusal(model)).toMatchObject({
      code: 'model_not_found',
      status: 404,
      details: { param: 'model' },
      message: expect.stringContaining(advice),
    });
  });

  test('for a model without a price is refused, never free', () => {
    const unpriced = { ...config, prices: { 'lab/priced': price } };
    expect(names('lab/priced', unpriced)).toEqual(['lab/priced']);
    expect(refusal('lab/other', unpriced)).toMatchObject({
      code: 'model_unpriced',
      status: 400,
      details: { param: 'model' },
    });
  });

  test('of any name is a target with that name and a price, or a refusal', () => {
    const some = fc.oneof(
      fc.string(),
      fc.tuple(fc.constantFrom('lab', 'openai', '__proto__', ''), fc.string()).map((parts) => parts.join('/')),
    );
    fc.assert(
      fc.property(some, (model) => {
        try {
          const [target, ...more] = plan(model, withOpenai);
          expect(more).toEqual([]);
          expect(target?.name.endsWith(model)).toBe(true);
          expect(target?.price.input).toBeGreaterThanOrEqual(0);
        } catch (error) {
          expect(error).toMatchObject({ name: 'GatewayError', details: { param: 'model' } });
        }
      }),
    );
  });
});

describe('an allow-list', () => {
  test.each([
    [[], 'lab/m', true],
    [[['lab/*']], 'lab/m', true],
    [[['*']], 'lab/m', true],
    [[['lab/m']], 'lab/m', true],
    [[['lab/m']], 'lab/m2', false],
    [[['other/*']], 'lab/m', false],
    [[[]], 'lab/m', false],
    [[['lab/*'], ['*/m']], 'lab/m', true],
    [[['lab/*'], ['other/*']], 'lab/m', false],
    [[['LAB/*']], 'lab/m', false],
  ])('%j and %s: %s', (allowed, name, allowedIt) => {
    expect(allows(may(...allowed), name)).toBe(allowedIt);
  });

  test('is held against what is really called, not against what was asked for', () => {
    expect(names('gpt-4o-mini', withOpenai, may(['openai/*']))).toEqual(['openai/gpt-4o-mini']);
    expect(refusal('gpt-4o-mini', withOpenai, may(['gpt-4o-mini']))).toMatchObject({
      code: 'model_not_allowed',
      status: 403,
      message: 'This key may not call openai/gpt-4o-mini.',
    });
  });
});

describe('a price', () => {
  test("is the operator's before the catalog's, and the closest of them", () => {
    const cheap = { ...price, input: 1 };
    const prices = { '*': price, 'openai/*': cheap, 'openai/gpt-4o-mini': { ...price, input: 2 } };
    expect(priceOf('openai/gpt-4o', { ...emptyConfig, prices })).toBe(cheap);
    expect(priceOf('openai/gpt-4o-mini', { ...emptyConfig, prices })?.input).toBe(2);
    expect(priceOf('lab/m', { ...emptyConfig, prices })).toBe(price);
    expect(priceOf('openai/gpt-4o-mini', emptyConfig)?.input).toBeGreaterThan(0);
    expect(priceOf('lab/m', emptyConfig)).toBeUndefined();
  });

  test.each(['__proto__', 'constructor', 'toString', '__proto__/m', 'constructor/m'])(
    'is not found in what every object inherits: %s',
    (name) => {
      expect(priceOf(name, emptyConfig)).toBeUndefined();
    },
  );
});

test('only a model whose provider hides what it thinks is said to think unseen', () => {
  const all = { openai: {}, anthropic: {}, gemini: {} };
  const target = (name: string) => plan(name, { providers: all, prices: {}, models: {}, ledger: usualLedger })[0];
  expect(target('openai/o3')).toMatchObject({ thinksUnseen: true, mostOutputTokens: 100_000 });
  expect(target('gemini/gemini-2.5-pro')?.thinksUnseen).toBe(true);
  expect(target('anthropic/claude-sonnet-4-5')?.thinksUnseen).toBeUndefined();
  expect(target('openai/gpt-4o')?.thinksUnseen).toBeUndefined();
});

test('a target knows whether it can be asked to be served in another way', () => {
  const all = {
    openai: {},
    anthropic: {},
    gemini: {},
    mistral: {},
    groq: {},
    cohere: {},
    bedrock: { region: 'eu-west-3' },
  };
  const oneWay = (name: string) =>
    plan(name, { ...emptyConfig, providers: all, prices: { '*': price } })[0]?.oneWay === true;
  expect(['openai/gpt-4o', 'groq/m'].filter(oneWay)).toEqual([]);
  const native = ['anthropic/claude-sonnet-4-5', 'gemini/m', 'bedrock/m', 'cohere/m', 'mistral/m'];
  expect(native.filter(oneWay)).toEqual(native);
});
