import { describe, expect, test } from 'vitest';
import { dynamodb } from '../../lib/aws/dynamodb.ts';
import type { Connection } from '../../lib/cli/connect.ts';
import { tenants } from '../../lib/cli/tenants.ts';
import { connectionTo } from '../support/connection.ts';
import { operator } from './operator.ts';

const { tables, says, json, refused } = operator();

describe.concurrent('a tenant', () => {
  test('is set flag by flag, and what no flag names stays', async () => {
    const budgets = ['--budget-minute', '0.01', '--budget-hour', '1', '--budget-day', '5', '--budget-month', 'none'];
    const rates = ['--rpm', '600', '--tpm=200000', '--concurrent', '50'];
    const rest = ['--models', 'lab/*, other/m', '--priority', 'low', '--timezone', 'Europe/Berlin'];
    const first = await json('tenants', 'set', 'acme', ...budgets, ...rates, ...rest);
    expect(first).toEqual({
      tenant: 'acme',
      created: expect.any(String),
      new: true,
      budgets: { minute: 0.01, hour: 1, day: 5, month: 'none' },
      rates: { rpm: 600, tpm: 200_000, concurrent: 50 },
      models: ['lab/*', 'other/m'],
      priority: 'low',
      timezone: 'Europe/Berlin',
    });
    const more = ['--budget-total', '1000', '--unset', 'budget-minute', '--unset', 'models'];
    const { models: _, ...left } = first;
    expect(await json('tenants', 'set', 'acme', ...more)).toEqual({
      ...left,
      new: false,
      budgets: { hour: 1, day: 5, month: 'none', total: 1000 },
    });
    const { stdout } = await says('tenants', 'get', 'acme');
    expect(stdout).toMatch(/^budgets +\$1 an hour, \$5 a day, none a month, \$1000 in total$/m);
    expect(stdout).toMatch(/^rates +600 rpm, 200000 tpm, 50 concurrent$/m);
  });

  test('requires regions, providers and retention of what is called for it, until that is taken back', async () => {
    const rules = ['--require-regions', 'eu, uk', '--require-providers', 'lab,bedrock', '--require-retention', 'none'];
    const requires = { regions: ['eu', 'uk'], providers: ['lab', 'bedrock'], retention: 'none' };
    expect(await json('tenants', 'set', 'ruled', ...rules)).toMatchObject({ requires });
    expect((await says('tenants', 'get', 'ruled')).stdout).toMatch(
      /^requires +regions eu or uk, providers lab or bedrock, retention none$/m,
    );
    const { regions: _, ...left } = requires;
    expect(await json('tenants', 'set', 'ruled', '--unset', 'require-regions')).toMatchObject({ requires: left });
    expect(await json('tenants', 'set', 'ruled', '--unset', 'requires')).not.toHaveProperty('requires');
    expect(await refused('tenants', 'set', 'ruled', '--require-regions', 'eu,moon')).toMatch(
      /takes one of eu, efta, uk.*"moon"/,
    );
    expect(await refused('tenants', 'set', 'ruled', '--require-regions', 'eu,')).toMatch(
      /--require-regions takes words/,
    );
    expect(await refused('tenants', 'set', 'ruled', '--require-providers', 'Lab/*')).toMatch(
      /takes names of providers.*"Lab/,
    );
    expect(await refused('tenants', 'set', 'ruled', '--require-retention', '30')).toMatch(/takes one of none/);
  });

  test('has limits for its keys, its users and its features, and each can be taken back', async () => {
    const keys = ['--key-budget-day', '1', '--key-rpm', '10', '--key-models', 'lab/*', '--key-priority', 'high'];
    const users = ['--user-budget-day', '0.5', '--user-tpm', '1000'];
    const features = ['--feature-budget-day', 'free-tier=1', '--feature-budget-day', 'a.b=2', '--feature-rpm', 'a.b=3'];
    const set = await json(
      'tenants',
      'set',
      'wide',
      ...keys,
      ...users,
      ...features,
      '--feature-models',
      'free-tier=lab/a',
    );
    expect(set).toMatchObject({
      keyDefaults: { budgets: { day: 1 }, rates: { rpm: 10 }, models: ['lab/*'], priority: 'high' },
      userDefaults: { budgets: { day: 0.5 }, rates: { tpm: 1000 } },
      features: {
        'free-tier': { budgets: { day: 1 }, models: ['lab/a'] },
        'a.b': { budgets: { day: 2 }, rates: { rpm: 3 } },
      },
    });
    const unset = ['user-budget-day', 'key-models', 'feature-budget-day:a.b', 'feature:free-tier', 'keyDefaults'];
    const after = await json('tenants', 'set', 'wide', ...unset.flatMap((field) => ['--unset', field]));
    expect(after).toEqual({
      tenant: 'wide',
      created: expect.any(String),
      new: false,
      userDefaults: { budgets: {}, rates: { tpm: 1000 } },
      features: { 'a.b': { budgets: {}, rates: { rpm: 3 } } },
    });
  });

  test('says what its answers may be used for again, and takes it back by the piece or whole', async () => {
    const words = ['--cache', 'semantic', '--cache-ttl', '60', '--cache-scope', 'tenant', '--cache-temperature', 'any'];
    const set = ['tenants', 'set', 'recaller'];
    const cache = { mode: 'semantic', ttlSeconds: 60, scope: 'tenant', temperature: 'any' };
    const rest = { toolCalls: true, threshold: 0.97 };
    expect(await json(...set, ...words, '--cache-tool-calls', 'true', '--cache-threshold', '0.97')).toMatchObject({
      cache: { ...cache, ...rest },
    });
    expect((await says('tenants', 'get', 'recaller')).stdout).toMatch(
      /^cache +semantic, 60 s, scope tenant, temperature any, with tool calls, threshold 0\.97$/m,
    );
    const changed = await json(...set, '--cache', 'exact', '--unset', 'cache-scope', '--cache-tool-calls', 'false');
    expect(changed.cache).toEqual({
      mode: 'exact',
      ttlSeconds: 60,
      temperature: 'any',
      toolCalls: false,
      threshold: 0.97,
    });
    expect((await says('tenants', 'list')).stdout).toMatch(
      /^recaller +exact, 60 s, temperature any, no tool calls, threshold 0\.97$/m,
    );
    expect(await json(...set, '--unset', 'cache')).not.toHaveProperty('cache');
    expect(await tables().item('access', 'tenant#recaller', 'tenant')).not.toHaveProperty('cache');
  });

  test('that somebody wrote wrongly is listed with what is wrong, and is repaired by the command that names it', async () => {
    await tables().put('access', { pk: 'tenant#wrong', sk: 'tenant', budgets: { day: '5' }, budget: 7 });
    expect(await json('tenants', 'get', 'wrong')).toEqual({
      tenant: 'wrong',
      problem: expect.stringContaining('attribute budgets.day must be a number of dollars'),
    });
    expect((await says('tenants', 'list')).stdout).toMatch(/^wrong .*attribute budgets\.day/m);
    expect(await refused('tenants', 'set', 'wrong', '--rpm', '5')).toContain('attribute budgets.day');
    const repaired = await json('tenants', 'set', 'wrong', '--budget-day', '5', '--unset', 'attribute:budget');
    expect(repaired).toEqual({ tenant: 'wrong', new: false, budgets: { day: 5 } });
  });

  test('is removed once its keys are revoked, or with them by force', async () => {
    await json('tenants', 'set', 'leaver');
    const { id, key } = await json('keys', 'create', '--tenant', 'leaver');
    expect(await refused('tenants', 'remove', 'leaver')).toContain(`a key that is not revoked: ${id}`);
    expect(await json('tenants', 'remove', 'leaver', '--force')).toEqual({
      tenant: 'leaver',
      removed: true,
      revoked: [id],
    });
    expect(await refused('tenants', 'get', 'leaver')).toContain('There is no tenant leaver');
    expect(await refused('tenants', 'remove', 'leaver')).toContain('There is no tenant leaver');
    expect(await json('keys', 'get', id)).toMatchObject({ revoked: expect.any(String) });
    expect(JSON.stringify(await json('keys', 'list'))).not.toContain(key);
  });

  test('that is removed by force takes the key along that somebody made meanwhile', async () => {
    const { admin } = tables();
    await admin.createTenant('contested');
    const made: string[] = [];
    const removeTenant = async (name: string) => {
      made.push((await admin.createKey({ tenant: name })).id);
      return admin.removeTenant(name);
    };
    const client = dynamodb({ endpoint: tables().endpoint, tryMs: 5_000, tries: 2 });
    const connection: Connection = {
      ...connectionTo(client),
      admin: { ...admin, removeTenant },
      close: () => client.destroy(),
    };
    const removed = await tenants.deeds.remove?.act({
      operands: ['contested'],
      options: new Map([['force', []]]),
      connect: async () => connection,
    });
    connection.close();
    const data = { tenant: 'contested', removed: true, revoked: made };
    expect(removed).toEqual({ data, text: expect.any(String) });
    for (const id of made) expect((await admin.key(id))?.attributes.revoked).toEqual(expect.any(String));
    expect(made).toHaveLength(1);
  });

  test('is not touched by a value that is none', async () => {
    expect(await refused('tenants', 'set', 'untouched', '--rpm', '5', '--budget-day', '-5')).toContain('negative');
    expect(await tables().admin.tenantExists('untouched')).toBe(false);
  });
});
