import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { cachedOf, cachingConfig, cachingOf, type Made, wishOf } from '../../support/cachings.ts';
import { policies, widerThan, writtenPolicies } from '../../support/policies.ts';
import { bodyOf, changes } from '../../support/questions.ts';

describe('what the caches may do for a call', () => {
  test('is never more than any who has a say allows', () => {
    let cached = 0;
    const maybe = fc.option(writtenPolicies, { nil: undefined });
    fc.assert(
      fc.property(policies, maybe, maybe, writtenPolicies, (all, tenant, route, wish) => {
        const config = cachingConfig(all, { here: { use: 'lab/m', ...(route && { cache: route }) } });
        const headers = { 'x-sluice-cache': wishOf(wish) };
        const caching = cachingOf({ fields: { model: 'here' }, headers, by: tenant ? { cache: tenant } : {} }, config);
        const { ttlSeconds, threshold, scope, mode } = wish;
        // For all speaks whoever is silent: only over that may be written.
        const silent = Object.entries(all).filter(
          ([name]) => ![tenant, route].some((each) => each && Object.hasOwn(each, name)),
        );
        const said = [tenant ?? {}, route ?? {}, { ttlSeconds, threshold, scope, mode }, Object.fromEntries(silent)];
        if (caching.mode === 'off') return;
        cached++;
        expect(said.flatMap((each) => widerThan(caching.policy, each))).toEqual([]);
        expect(caching.mode).toBe(caching.policy.mode);
        expect(caching.question.keyId).toBe(caching.policy.scope === 'key' ? 'key_1' : undefined);
        expect(caching.maxAgeMs).toBe(1000 * caching.policy.ttlSeconds);
      }),
      { numRuns: 500 },
    );
    expect(cached).toBeGreaterThan(30);
  });

  test('is nothing where the operator says off, or says nothing', () => {
    const headers = { 'x-sluice-cache': 'semantic' };
    expect(cachingOf({ headers }, cachingConfig({ mode: 'off' }))).toEqual({ mode: 'off' });
    const { cache: _, ...silent } = cachingConfig({});
    expect(cachingOf({ headers }, silent)).toEqual({ mode: 'off' });
    expect(cachingOf({ headers, by: { cache: { mode: 'off' } } })).toEqual({ mode: 'off' });
    expect(cachingOf({ headers, by: { cache: { mode: 'exact' } } }, silent)).toMatchObject({ mode: 'exact' });
  });

  test('by meaning is for those who ask for it', () => {
    expect(cachedOf({})).toMatchObject({ mode: 'exact', comparable: undefined });
    expect(cachedOf({ headers: { 'x-sluice-cache': 'semantic' } })).toMatchObject({ mode: 'semantic' });
  });

  test('ends at the first sign of chance, unless any temperature will do', () => {
    const any = cachingConfig({ mode: 'exact', temperature: 'any' });
    expect(cachingOf({ fields: { temperature: 0.1 } })).toEqual({ mode: 'off', reason: 'temperature' });
    expect(cachingOf({ fields: { temperature: 0 } }).mode).toBe('exact');
    expect(cachingOf({ fields: { temperature: null } }).mode).toBe('exact');
    expect(cachingOf({ fields: { temperature: 2 } }, any).mode).toBe('exact');
  });
});

const keyOf = (made: Made, config?: ReturnType<typeof cachingConfig>) => cachedOf(made, config).question.key;
const asking = { salt: 'one', changed: [], wording: 0, mg: 5 };
const any = cachingConfig({ mode: 'exact', temperature: 'any', scope: 'tenant' }, { alias: 'lab/m' });

describe('two calls ask the same', () => {
  test.each<[string, Made]>([
    ['streamed', { fields: { stream: true, stream_options: { include_usage: true } } }],
    ['for another user', { fields: { user: 'bob', safety_identifier: 'b', metadata: { a: 'b' } } }],
    ['with a hint for the provider’s own cache', { fields: { prompt_cache_key: 'a', prompt_cache_retention: '24h' } }],
    ['with nothing in a field', { fields: { seed: null, tools: null } }],
    ['by another name of the same model', { fields: { model: 'alias' } }],
    ['from another key that shares answers', { by: { keyId: 'key_2' } }],
    ['with more patience', { headers: { 'x-sluice-timeout-ms': '9000' } }],
    ['for another feature', { headers: { 'x-sluice-feature': 'search' } }],
  ])('%s', (_, { fields, ...more }) => {
    expect(keyOf({ fields: { ...bodyOf(asking), ...fields }, ...more }, any)).toBe(
      keyOf({ fields: bodyOf(asking) }, any),
    );
  });

  test('in whatever order their fields stand', () => {
    const body = { ...bodyOf(asking), seed: 1, top_p: 0.5 };
    const turned = Object.fromEntries(Object.entries(body).reverse());
    expect(keyOf({ fields: turned })).toBe(keyOf({ fields: body }));
  });
});

describe('two calls do not ask the same', () => {
  const usual = keyOf({ fields: bodyOf(asking) }, any);

  test.each(changes)('with %s', (change) => {
    expect(keyOf({ fields: bodyOf({ ...asking, changed: [change] }) }, any)).not.toBe(usual);
  });

  test.each<[string, Made]>([
    ['where nothing may be dropped', { headers: { 'x-sluice-strict': 'true' } }],
    ['of another tenant', { by: { tenant: 'other' } }],
    ['for their own key only', { headers: { 'x-sluice-cache': 'exact; scope=key' } }],
    ['where answers that call tools may be given again', { by: { cache: { toolCalls: true, scope: 'tenant' } } }],
  ])('%s', (_, made) => {
    expect(keyOf({ fields: bodyOf(asking), ...made }, any)).not.toBe(usual);
  });

  test('where the provider is at another place by now', () => {
    const { providers, ...rest } = any;
    const moved = { ...rest, providers: { lab: { ...providers.lab, baseUrl: 'https://new.example/v1' } } };
    expect(keyOf({ fields: bodyOf(asking) }, moved)).not.toBe(usual);
  });
});

describe('calls under way are one', () => {
  const semantic = { 'x-sluice-cache': 'semantic' };
  const flightOf = (made: Made, config?: ReturnType<typeof cachingConfig>) => cachedOf(made, config).flight;

  test.each<[string, Made, Made]>([
    ['where only their users differ', {}, { fields: { user: 'bob' } }],
    ['where only how old an exact answer may be differs', {}, { headers: { 'x-sluice-cache': 'exact; ttl=5' } }],
    ['where one names what all have', { headers: semantic }, { headers: { 'x-sluice-cache': 'semantic; ttl=3600' } }],
  ])('%s', (_, one, other) => {
    expect(flightOf(other)).toBe(flightOf(one));
  });

  test.each<[string, Made, Made]>([
    ['where one is streamed', {}, { fields: { stream: true } }],
    ['where one has more patience', {}, { headers: { 'x-sluice-timeout-ms': '9000' } }],
    ['where one wants its first word sooner', {}, { headers: { 'x-sluice-first-token-ms': '900' } }],
    ['where one takes another’s answer', {}, { headers: semantic }],
    ['where one wants it nearer', { headers: semantic }, { headers: { 'x-sluice-cache': 'semantic; threshold=0.99' } }],
    ['where one wants it younger', { headers: semantic }, { headers: { ...semantic, 'cache-control': 'max-age=5' } }],
    ['where one asks another model then', {}, { headers: { 'x-sluice-fallback': 'lab/n' } }],
    ['where one asks for something else', {}, { fields: { seed: 1 } }],
  ])('but not %s', (_, one, other) => {
    expect(flightOf(other)).not.toBe(flightOf(one));
  });

  test('but not where one takes a route that tries more often', () => {
    const config = cachingConfig({ mode: 'exact' }, { often: { use: 'lab/m', tries: 4 } });
    const [one, other] = ['lab/m', 'often'].map((model) => cachedOf({ fields: { model } }, config));
    expect(other?.question).toEqual(one?.question);
    expect(other?.flight).not.toBe(one?.flight);
  });
});
