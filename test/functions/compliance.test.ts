import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { Config } from '../../lib/config/config.ts';
import { startVectors } from '../../lib/local/vectors/start.ts';
import { unhurried } from '../support/cachings.ts';
import { type House, openHouse } from '../support/door.ts';
import { embeds } from '../support/embeds.ts';
import { answer } from '../support/flaky.ts';
import { scratch } from '../support/gateway.ts';
import { labs } from '../support/labs.ts';
import { refusal, type Script, startUpstream, type Upstream } from '../support/upstream.ts';

/** The same model at two providers, of which only the first complies. */
const LLAMA = 'together/meta-llama/Meta-Llama-3.1-8B-Instruct-Turbo';
const models: Config['models'] = {
  alias: 'us/m',
  spread: {
    split: [
      { share: 90, use: 'us/m' },
      { share: 10, use: 'eu/m' },
    ],
  },
  outside: {
    split: [
      { share: 90, use: 'us/m' },
      { share: 10, use: 'us/n' },
    ],
  },
  first: { inOrder: ['us/m', 'eu/m'] },
  last: { inOrder: [{ use: 'eu/once', tries: 2 }, 'us/m'] },
  nested: { inOrder: ['outside', 'alias'] },
};
const serves: Script = (asked, response) =>
  asked.path.endsWith('/embeddings') ? embeds(asked, response) : answer('Hi')(asked, response);

const { folder, remove } = scratch();
let house: House;
let eu: Upstream;
let us: Upstream;
let closeVectors: () => Promise<void>;
beforeAll(async () => {
  [eu, us] = await Promise.all([startUpstream(), startUpstream()]);
  const place = await startVectors({ dataDir: folder });
  closeVectors = place.close;
  const { providers } = labs({ eu: eu.baseUrl, us: us.baseUrl });
  const inside = { ...providers.eu, regions: ['eu' as const], retention: 'none' as const };
  const outside = { ...providers.us, regions: ['eu' as const, 'us' as const], retention: 30 };
  const known = { together: { ...inside, kind: undefined }, fireworks: { ...outside, kind: undefined } };
  const embeddings = { model: 'us/e', dimensions: undefined, budgetMs: 5_000 };
  house = await openHouse({
    vectorsEndpoint: async () => place.endpoint,
    config: {
      providers: { eu: inside, us: outside, ...known },
      models,
      cache: { ...unhurried, mode: 'semantic', scope: 'tenant', threshold: 0, embeddings },
    },
  });
});
beforeEach(() => {
  eu.answerWith(serves);
  us.answerWith(serves);
});
afterAll(async () => {
  await house?.close();
  await Promise.all([eu?.close(), us?.close(), closeVectors?.()]);
  remove();
});

type Endpoint = 'chat/completions' | 'embeddings';
let questions = 0;
/** Asks what nobody asked before, unless it is told what; gives what the caller was told, and how often each provider was asked meanwhile. */
async function ask(endpoint: Endpoint, key: string, model: string, headers = {}, said = `Question ${++questions}`) {
  const before = [eu.asked.length, us.asked.length];
  const response = await fetch(`${house.url}/${endpoint}`, {
    method: 'POST',
    headers: {
      authorization: `Bearer ${key}`,
      'content-type': 'application/json',
      'x-sluice-cache': 'off',
      ...headers,
    },
    body: JSON.stringify({
      model,
      ...(endpoint === 'embeddings' ? { input: said } : { messages: [{ role: 'user', content: said }] }),
    }),
  });
  const { error } = JSON.parse(await response.text());
  const [inside = 0, outside = 0] = [eu.asked.length, us.asked.length].map((count, at) => count - (before[at] ?? 0));
  return {
    status: response.status,
    code: error?.code,
    message: error?.message,
    cache: response.headers.get('x-sluice-cache'),
    model: response.headers.get('x-sluice-model'),
    inside,
    outside,
  };
}

const rules = [
  ['a tenant’s region', { requires: { regions: ['eu'] } }, {}, /may process data in eu and us; tenant \w+ requires eu/],
  ['a key’s region', {}, { requires: { regions: ['eu'] } }, /may process data in eu and us; key key_\w+ requires eu/],
  [
    'a tenant’s retention',
    { requires: { retention: 'none' } },
    {},
    /may keep data for 30 days; tenant \w+ requires zero/,
  ],
  [
    'a key’s providers',
    { requires: { regions: ['eu', 'us'] } },
    { requires: { providers: ['eu', 'together'] } },
    /is called at \w+; key/,
  ],
] as const;
const endpoints = ['chat/completions', 'embeddings'] as const;
const cases = rules.flatMap(([rule, tenant, key, told]) =>
  endpoints.map((endpoint) => ({ rule, tenant, key, told, endpoint })),
);

describe.each(cases)(
  'by $rule, of $endpoint, the provider outside is never asked',
  ({ tenant, key, told, endpoint }) => {
    let secret: string;
    beforeAll(async () => {
      ({ key: secret } = await house.keyOf(tenant, key));
    });
    const asked = (model: string, headers?: object) => ask(endpoint, secret, model, headers);

    test.each([
      ['directly', 'us/m', {}],
      ['by an alias', 'alias', {}],
      ['instead of another', 'eu/m', { 'x-sluice-fallback': 'us/m' }],
      ['by a split without another arm', 'outside', {}],
      ['by routes in routes', 'nested', {}],
    ])('%s: the call is refused', async (_, model, headers) => {
      const heard = await asked(model, headers);
      expect(heard).toMatchObject({ status: 403, code: 'no_compliant_target', inside: 0, outside: 0 });
      expect(heard.message).toMatch(told);
    });

    test('first in a route: the next serves', async () => {
      expect(await asked('first')).toMatchObject({ status: 200, model: 'eu/m', inside: 1, outside: 0 });
    });

    test('by a split: the other arm serves, whatever is drawn', async () => {
      const heard = [];
      for (let call = 0; call < 12; call++) heard.push(await asked('spread'));
      for (const each of heard) expect(each).toMatchObject({ status: 200, model: 'eu/m', inside: 1, outside: 0 });
    });

    test('last in a route, nor after a retry: what failed is told', async () => {
      eu.answerWith(refusal(503, { message: 'not now' }));
      expect(await asked('last')).toMatchObject({ status: 503, inside: 2, outside: 0 });
    });

    test('as the same model elsewhere', async () => {
      eu.answerWith(refusal(503, { message: 'not now' }));
      const heard = await asked(LLAMA);
      expect(heard).toMatchObject({ status: 503, outside: 0 });
      expect(heard.inside).toBeGreaterThan(0);
    });
  },
);

test('without a rule each of these ways leads outside', async () => {
  const { key } = await house.keyOf({});
  for (const endpoint of endpoints) {
    for (const model of ['us/m', 'alias', 'outside', 'nested', 'first'])
      expect(await ask(endpoint, key, model)).toMatchObject({ status: 200, outside: 1 });
    eu.answerWith(refusal(503, { message: 'not now' }));
    for (const model of ['last', LLAMA])
      expect(await ask(endpoint, key, model)).toMatchObject({ status: 200, outside: 1 });
    expect(await ask(endpoint, key, 'eu/m', { 'x-sluice-fallback': 'us/m' })).toMatchObject({
      status: 200,
      outside: 1,
    });
    eu.answerWith(serves);
  }
});

describe('what is kept for those without a rule', () => {
  const cached = { 'x-sluice-cache': 'exact' };
  async function two() {
    const { tenant, key: free } = await house.keyOf({});
    const { key: ruled } = await house.tables.admin.createKey({ tenant, requires: { regions: ['eu'] } });
    return { free, ruled };
  }

  test('is not given to those who have one, in the same tenant', async () => {
    const { free, ruled } = await two();
    const said = `Question ${++questions}`;
    for (const model of ['us/m', 'first']) await ask('chat/completions', free, model, cached, said);
    await expect.poll(async () => (await ask('chat/completions', free, 'us/m', cached, said)).cache).toBe('hit');
    expect(await ask('chat/completions', ruled, 'us/m', cached, said)).toMatchObject({ status: 403, cache: null });
    const own = await ask('chat/completions', ruled, 'first', cached, said);
    expect(own).toMatchObject({ status: 200, model: 'eu/m', cache: 'miss', inside: 1, outside: 0 });
  });

  test('is not waited for by them either', async () => {
    const { free, ruled } = await two();
    const said = `Question ${++questions}`;
    const begun = Promise.withResolvers<void>();
    const released = Promise.withResolvers<void>();
    us.answerWith(async (asked, response) => {
      begun.resolve();
      await released.promise;
      await serves(asked, response);
    });
    const leading = ask('chat/completions', free, 'first', cached, said);
    await begun.promise;
    const own = await ask('chat/completions', ruled, 'first', cached, said);
    expect(own).toMatchObject({ status: 200, model: 'eu/m', inside: 1, outside: 0 });
    released.resolve();
    expect(await leading).toMatchObject({ status: 200, model: 'us/m' });
  });

  test('is not searched by meaning with a model that may not be asked', async () => {
    const { free, ruled } = await two();
    const semantic = { 'x-sluice-cache': 'semantic' };
    expect(await ask('chat/completions', free, 'eu/m', semantic)).toMatchObject({ status: 200, outside: 1 });
    expect(await ask('chat/completions', ruled, 'eu/m', semantic)).toMatchObject({
      status: 200,
      cache: 'miss; reason=embedder-not-compliant',
      inside: 1,
      outside: 0,
    });
  });
});

test('only models that comply are listed', async () => {
  const { key } = await house.keyOf({ requires: { regions: ['eu'] } });
  const response = await fetch(`${house.url}/models`, { headers: { authorization: `Bearer ${key}` } });
  const { data }: { data: { id: string; routes_to?: string[] }[] } = JSON.parse(await response.text());
  expect(data.find(({ id }) => id === 'first')?.routes_to).toEqual(['eu/m']);
  const ids = data.map(({ id }) => id);
  expect(ids).toEqual(expect.arrayContaining(['spread', 'last', LLAMA]));
  expect(ids.filter((id) => /^(alias|outside|nested|fireworks\/.*)$/.test(id))).toEqual([]);
});

test('an item whose rules cannot be read lets nobody in', async () => {
  const { key } = await house.keyOf({});
  expect(await ask('chat/completions', key, 'eu/m')).toMatchObject({ status: 200 });
  for (const requires of [{ regions: ['europe'] }, { regions: [] }, { regoins: ['eu'] }, { retention: 30 }, 'eu'])
    await expect(house.keyOf({ requires })).rejects.toThrow(/attribute requires/);
});
