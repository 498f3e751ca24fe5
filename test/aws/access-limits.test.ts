import { PutItemCommand } from '@aws-sdk/client-dynamodb';
import { describe, expect, test } from 'vitest';
import { remembered } from '../../lib/aws/remembered.ts';
import { localTableNames } from '../../lib/aws/tables.ts';
import { keyHash } from '../../lib/pipeline/authenticate.ts';
import { failureOf } from '../support/bytes.ts';
import { demoKey } from '../support/gateway.ts';

import { accessHouse } from './access-house.ts';

const house = accessHouse();
const put = (item: Readonly<Record<string, unknown>>) => house().tables.put('access', item);
let made = 0;
/** A tenant and a key of it, as somebody may have written them by hand. */
async function written(tenant: object, key: object = {}) {
  const name = `tenant-${++made}`;
  const hash = keyHash(`secret ${name}`);
  await put({ pk: `tenant#${name}`, sk: 'tenant', ...tenant });
  await put({ pk: `key#${hash}`, sk: 'key', id: `key_${made}`, tenant: name, ...key });
  return { name, hash };
}
const callerOf = async (tenant: object, key: object = {}) => house().access.find((await written(tenant, key)).hash);

describe('limits in the table', () => {
  test('are plain dollars there and whole nano-dollars here', async () => {
    const caller = await callerOf({
      budgets: { minute: 0.000000001, hour: 0.1, day: 5, month: 100.123456789, total: 0 },
      rates: { rpm: 600, tpm: 200_000, concurrent: 0 },
      priority: 'high',
      timezone: 'Europe/Berlin',
      userDefaults: { budgets: { day: 1 }, rates: { rpm: 5 } },
      features: { 'free-tier': { budgets: { day: 0.5 }, models: ['lab/*'] }, search: { rates: { concurrent: 2 } } },
    });
    expect(caller?.limits).toEqual({
      tenant: {
        budgets: { minute: 1, hour: 100_000_000, day: 5_000_000_000, month: 100_123_456_789, total: 0 },
        rates: { rpm: 600, tpm: 200_000, concurrent: 0 },
      },
      key: { rates: {} },
      user: { budgets: { day: 1_000_000_000 }, rates: { rpm: 5 } },
      features: {
        'free-tier': { budgets: { day: 500_000_000 }, rates: {} },
        search: { rates: { concurrent: 2 } },
      },
    });
    expect(caller).toMatchObject({
      priority: 'high',
      timezone: 'Europe/Berlin',
      featureModels: { 'free-tier': ['lab/*'] },
    });
    expect(caller).not.toHaveProperty('featureModels.search');
  });

  test.each([
    [{}, undefined],
    [{ budgets: {} }, undefined],
    [{ budgets: 'none' }, {}],
    [{ budgets: { day: 'none' } }, {}],
    [{ budgets: { day: 'none', month: 3 } }, { month: 3_000_000_000 }],
  ])('of a tenant that says %j are spoken of, or left to the operator’s defaults', async (tenant, budgets) => {
    expect((await callerOf(tenant))?.limits.tenant).toEqual({ ...(budgets && { budgets }), rates: {} });
  });

  test('of a key are its own, window by window, and its tenant’s for keys where it says nothing', async () => {
    const tenant = {
      models: ['lab/*'],
      priority: 'low',
      keyDefaults: {
        budgets: { day: 1, month: 10 },
        rates: { rpm: 60, tpm: 1000 },
        models: ['lab/a'],
        priority: 'standard',
      },
    };
    expect(await callerOf(tenant)).toMatchObject({
      allowed: [['lab/a'], ['lab/*']],
      priority: 'standard',
      limits: { key: { budgets: { day: 1e9, month: 1e10 }, rates: { rpm: 60, tpm: 1000 } } },
    });
    const own = { budgets: { day: 2, total: 7 }, rates: { rpm: 'none' }, models: ['lab/b'], priority: 'high' };
    const caller = await callerOf(tenant, own);
    expect(caller).toMatchObject({ allowed: [['lab/b'], ['lab/*']], priority: 'high' });
    expect(caller?.limits.key).toEqual({ budgets: { day: 2e9, month: 1e10, total: 7e9 }, rates: { tpm: 1000 } });
    const lifted = await callerOf(tenant, { budgets: 'none', rates: 'none' });
    expect(lifted?.limits.key).toEqual({ budgets: {}, rates: {} });
    expect(lifted?.allowed).toEqual([['lab/a'], ['lab/*']]);
  });

  test('edited by hand hold within four seconds, by the clock passed in', async () => {
    let now = 0;
    const remembering = remembered(house().access, () => now);
    const { name, hash } = await written({ budgets: { day: 5 } });
    await remembering.find(hash);
    await put({ pk: `tenant#${name}`, sk: 'tenant', budgets: { day: 1 } });
    now = 4_000;
    expect((await remembering.find(hash))?.limits.tenant.budgets).toEqual({ day: 1e9 });
  });
});

describe('a tenant item', () => {
  test('whose number is too large for JavaScript is refused by the name of the attribute all the same', async () => {
    const { name, hash } = await written({});
    const budgets = { M: { total: { N: '100000000000000000000.5' } } };
    const Item = { pk: { S: `tenant#${name}` }, sk: { S: 'tenant' }, budgets };
    await house().client.send(new PutItemCommand({ TableName: localTableNames.access, Item }));
    expect(await failureOf(house().access.find(hash))).toMatchObject({
      code: 'gateway_unavailable',
      message: expect.stringContaining('attribute budgets.total '),
    });
  });

  test.each([
    ['budgets.day', { budgets: { day: '5' } }],
    ['budgets.day', { budgets: { day: -1 } }],
    ['budgets.day', { budgets: { day: 0.1234567891 } }],
    ['budgets.month', { budgets: { day: 5, month: 9_007_200 } }],
    ['budgets.day', { budgets: { day: null } }],
    ['budgets.week', { budgets: { week: 5 } }],
    ['budgets', { budgets: 'all' }],
    ['budgets', { budgets: 5 }],
    ['budget', { budget: { day: 5 } }],
    ['rates.rpm', { rates: { rpm: 1.5 } }],
    ['rates.rpm', { rates: { rpm: -1 } }],
    ['rates.tpm', { rates: { tpm: 'many' } }],
    ['rates.rph', { rates: { rph: 1 } }],
    ['models', { models: 'lab/*' }],
    ['models', { models: new Set(['lab/*']) }],
    ['priority', { priority: 'urgent' }],
    ['timezone', { timezone: 'Mars/Olympus' }],
    ['timezone', { timezone: 60 }],
    ['keyDefaults.budgets.day', { keyDefaults: { budgets: { day: '1' } } }],
    ['keyDefaults.timezone', { keyDefaults: { timezone: 'UTC' } }],
    ['userDefaults.models', { userDefaults: { models: ['lab/*'] } }],
    ['features.free-tier.budgets.day', { features: { 'free-tier': { budgets: { day: 'x' } } } }],
    ['features.free-tier.budget', { features: { 'free-tier': { budget: 1 } } }],
    ['features', { features: ['free-tier'] }],
  ])(
    'whose %s is wrong lets nobody of this tenant in, and says which attribute it is: %j',
    async (attribute, wrong) => {
      const { name, hash } = await written(wrong);
      expect(await failureOf(house().access.find(hash))).toMatchObject({
        code: 'gateway_unavailable',
        status: 503,
        message: expect.stringContaining(`Tenant ${name} is set up wrongly: attribute ${attribute} `),
      });
      expect(await house().access.find(keyHash(demoKey))).toMatchObject({ tenant: 'demo' });
    },
  );

  test.each([
    ['budgets.day', { budgets: { day: true } }],
    ['rates.concurrent', { rates: { concurrent: '3' } }],
    ['priority', { priority: 1 }],
    ['tenant', { tenant: 'a#b' }],
    ['timezone', { timezone: 'UTC' }],
  ])('is not even looked at where the %s of the key is wrong: %j', async (attribute, wrong) => {
    const { hash } = await written({}, wrong);
    expect(await failureOf(house().access.find(hash))).toMatchObject({
      code: 'gateway_unavailable',
      message: expect.stringContaining(`This key is set up wrongly: attribute ${attribute} `),
    });
  });
});
