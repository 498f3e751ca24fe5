import { describe, expect, test } from 'vitest';
import { keyHash } from '../../lib/pipeline/authenticate.ts';
import { operator } from './operator.ts';

const { tables, says, json, refused } = operator();
const item = (secret: string) => tables().item('access', `key#${keyHash(secret)}`, 'key');

describe.concurrent('a key', () => {
  test('is created with limits, changed, and read', async () => {
    const words = [
      '--tenant',
      'demo',
      '--budget-day',
      '2.50',
      '--rpm',
      '60',
      '--models',
      'lab/*',
      '--priority',
      'high',
    ];
    const { key, ...created } = await json('keys', 'create', ...words);
    const limits = { budgets: { day: 2.5 }, rates: { rpm: 60 }, models: ['lab/*'], priority: 'high' };
    expect(created).toEqual({ id: expect.stringMatching(/^key_/), tenant: 'demo', ...limits });
    const set = [
      '--rpm',
      'none',
      '--name',
      'ci',
      '--unset',
      'models',
      '--unset',
      'budget-day',
      '--expires',
      '2027-01-31',
    ];
    const changed = {
      id: created.id,
      tenant: 'demo',
      name: 'ci',
      created: expect.any(String),
      budgets: {},
      rates: { rpm: 'none' },
      priority: 'high',
      expires: '2027-01-31T00:00:00.000Z',
    };
    expect(await json('keys', 'set', created.id, ...set)).toEqual(changed);
    expect(await json('keys', 'get', created.id)).toEqual(changed);
    expect((await says('keys', 'get', created.id)).stdout).toMatch(/^rates +none rpm$/m);
    expect(await item(key)).toMatchObject({ rates: { rpm: 'none' }, name: 'ci' });
  });

  test('requires what it is given, besides its tenant, until that is taken back', async () => {
    const { id } = await json('keys', 'create', '--tenant', 'demo', '--require-regions', 'eu');
    const rules = ['--require-providers', 'lab', '--require-retention', 'none'];
    const requires = { regions: ['eu'], providers: ['lab'], retention: 'none' };
    expect(await json('keys', 'set', id, ...rules)).toMatchObject({ requires });
    expect((await says('keys', 'get', id)).stdout).toMatch(/^requires +regions eu, providers lab, retention none$/m);
    expect(await json('keys', 'set', id, '--unset', 'requires')).not.toHaveProperty('requires');
  });

  test('is rotated: the new secret is shown once, the old one works until the grace is over', async () => {
    const { id, key } = await json('keys', 'create', '--tenant', 'demo', '--budget-day', '1');
    const rotated = await json('keys', 'rotate', id, '--grace', '2h');
    expect(rotated).toEqual({
      id,
      key: expect.stringMatching(/^sk-sluice-/),
      tenant: 'demo',
      previousEnds: expect.any(String),
    });
    const left = Date.parse(rotated.previousEnds) - Date.now();
    expect(left).toBeGreaterThan(3_600_000);
    expect(left).toBeLessThanOrEqual(7_200_000);
    expect(await item(key)).toMatchObject({ id, expires: rotated.previousEnds, budgets: { day: 1 } });
    expect(await item(rotated.key)).toMatchObject({ id, budgets: { day: 1 } });
    const listed = await says('keys', 'list');
    expect(listed.stdout).not.toContain(rotated.key);
    expect(listed.stdout.match(new RegExp(id, 'g'))).toHaveLength(1);
    expect(listed.stdout).toContain(`old secret ${rotated.previousEnds}`);
    await json('keys', 'revoke', id);
    expect([(await item(key))?.revoked, (await item(rotated.key))?.revoked]).toEqual([
      expect.any(String),
      expect.any(String),
    ]);
    expect(await refused('keys', 'rotate', id)).toContain('is revoked');
  });

  test('that is shown to a person is shown with what it is', async () => {
    const { code, stdout } = await says('keys', 'create', '--tenant', 'demo');
    expect(code).toBe(0);
    expect(stdout).toMatch(/^sk-sluice-[\w-]{43}\n\nThis is key key_\w+ of tenant demo\. It is shown only now/);
  });

  test.each([
    [['set', 'key_nothing', '--rpm', '5'], 'There is no key key_nothing'],
    [['set', 'key_nothing'], 'Name what to change'],
    [['get', 'key_nothing'], 'There is no key key_nothing'],
    [['rotate', 'key_nothing'], 'There is no key key_nothing'],
    [['rotate', 'key_nothing', '--grace', 'soon'], '--grace takes a length of time'],
    [['create', '--tenant', 'demo', '--budget-day', 'much'], '--budget-day takes dollars'],
    [['create', '--tenant', 'demo', '--unset', 'rpm'], '--unset is for a key that is there'],
    [['create', '--tenant', 'demo', '--user-rpm', '5'], 'There is no option --user-rpm'],
  ])('is asked for with %j in vain, and the operator is told why', async (words, said) => {
    expect(await refused('keys', ...words)).toContain(said);
  });
});
