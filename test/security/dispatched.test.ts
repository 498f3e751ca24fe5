import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { usualCache } from '../../lib/config/written-cache.ts';
import { type House, openHouse } from '../support/door.ts';
import { embeds } from '../support/embeds.ts';
import { answer } from '../support/flaky.ts';
import { refusal } from '../support/upstream.ts';

let house: House;
beforeAll(async () => {
  house = await openHouse({
    config: {
      cache: { ...usualCache, mode: 'exact', scope: 'tenant', temperature: 'any' },
      models: {
        good: 'lab/good',
        alias: 'lab/bad',
        'alias-of-alias': 'alias',
        last: { inOrder: ['lab/good', 'lab/bad'] },
        first: { inOrder: ['lab/bad', 'lab/good'] },
        split: { split: [{ share: 100, use: 'lab/bad' }] },
        arm: { inOrder: [{ split: [{ share: 100, use: 'lab/bad' }] }, 'lab/good'] },
        nested: { inOrder: ['last', 'alias'] },
      },
    },
  });
});
afterAll(() => house?.close());

/** One answers, or is down; the other always answers: whoever gets so far as to ask it is answered. */
const upstream = (good: 'up' | 'down') =>
  house.upstream.answerWith((asked, response) => {
    if (asked.body.model === 'good' && good === 'down') return refusal(503, { message: 'down' })(asked, response);
    return (asked.path.endsWith('/embeddings') ? embeds : answer('Hi'))(asked, response);
  });
const forget = () => {
  (house.upstream.asked as unknown[]).length = 0;
};
beforeEach(forget);

type Way = {
  readonly model: string;
  readonly fields?: object;
  readonly headers?: Readonly<Record<string, string>>;
  readonly query?: string;
};

/** All ways by which a request may come to be answered by a model. */
const ways: Readonly<Record<string, Way>> = {
  'its name': { model: 'lab/bad' },
  'its name in capitals': { model: 'LAB/BAD' },
  'its name with a space': { model: ' lab/bad' },
  'its name at another provider': { model: 'lab//bad' },
  'its bare name': { model: 'bad' },
  'an alias': { model: 'alias' },
  'an alias of an alias': { model: 'alias-of-alias' },
  'the end of a route': { model: 'last' },
  'the beginning of a route': { model: 'first' },
  'a split': { model: 'split' },
  'an arm in a route': { model: 'arm' },
  'a route in a route': { model: 'nested' },
  'a header': { model: 'lab/good', headers: { 'x-sluice-fallback': 'lab/bad' } },
  'a header that names an alias': { model: 'lab/good', headers: { 'x-sluice-fallback': 'alias, split' } },
  'a list of models': { model: 'lab/good', fields: { models: ['lab/good', 'lab/bad'] } },
  'a list of models alone': { model: '', fields: { model: null, models: ['lab/bad'] } },
  'a parameter of the address': { model: 'lab/good', query: '?model=lab/bad' },
  'another field': { model: 'lab/good', fields: { engine: 'lab/bad', deployment: 'lab/bad', model_id: 'lab/bad' } },
  'a second key of the same name': { model: 'lab/good', fields: { Model: 'lab/bad', ' model': 'lab/bad' } },
  'another feature': { model: 'lab/bad', headers: { 'x-sluice-feature': 'open' } },
  'another tenant': { model: 'lab/bad', headers: { 'x-sluice-user': 'admin' }, fields: { user: 'admin', tenant: 'x' } },
};

/** By whose list a key may call no other. */
const allowed = [
  { tenant: { models: ['lab/good'] }, own: {} },
  { tenant: {}, own: { models: ['lab/g*'] } },
  { tenant: { features: { open: {} } }, own: { models: ['*/good', 'good'] } },
];

describe.each(Object.entries(ways))('a model that a key may not call is not called by %s', (_, way) => {
  const { model, fields = {}, headers = {}, query = '' } = way;

  test.each(['chat', 'embeddings'] as const)('for %s', async (surface) => {
    const path = surface === 'chat' ? '/chat/completions' : '/embeddings';
    const asked = surface === 'chat' ? { messages: [{ role: 'user', content: 'Hello' }] } : { input: 'Hello' };
    const call = async (key: string, more: object = {}) => {
      const response = await fetch(`${house.url}${path}${query}`, {
        method: 'POST',
        headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json', ...headers },
        body: JSON.stringify({ model, ...asked, ...fields, ...more }),
      });
      await response.text();
      return response;
    };
    for (const { tenant, own } of allowed) {
      const { key, tenant: name } = await house.keyOf({ budgets: 'none', ...tenant }, own);
      const free = await house.tables.admin.createKey({ tenant: name });
      for (const good of ['up', 'down'] as const) {
        upstream(good);
        // Whoever of the same tenant may call it has its answer kept, which must not be given to who may not.
        if (!('models' in tenant)) await call(free.key);
        forget();
        for (const stream of [{}, { stream: true }]) {
          const response = await call(key, stream);
          expect(response.headers.get('x-sluice-model') ?? '').not.toContain('bad');
        }
        expect(house.upstream.asked.map(({ body }) => body.model).filter((each) => each !== 'good')).toEqual([]);
      }
    }
  });
});

test('each of these ways leads there, or nowhere, for who may call it', async () => {
  const { key } = await house.keyOf({ budgets: 'none' });
  upstream('down');
  const reached: string[] = [];
  for (const [name, { model, fields, headers }] of Object.entries(ways)) {
    forget();
    await (await house.ask(key, { model, ...fields }, { ...headers, 'x-sluice-cache': 'off' })).text();
    if (house.upstream.asked.some(({ body }) => body.model === 'bad')) reached.push(name);
  }
  expect(reached).toEqual(expect.arrayContaining(['its name', 'an alias', 'a split', 'a header', 'a list of models']));
  expect(reached.length).toBeGreaterThan(10);
});
