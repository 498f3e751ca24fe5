import { describe, expect, test } from 'vitest';
import { keyHash } from '../../lib/pipeline/authenticate.ts';

import { accessHouse } from './access-house.ts';

const house = accessHouse();
const put = (item: Readonly<Record<string, unknown>>) => house().tables.put('access', item);

describe('an operator', () => {
  test('creates a tenant once', async () => {
    expect(await house().tables.admin.tenantExists('acme')).toBe(false);
    expect(await house().tables.admin.createTenant('acme')).toBe(true);
    expect(await house().tables.admin.createTenant('acme')).toBe(false);
    expect(await house().tables.admin.tenantExists('acme')).toBe(true);
    expect((await house().tables.admin.tenants()).map(({ tenant }) => tenant)).toEqual(['acme', 'demo']);
  });

  test('creates keys that are all different and stored nowhere', async () => {
    const keys = await Promise.all(
      Array.from({ length: 20 }, () => house().tables.admin.createKey({ tenant: 'demo', name: 'ci' })),
    );
    for (const { key } of keys) expect(key).toMatch(/^sk-sluice-[\w-]{43}$/);
    expect(new Set(keys.map(({ key }) => key)).size).toBe(20);
    const item = await house().tables.item('access', `key#${keyHash(keys[0]?.key ?? '')}`, 'key');
    expect(item).toMatchObject({
      v: 1,
      id: keys[0]?.id,
      tenant: 'demo',
      name: 'ci',
      created: expect.stringMatching(/Z$/),
    });
    expect(JSON.stringify(item)).not.toContain(keys[0]?.key);
  });

  test('gives a chosen secret to one key only', async () => {
    expect((await house().tables.admin.createKey({ tenant: 'demo' }, 'chosen')).created).toBe(true);
    expect((await house().tables.admin.createKey({ tenant: 'acme' }, 'chosen')).created).toBe(false);
    expect((await house().access.find(keyHash('chosen')))?.tenant).toBe('demo');
  });

  test('is told when there is no such key to revoke', async () => {
    expect(await house().tables.admin.revokeKey('key_nothing')).toBe(false);
  });

  test('revokes a key although another is set up wrongly, and the wrong one too', async () => {
    const { id, key } = await house().tables.admin.createKey({ tenant: 'demo' });
    await put({ pk: `key#${keyHash('wrong')}`, sk: 'key', id: 'key_wrong', tenant: 'demo', budget: 5 });
    expect(await house().tables.admin.revokeKey(id)).toBe(true);
    expect((await house().access.find(keyHash(key)))?.revoked).toBe(true);
    expect(await house().tables.admin.revokeKey('key_wrong')).toBe(true);
  });
});

describe('an edit of a tenant', () => {
  const day = (value: unknown) => [{ path: ['budgets', 'day'], value }];
  const of = async (name: string) => (await house().tables.admin.tenant(name))?.attributes;

  test('creates the tenant, or changes what it names and leaves the rest', async () => {
    const edits = [...day(5), { path: ['rates', 'rpm'], value: 60 }, { path: ['timezone'], value: 'Europe/Berlin' }];
    expect(await house().tables.admin.setTenant('edited', edits)).toMatchObject({ created: true });
    const feature = (window: string, value: unknown) => ({ path: ['features', 'free.tier', 'budgets', window], value });
    const more = [feature('day', 1), feature('month', 9), { path: ['budgets', 'month'], value: 100 }];
    expect(await house().tables.admin.setTenant('edited', more)).toMatchObject({ created: false });
    await house().tables.admin.setTenant('edited', [...day(undefined), { path: ['models'], value: ['lab/*'] }]);
    expect(await of('edited')).toEqual({
      created: expect.any(String),
      budgets: { month: 100 },
      rates: { rpm: 60 },
      timezone: 'Europe/Berlin',
      features: { 'free.tier': { budgets: { day: 1, month: 9 } } },
      models: ['lab/*'],
    });
  });

  test('that names nothing, or takes away what is not there, changes nothing', async () => {
    await house().tables.admin.createTenant('calm', { priority: 'low' });
    await house().tables.admin.setTenant('calm', []);
    await house().tables.admin.setTenant('calm', [
      ...day(undefined),
      { path: ['features', 'x', 'models'], value: undefined },
    ]);
    expect(await of('calm')).toEqual({ created: expect.any(String), priority: 'low' });
  });

  test('loses nothing of what others write at the same time', async () => {
    const windows = ['minute', 'hour', 'day', 'month', 'total'];
    const features = windows.map((window) => ({ path: ['features', window, 'budgets', window], value: 1 }));
    const budgets = windows.map((window) => ({ path: ['budgets', window], value: 2 }));
    await Promise.all([...features, ...budgets].map((edit) => house().tables.admin.setTenant('busy', [edit])));
    expect(await of('busy')).toEqual({
      created: expect.any(String),
      budgets: { minute: 2, hour: 2, day: 2, month: 2, total: 2 },
      features: Object.fromEntries(windows.map((window) => [window, { budgets: { [window]: 1 } }])),
    });
  });

  test('takes one window out of none and leaves the others at none', async () => {
    await house().tables.admin.createTenant('free', { budgets: 'none', rates: 'none' });
    await house().tables.admin.setTenant('free', [...day(5), { path: ['rates', 'rpm'], value: undefined }]);
    expect(await of('free')).toMatchObject({
      budgets: { minute: 'none', hour: 'none', day: 5, month: 'none', total: 'none' },
      rates: { tpm: 'none', concurrent: 'none' },
    });
  });

  test('that would leave it wrong is refused, and so is any that does not put a wrong one right', async () => {
    await expect(house().tables.admin.setTenant('never', day(-1))).rejects.toThrow('attribute budgets.day');
    expect(await house().tables.admin.tenantExists('never')).toBe(false);
    await put({ pk: 'tenant#broken', sk: 'tenant', budgets: { day: '5', month: 7 }, budget: 1 });
    await expect(house().tables.admin.setTenant('broken', day(5))).rejects.toThrow('attribute budget is no attribute');
    await house().tables.admin.setTenant('broken', [...day(5), { path: ['budget'], value: undefined }]);
    expect(await of('broken')).toEqual({ budgets: { day: 5, month: 7 } });
    await put({ pk: 'tenant#broken', sk: 'tenant', budgets: ['5'] });
    await house().tables.admin.setTenant('broken', [{ path: ['budgets'], value: undefined }, ...day(6)]);
    expect(await of('broken')).toEqual({ budgets: { day: 6 } });
  });

  test('leaves a removed tenant’s keys without a way in', async () => {
    await house().tables.admin.createTenant('gone');
    const { key } = await house().tables.admin.createKey({ tenant: 'gone' });
    expect(await house().access.find(keyHash(key))).toMatchObject({ tenant: 'gone' });
    expect(await house().tables.admin.removeTenant('gone')).toBe(true);
    expect(await house().tables.admin.removeTenant('gone')).toBe(false);
    expect(await house().access.find(keyHash(key))).toBeUndefined();
  });
});

describe('an edit of a key', () => {
  test('changes what it names, and is refused where it would leave the key wrong', async () => {
    const { id, key } = await house().tables.admin.createKey({ tenant: 'demo', budgets: { day: 1 }, priority: 'low' });
    expect(await house().tables.admin.setKey(id, [{ path: ['rates', 'rpm'], value: 5 }])).toBe(true);
    await expect(house().tables.admin.setKey(id, [{ path: ['rates', 'rpm'], value: 0.5 }])).rejects.toThrow(
      'rates.rpm',
    );
    expect(await house().access.find(keyHash(key))).toMatchObject({
      priority: 'low',
      limits: { key: { budgets: { day: 1e9 }, rates: { rpm: 5 } } },
    });
    expect(await house().tables.admin.setKey('key_nothing', [])).toBe(false);
  });

  test('is refused at its creation too', async () => {
    await expect(house().tables.admin.createKey({ tenant: 'demo', budgets: { day: -5 } })).rejects.toThrow(
      'budgets.day',
    );
    await expect(house().tables.admin.createKey({ tenant: 'a b' })).rejects.toThrow(
      'attribute tenant is no name of a tenant',
    );
  });
});
