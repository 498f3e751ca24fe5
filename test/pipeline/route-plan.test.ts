import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Config } from '../../lib/config/config.ts';
import type { Route } from '../../lib/config/route.ts';
import { payable } from '../../lib/pipeline/payable.ts';
import { type Plan, type Step, toPlan } from '../../lib/pipeline/plan.ts';
import { thrownBy } from '../support/bytes.ts';
import { labs, price, requestOf, targets } from '../support/labs.ts';
import { caller } from '../support/world.ts';

const clouds = { bedrock: { region: 'us-east-1' }, vertex: { project: 'acme-ai', region: 'us-east5' }, anthropic: {} };
const CLAUDE = 'anthropic/claude-sonnet-4-5';
const ON_VERTEX = 'vertex/claude-sonnet-4-5@20250929';
const ON_BEDROCK = 'bedrock/us.anthropic.claude-sonnet-4-5-20250929-v1:0';

const lab = labs({ lab: 'https://lab.example/v1', two: 'https://two.example/v1' });
const within = (models: Readonly<Record<string, Route>>, more: Partial<Config> = {}): Config => ({
  ...lab,
  models,
  ...more,
});
const atClouds = (more: Partial<Config> = {}): Config => ({ ...lab, prices: {}, providers: clouds, ...more });

type Wish = { readonly instead?: readonly string[]; readonly allowed?: readonly (readonly string[])[] };
const planned = (model: string, config: Config, { instead, allowed = [] }: Wish = {}): Plan =>
  toPlan({ request: { model }, labels: {}, instead }, { ...caller, allowed }, config, () => 0);
const names = (...parameters: Parameters<typeof planned>) => namesOf(planned(...parameters));
const namesOf = ({ steps }: Plan) => steps.map(({ target }) => target.name);
const refusal = (...parameters: Parameters<typeof planned>) => thrownBy(() => planned(...parameters));

describe('a model without a route', () => {
  test('is followed by the same model elsewhere, Bedrock last', () => {
    expect(names(CLAUDE, atClouds())).toEqual([CLAUDE, ON_VERTEX, ON_BEDROCK]);
    expect(names(ON_BEDROCK, atClouds())).toEqual([ON_BEDROCK, CLAUDE, ON_VERTEX]);
  });

  test('is followed only by providers that are on', () => {
    expect(names(CLAUDE, atClouds({ providers: { anthropic: {} } }))).toEqual([CLAUDE]);
    const { vertex: _, ...providers } = clouds;
    expect(names(CLAUDE, atClouds({ providers }))).toEqual([CLAUDE, ON_BEDROCK]);
  });

  test('is the same by its bare name, and by an alias of it', () => {
    expect(names('claude-sonnet-4-5', atClouds())).toEqual([CLAUDE, ON_VERTEX, ON_BEDROCK]);
    const models = { smart: 'alias', alias: CLAUDE };
    expect(names('smart', atClouds({ models }))).toEqual([CLAUDE, ON_VERTEX, ON_BEDROCK]);
  });

  test('stands alone where the operator wants no fallback, and where its caller wants none', () => {
    expect(names(CLAUDE, atClouds({ fallback: 'none' }))).toEqual([CLAUDE]);
    expect(names(CLAUDE, atClouds(), { instead: [] })).toEqual([CLAUDE]);
  });

  test('is followed by what its caller names in the place of its equivalents', () => {
    expect(names(CLAUDE, atClouds(), { instead: [ON_BEDROCK] })).toEqual([CLAUDE, ON_BEDROCK]);
    const none = atClouds({ fallback: 'none' });
    expect(names(CLAUDE, none, { instead: [ON_BEDROCK] })).toEqual([CLAUDE, ON_BEDROCK]);
  });

  test('is followed by no equivalent that the caller may not call, or that has no price', () => {
    expect(names(CLAUDE, atClouds(), { allowed: [['anthropic/*', 'bedrock/*']] })).toEqual([CLAUDE, ON_BEDROCK]);
    expect(names(CLAUDE, atClouds(), { allowed: [['anthropic/*']] })).toEqual([CLAUDE]);
  });

  test('reads as much elsewhere as at the first', () => {
    const windows = planned(CLAUDE, atClouds()).steps.map(({ target }) => target.contextWindow);
    expect(windows[0]).toBeGreaterThan(0);
    expect(new Set(windows).size).toBe(1);
  });
});

describe('a route of the operator', () => {
  test('is called as it is written, and gets no equivalents', () => {
    const models = {
      one: { use: CLAUDE },
      two: { inOrder: [CLAUDE, ON_BEDROCK] },
      three: { split: [{ share: 100, use: CLAUDE }] },
      four: 'one',
    };
    expect(['one', 'two', 'three', 'four'].map((name) => names(name, atClouds({ models })))).toEqual([
      [CLAUDE],
      [CLAUDE, ON_BEDROCK],
      [CLAUDE],
      [CLAUDE],
    ]);
  });

  test('leaves out what its caller may not call, what has no price, and what is not on', () => {
    const models = { route: { inOrder: ['lab/a', 'two/b', 'nobody/c', 'lab/d'] } };
    expect(names('route', within(models))).toEqual(['lab/a', 'two/b', 'lab/d']);
    expect(names('route', within(models), { allowed: [['lab/*']] })).toEqual(['lab/a', 'lab/d']);
    expect(names('route', within(models, { prices: { 'two/*': price } }))).toEqual(['two/b']);
  });

  test('of which nothing is left is refused for what was wrong with its first', () => {
    const models = { route: { inOrder: ['lab/a', 'nobody/c'] } };
    expect(refusal('route', within(models), { allowed: [['two/*']] })).toMatchObject({
      code: 'model_not_allowed',
      status: 403,
      message: 'This key may not call lab/a.',
    });
    expect(refusal('route', within(models, { prices: {} }))).toMatchObject({ code: 'model_unpriced' });
  });

  test('of which only the target for longer prompts may be called is refused, too: nobody would call it', () => {
    const models = { route: { use: 'lab/a', larger: 'two/large' } };
    expect(names('route', within(models))).toEqual(['lab/a', 'two/large']);
    expect(refusal('route', within(models), { allowed: [['two/*']] })).toMatchObject({
      code: 'model_not_allowed',
      message: 'This key may not call lab/a.',
    });
  });

  test('has the time it says for all its calls together, by whichever name it is called', () => {
    const models = { route: { use: 'lab/a', timeouts: { callMs: 9_000 } }, alias: 'route', plain: 'lab/a' };
    expect(['route', 'alias', 'plain'].map((name) => planned(name, within(models)).callMs)).toEqual([
      9_000,
      9_000,
      undefined,
    ]);
  });

  test('keeps its first and loses its others where the caller names what to try instead', () => {
    const models = {
      route: { inOrder: [{ use: 'lab/a', tries: 3 }, 'lab/b'] },
      other: { inOrder: ['two/c', 'two/d'] },
    };
    const { steps } = planned('route', within(models), { instead: ['other', 'lab/e'] });
    expect(steps.map(({ target, tries }) => [target.name, tries])).toEqual([
      ['lab/a', 3],
      ['two/c', undefined],
      ['two/d', undefined],
      ['lab/e', undefined],
    ]);
  });
});

describe('what a caller names', () => {
  const models = { route: { inOrder: ['lab/a', 'two/b'] } };

  test.each([
    ['a model', 'two/b', []],
    ['a fallback', 'lab/a', ['two/b']],
    ['a fallback of a route', 'route', ['two/b']],
  ])('and may not call is refused, not left out: %s', (_, model, instead) => {
    expect(refusal(model, within(models), { instead, allowed: [['lab/*']] })).toMatchObject({
      code: 'model_not_allowed',
      status: 403,
      message: 'This key may not call two/b.',
    });
  });

  test('and has no price, or does not exist, is refused, not left out', () => {
    const config = within(models, { prices: { 'lab/*': price } });
    expect(refusal('lab/a', config, { instead: ['two/b'] })).toMatchObject({ code: 'model_unpriced' });
    for (const nobody of ['nobody/c', 'constructor', '__proto__'])
      expect(refusal('lab/a', config, { instead: [nobody] })).toMatchObject({ code: 'model_not_found' });
  });

  test('as a route may lead to what it may not call: that is left out', () => {
    expect(names('lab/c', within(models), { instead: ['route'], allowed: [['lab/*']] })).toEqual(['lab/c', 'lab/a']);
  });
});

test('whatever is asked, in whatever way: no target is called that an allow-list does not have', () => {
  const models: Readonly<Record<string, Route>> = {
    route: { inOrder: ['lab/a', { use: 'two/b', larger: 'lab/large' }, CLAUDE, 'alias'] },
    trial: {
      split: [
        { share: 50, use: ON_VERTEX },
        { share: 50, use: 'route' },
      ],
    },
    alias: CLAUDE,
  };
  const config: Config = { ...lab, models, providers: { ...lab.providers, ...clouds } };
  const model = fc.constantFrom('lab/a', 'two/b', 'route', 'trial', 'alias', CLAUDE, ON_VERTEX, ON_BEDROCK);
  const glob = fc.constantFrom('lab/*', 'two/*', 'anthropic/*', 'vertex/*', '*claude*', '*', 'lab/a');
  const lists = fc.array(fc.array(glob, { minLength: 1, maxLength: 3 }), { maxLength: 2 });
  const instead = fc.option(fc.array(model, { maxLength: 3 }), { nil: undefined });
  const has = (globs: readonly string[], name: string) =>
    globs.some((glob) => new RegExp(`^${glob.replaceAll('*', '.*')}$`).test(name));
  let served = 0;
  fc.assert(
    fc.property(
      model,
      instead,
      lists,
      fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }),
      (asked, tried, allowed, drawn) => {
        try {
          const wish = { request: { model: asked }, labels: {}, instead: tried };
          const plan = toPlan(wish, { ...caller, allowed }, config, () => drawn);
          served++;
          for (const name of namesOf(plan))
            expect([name, allowed.every((globs) => has(globs, name))]).toEqual([name, true]);
          expect(plan.steps.some(({ forLonger }) => !forLonger)).toBe(true);
        } catch (error) {
          expect(error).toMatchObject({ name: 'GatewayError', code: 'model_not_allowed' });
        }
      },
    ),
    { numRuns: 1_000 },
  );
  expect(served).toBeGreaterThan(200);
});

describe('of a plan for a request that asks to be served in a way of its own', () => {
  const priority = requestOf({ service_tier: 'priority' });
  const [one, two] = targets({ one: 'https://one.example/v1', two: 'https://two.example/v1' });
  if (one === undefined || two === undefined) throw new Error('There must be two targets.');
  const usual: Step = { target: one, timeouts: {} };
  /** It cannot be asked for another way, so that its price holds. */
  const fixed: Step = { target: { ...two, oneWay: true }, timeouts: {} };

  test('the targets are left out whose price for that is not known', () => {
    expect(payable({ steps: [usual, fixed], callMs: 7 }, priority)).toEqual({ steps: [fixed], callMs: 7 });
    expect(payable({ steps: [usual, fixed] }, requestOf())).toEqual({ steps: [usual, fixed] });
  });

  test('all stay where that is all of them, or all but those for longer prompts: the refusal says why', () => {
    expect(payable({ steps: [usual] }, priority)).toEqual({ steps: [usual] });
    const larger = { ...fixed, forLonger: true };
    expect(payable({ steps: [usual, larger] }, priority)).toEqual({ steps: [usual, larger] });
  });
});
