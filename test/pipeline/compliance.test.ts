import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type Region, regions } from '../../lib/catalog/regions.ts';
import type { Config, ProviderConfig } from '../../lib/config/config.ts';
import type { Requirement, Requires } from '../../lib/config/requires.ts';
import type { Route } from '../../lib/config/route.ts';
import { nonCompliant } from '../../lib/pipeline/compliant.ts';
import { openChat } from '../../lib/pipeline/open-chat.ts';
import { openEmbeddings } from '../../lib/pipeline/open-embeddings.ts';
import { toPlan } from '../../lib/pipeline/plan.ts';
import { serve } from '../../lib/pipeline/serve.ts';
import { openTally } from '../../lib/pipeline/tally.ts';
import { failureOf, thrownBy } from '../support/bytes.ts';
import { hold, labs, requestOf, tallyOf, targets } from '../support/labs.ts';
import { errorOf } from '../support/replies.ts';
import { apiKey, caller, fakeWorld, visitOf } from '../support/world.ts';

const CLAUDE = 'anthropic/claude-sonnet-4-5';
const ON_VERTEX = 'vertex/claude-sonnet-4-5@20250929';
const ON_BEDROCK = 'bedrock/us.anthropic.claude-sonnet-4-5-20250929-v1:0';
const clouds = {
  bedrock: { region: 'us-east-1' },
  vertex: { project: 'acme-ai', region: 'europe-west1' },
  anthropic: {},
} satisfies Config['providers'];
const addresses = {
  eu: 'https://eu.example/v1',
  us: 'https://us.example/v1',
  lab: 'https://lab.example/v1',
  both: 'https://both.example/v1',
};
const lab = labs(addresses);
const stated = (name: string, more: ProviderConfig) => ({ [name]: { ...lab.providers[name], ...more } });
const config: Config = {
  ...lab,
  providers: {
    ...lab.providers,
    ...stated('eu', { regions: ['eu'], retention: 'none' }),
    ...stated('us', { regions: ['us'], retention: 30 }),
    ...stated('both', { regions: ['eu', 'us'], retention: 'none' }),
    ...clouds,
  },
};

const eu: Requirement = { by: 'tenant acme', regions: ['eu'] };
const ruled = (...requires: Requirement[]) => ({ ...caller, requires });
type Asked = { readonly models?: Config['models']; readonly instead?: readonly string[]; readonly drawn?: number };
const planned = (model: string, requires: readonly Requirement[], { models = {}, instead, drawn = 0 }: Asked = {}) =>
  toPlan({ request: { model }, labels: {}, instead }, ruled(...requires), { ...config, models }, () => drawn);
const names = (...parameters: Parameters<typeof planned>) =>
  planned(...parameters).steps.map(({ target }) => target.name);
const refusal = (...parameters: Parameters<typeof planned>) => thrownBy(() => planned(...parameters));

describe('what a caller names', () => {
  test.each<[string, Requirement, string]>([
    ['us/m', eu, 'us/m may process data in us; tenant acme requires eu.'],
    ['lab/m', eu, 'lab/m processes data in unknown regions; tenant acme requires eu.'],
    [
      CLAUDE,
      { by: 'key key_1', regions: ['eu', 'us'] },
      `${CLAUDE} may process data in any region; key key_1 requires eu or us.`,
    ],
    [
      'us/m',
      { by: 'tenant acme', retention: 'none' },
      'us/m may keep data for 30 days; tenant acme requires zero data retention.',
    ],
    [
      'lab/m',
      { by: 'tenant acme', retention: 'none' },
      'lab/m keeps data for an unknown time; tenant acme requires zero data retention.',
    ],
    [
      'us/m',
      { by: 'the configuration', providers: ['eu', 'lab'] },
      'us/m is called at us; the configuration requires eu or lab.',
    ],
  ])('%s is refused where it breaks %j', (model, rule, message) => {
    expect(refusal(model, [rule])).toMatchObject({
      code: 'no_compliant_target',
      status: 403,
      blame: 'caller',
      message,
    });
    expect(refusal(model, [rule])).toMatchObject({
      details: { param: 'model', rule: { tenant: 'acme', target: model } },
    });
  });

  test('is served where it keeps all of them', () => {
    const all: Requirement = { by: 'tenant acme', regions: ['eu', 'us'], providers: ['eu'], retention: 'none' };
    expect(names('eu/m', [eu, all, { by: 'key key_1', retention: 'none' }])).toEqual(['eu/m']);
    expect(names('lab/m', [])).toEqual(['lab/m']);
  });

  test('must keep the rules of all who have some, each by itself', () => {
    const us: Requirement = { by: 'key key_1', regions: ['us'] };
    expect(refusal('eu/m', [eu, us])).toMatchObject({ message: expect.stringContaining('key key_1 requires us') });
    expect(refusal('us/m', [eu, us])).toMatchObject({ message: expect.stringContaining('tenant acme requires eu') });
  });

  test('instead of another is refused, too, and so is an alias of it', () => {
    expect(refusal('eu/m', [eu], { instead: ['us/m'] })).toMatchObject({ code: 'no_compliant_target' });
    expect(refusal('fast', [eu], { models: { fast: 'us/m' } })).toMatchObject({ code: 'no_compliant_target' });
  });
});

describe('what others add', () => {
  test('is left out of a route', () => {
    const models = { all: { inOrder: ['us/m', 'eu/m', 'lab/m'], larger: 'us/large' } };
    expect(names('all', [eu], { models })).toEqual(['eu/m']);
    expect(names('eu/m', [eu], { models, instead: ['all'] })).toEqual(['eu/m', 'eu/m']);
  });

  test('is left out of a model’s equivalents', () => {
    expect(names(ON_VERTEX, [])).toEqual([ON_VERTEX, CLAUDE, ON_BEDROCK]);
    expect(names(ON_VERTEX, [eu])).toEqual([ON_VERTEX]);
    expect(names(ON_VERTEX, [{ ...eu, regions: ['eu', 'us'] }])).toEqual([ON_VERTEX, ON_BEDROCK]);
    expect(names(ON_VERTEX, [{ by: 'tenant acme', providers: ['vertex', 'anthropic'] }])).toEqual([ON_VERTEX, CLAUDE]);
  });

  test('is told of, each once, where nothing is left', () => {
    const models = { all: { inOrder: ['us/m', 'lab/m', 'us/m'] }, one: { use: 'us/m' } };
    const us = 'us/m may process data in us; tenant acme requires eu.';
    expect(refusal('all', [eu], { models })).toMatchObject({
      code: 'no_compliant_target',
      message: `No target of "all" complies. ${us} lab/m processes data in unknown regions; tenant acme requires eu.`,
    });
    expect(refusal('one', [eu], { models })).toMatchObject({ message: us });
    const larger = { all: { use: 'us/m', larger: 'eu/large' } };
    expect(refusal('all', [eu], { models: larger })).toMatchObject({ code: 'no_compliant_target' });
  });

  test('is told of before all else that is wrong', () => {
    const models = { all: { inOrder: ['nobody/m', 'us/m'] } };
    expect(refusal('all', [eu], { models })).toMatchObject({ code: 'no_compliant_target' });
    expect(refusal('all', [eu], { models: { all: { inOrder: ['nobody/m'] } } })).toMatchObject({
      code: 'model_not_found',
    });
  });
});

describe('of a split', () => {
  const split: Route = {
    split: [
      { share: 60, use: 'us/m' },
      { share: 10, use: 'eu/a' },
      { share: 30, use: 'deep' },
    ],
  };
  const models = { trial: split, deep: { inOrder: ['lab/m', { split: [{ share: 100, use: 'eu/b' }] }] } };
  const drawnAt = (drawn: number, requires: readonly Requirement[] = [eu]) =>
    names('trial', requires, { models, drawn });

  test('an arm that cannot comply has no share: the others divide it in proportion', () => {
    expect([0, 0.24].map((drawn) => drawnAt(drawn))).toEqual([['eu/a'], ['eu/a']]);
    expect([0.26, 0.99].map((drawn) => drawnAt(drawn))).toEqual([['eu/b'], ['eu/b']]);
    expect([0.59, 0.61, 0.71].map((drawn) => drawnAt(drawn, [])[0])).toEqual(['us/m', 'eu/a', 'lab/m']);
  });

  test('of splits, each of which leads twice to the next, each is looked at once', () => {
    const depth = 40;
    const half = (use: string) => ({ share: 50, use });
    const each = Array.from({ length: depth }, (_, at): [string, Route] => {
      const next = at === depth - 1 ? 'us/m' : `s${at + 1}`;
      return [`s${at}`, { split: [half(next), half(next)] }];
    });
    expect(refusal('s0', [eu], { models: Object.fromEntries(each) })).toMatchObject({ code: 'no_compliant_target' });
  });

  test('the record says which arm was drawn', () => {
    expect(planned('trial', [eu], { models, drawn: 0.1 }).arm).toBe('trial/1');
  });

  test('without such an arm the call is refused, and so is an arm that has no share', () => {
    const none = {
      trial: {
        split: [
          { share: 100, use: 'us/m' },
          { share: 0, use: 'eu/m' },
        ],
      },
    };
    for (const drawn of [0, 0.99])
      expect(refusal('trial', [eu], { models: none, drawn })).toMatchObject({ code: 'no_compliant_target' });
  });
});

/** Where a provider of ours is, as the test knows it without asking the code. */
const truth: Readonly<Record<string, { readonly regions: readonly Region[] | undefined; readonly kept: boolean }>> = {
  eu: { regions: ['eu'], kept: false },
  us: { regions: ['us'], kept: true },
  both: { regions: ['eu', 'us'], kept: false },
  lab: { regions: undefined, kept: true },
  anthropic: { regions: undefined, kept: true },
  vertex: { regions: ['eu'], kept: true },
  bedrock: { regions: ['us'], kept: true },
};

test('whatever is asked, by whatever route, under whatever rules: no target is called that breaks one', () => {
  const name = fc.constantFrom('eu/a', 'us/b', 'lab/c', 'both/d', CLAUDE, ON_VERTEX, ON_BEDROCK);
  const { route } = fc.letrec<{ route: Route }>((tie) => ({
    route: fc.oneof(
      { depthSize: 'small', withCrossShrink: true },
      name,
      fc.record({ use: tie('route') }),
      fc.record({ inOrder: fc.array(tie('route'), { minLength: 1, maxLength: 3 }) }),
      fc.record({ use: tie('route'), larger: tie('route'), tries: fc.constant(2) }),
      fc.tuple(tie('route'), tie('route'), fc.integer({ min: 0, max: 100 })).map(([one, other, share]) => ({
        split: [
          { share, use: one },
          { share: 100 - share, use: other },
        ],
      })),
    ),
  }));
  const rule = fc.record(
    {
      by: fc.constantFrom('tenant acme', 'key key_1', 'the configuration'),
      regions: fc.subarray([...regions], { minLength: 1 }),
      providers: fc.subarray(Object.keys(truth), { minLength: 1 }),
      retention: fc.constant('none' as const),
    },
    { requiredKeys: ['by'] },
  );
  const model = fc.oneof(name, fc.constant('route'));
  const keeps = (target: string, requires: readonly Requirement[]) => {
    const [provider = ''] = target.split('/');
    const { regions: reach, kept = true } = truth[provider] ?? {};
    return requires.every(
      (each) =>
        (each.providers?.includes(provider) ?? true) &&
        (each.regions === undefined || (reach?.every((region) => each.regions?.includes(region)) ?? false)) &&
        (each.retention === undefined || !kept),
    );
  };
  let served = 0;
  let refused = 0;
  fc.assert(
    fc.property(
      model,
      fc.option(fc.array(model, { maxLength: 2 }), { nil: undefined }),
      route,
      fc.array(rule, { maxLength: 2 }),
      fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }),
      (asked, instead, found, requires, drawn) => {
        const given = { models: { route: found }, drawn, ...(instead && { instead }) };
        try {
          const plan = planned(asked, requires, given);
          served++;
          for (const { target } of plan.steps)
            expect([target.name, keeps(target.name, requires)]).toEqual([target.name, true]);
        } catch (error) {
          refused++;
          expect(error).toMatchObject({ name: 'GatewayError', code: 'no_compliant_target', status: 403 });
          expect(String(error)).toMatch(/requires/);
        }
      },
    ),
    { numRuns: 2_000 },
  );
  expect(served).toBeGreaterThan(300);
  expect(refused).toBeGreaterThan(300);
});

describe('a target that breaks a rule, should it ever come so far,', () => {
  const [target] = targets({ one: 'https://one.example/v1' });
  if (target === undefined) throw new Error('There must be a target.');
  const usual = tallyOf();
  const tally = openTally({ ...usual, caller: ruled(eu), tick: () => 0 });
  const sent: unknown[] = [];
  const world = fakeWorld({
    send: async (outbound) => {
      sent.push(outbound);
      throw new Error('It was called.');
    },
  });
  const patience = { signal: new AbortController().signal, leftMs: () => 1_000 };
  const going = { patience, tally, world, hold, followed: false };

  test.each([
    ['chat', () => openChat(() => requestOf())({ target, timeouts: {} }, going)],
    ['embeddings', () => openEmbeddings({ model: 'one/m', input: ['a'] })({ target, timeouts: {} }, going)],
  ])('is not called for %s', async (_, open) => {
    expect(await failureOf(open())).toMatchObject({ code: 'no_compliant_target', status: 403 });
    expect(sent).toEqual([]);
    expect(nonCompliant(target, caller)).toBeUndefined();
  });
});

describe('what the configuration requires of all', () => {
  const ask = { messages: [{ role: 'user', content: 'A secret question' }] };
  const required = (requires: Requires, who = caller, model = 'us/m') => {
    const world = fakeWorld({ config: { ...config, requires }, callers: { [apiKey]: who } });
    return { world, reply: serve(visitOf({ model, ...ask }), world) };
  };

  test('no tenant and no key can lift, and the log says which rule refused whom, and nothing of what was asked', async () => {
    const { world, reply } = required({ regions: ['eu'] }, ruled({ by: 'tenant acme', regions: ['eu', 'us'] }));
    expect((await reply).status).toBe(403);
    expect(await errorOf(await reply)).toMatchObject({
      code: 'no_compliant_target',
      type: 'invalid_request_error',
      source: 'gateway',
      message: 'us/m may process data in us; the configuration requires eu.',
    });
    const fields = { tenant: 'acme', keyId: 'key_1', target: 'us/m', rule: 'regions', by: 'the configuration' };
    expect(world.written.lines).toEqual([
      { level: 'info', message: 'refused', fields: { id: expect.any(String), ...fields } },
    ]);
    expect(world.written.calls).toEqual([]);
  });

  test('holds besides what a tenant requires', async () => {
    const { reply } = required({ retention: 'none' }, ruled(eu), 'vertex/gemini-2.5-pro');
    expect(await errorOf(await reply)).toMatchObject({
      message: 'vertex/gemini-2.5-pro keeps data for an unknown time; the configuration requires zero data retention.',
    });
  });
});
