import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest';
import { scratch } from '../support/gateway.ts';
import { sluice } from '../support/sluice.ts';
import { startTables, type Tables } from '../support/tables.ts';

const { folder, remove } = scratch();
const dataDir = `${folder}/data`;
let tables: Tables;
beforeAll(async () => {
  tables = await startTables(dataDir);
});
afterAll(async () => {
  await tables?.stop();
  remove();
});
const typed = (words: readonly string[]) => sluice(words, '/nowhere', inject('bundledSluice'));
/** From its sources, as people run it. */
const local = (...words: string[]) => sluice(['--local', ...words], dataDir);
const json = async (...words: string[]) => {
  const { code, stdout, stderr } = await local(...words, '--json');
  expect([code, stderr]).toEqual([0, '']);
  return JSON.parse(stdout);
};

describe.concurrent('an operator', () => {
  test.each([
    [[], 'Usage: sluice COMMAND'],
    [['--help'], 'Usage: sluice COMMAND'],
    [['keys', '--help'], 'sluice keys create --tenant NAME'],
    [['usage', '--help'], 'sluice usage --tenant acme --by'],
    [['tail', '--help'], 'sluice tail --tenant acme --since 1h'],
    [['reconcile', '--help'], 'sluice reconcile lab november.csv'],
    [['cache', '--help'], 'sluice cache evict REQUEST_ID --tenant NAME'],
    [['forget', '--help'], 'sluice forget --tenant acme --reason "contract ended" --yes'],
    [['audit', '--help'], 'sluice audit verify --expect'],
    [['doctor', '--help'], 'sluice doctor --strict'],
    [['config', '--help'], 'sluice config check sluice.config.yaml'],
    [['tenants', 'set', '-h'], 'sluice tenants set NAME'],
  ])('who types %j is helped, on stdout', async (words, said) => {
    const { code, stdout, stderr } = await typed(words);
    expect([code, stderr]).toEqual([0, '']);
    expect(stdout).toContain(said);
  });

  test.each([
    [['key', 'list'], 'There is no command "key". Did you mean keys?\n\nUsage: sluice COMMAND'],
    [['bogus'], 'There is no command "bogus".\n\nUsage: sluice COMMAND'],
    [['toString'], 'There is no command "toString".'],
    [['--local'], 'Name a command.\n\nUsage: sluice COMMAND'],
    [['keys'], 'create, set, get, list, rotate, revoke'],
    [
      ['keys', 'destroy'],
      'There is no command "keys destroy". sluice keys takes one of: create, set, get, list, rotate, revoke.\n\nUsage: sluice keys create',
    ],
    [['keys', 'rotat'], 'Did you mean rotate?'],
    [['keys', 'toString'], 'create, set, get, list, rotate, revoke'],
    [['keys', 'list', '--unknown'], 'There is no option --unknown.'],
    [['keys', 'list', '--toString'], 'There is no option --toString.'],
    [['keys', 'list', '-x'], 'There is no option -x.'],
    [['keys', 'list', '--tenan', 'demo'], 'Did you mean --tenant?'],
    [['tenants', 'set', 'acme', '--budget-dya', '5'], 'Did you mean --budget-day?'],
    [['tenants', 'list', '--budget-day', '5'], 'There is no option --budget-day.'],
    [['keys', 'list', '--json=yes'], '--json takes no value'],
    [['keys', 'create', '--tenant'], '--tenant needs a value'],
    [['keys', 'create', '--tenant', '--local'], '--tenant needs a value'],
    [['keys', 'create', '--tenant', 'a', '--tenant', 'b'], '--tenant is given twice'],
    [['keys', 'list', 'demo'], '"demo" says nothing to this command'],
  ])('who types %j is told what is wrong, on stderr, and gets 1', async (words, said) => {
    const told = await typed(words);
    expect([told.code, told.stdout]).toEqual([1, '']);
    expect(told.stderr).toMatch(/^sluice: /);
    expect(told.stderr).toContain(said);
    expect(told.stderr).not.toMatch(/^\s+at /m);
  });

  test('who wants JSON gets errors in JSON too', async () => {
    const told = await typed(['keys', 'list', '--local', '--json']);
    expect([told.code, told.stdout]).toEqual([1, '']);
    expect(JSON.parse(told.stderr)).toEqual({ error: expect.stringContaining('No gateway runs here on /nowhere') });
    const unknown = [
      [['bogus'], 'There is no command "bogus".'],
      [['keys', 'rotat'], 'There is no command "keys rotat". Did you mean rotate?'],
    ] as const;
    for (const [words, error] of unknown)
      expect(JSON.parse((await typed([...words, '--json'])).stderr)).toEqual({ error });
    const { stdout } = await typed(['--help', '--json']);
    expect(JSON.parse(stdout)).toHaveProperty('help');
  });
});

describe.concurrent('on a local gateway', () => {
  test('a key is created, listed and revoked, and is shown once', async () => {
    const created = await json(
      'keys',
      'create',
      '--tenant',
      'demo',
      '--name',
      'ci',
      '--feature',
      'f',
      '--expires',
      '2027-01-31',
    );
    expect(created).toEqual({
      id: expect.stringMatching(/^key_/),
      key: expect.stringMatching(/^sk-sluice-/),
      tenant: 'demo',
      name: 'ci',
      feature: 'f',
      expires: '2027-01-31T00:00:00.000Z',
    });
    const listed = await local('keys', 'list', '--json');
    expect(listed.stdout).not.toContain(created.key);
    expect(JSON.parse(listed.stdout)).toContainEqual(
      expect.objectContaining({ id: created.id, name: 'ci', feature: 'f' }),
    );
    expect(await json('keys', 'revoke', created.id)).toEqual({ id: created.id, revoked: true });
    const { stdout } = await local('keys', 'list', '--tenant', 'demo');
    expect(stdout).toMatch(new RegExp(`${created.id} +demo +ci +f .* revoked`));
  });

  test('a tenant is created once', async () => {
    expect(await json('tenants', 'set', 'acme')).toEqual({ tenant: 'acme', created: expect.any(String), new: true });
    const again = await json('tenants', 'set', 'acme');
    expect(again).toEqual({ tenant: 'acme', created: expect.any(String), new: false });
    expect(await json('tenants', 'list')).toContainEqual({ tenant: 'acme', created: again.created });
  });

  test.each([
    [['keys', 'create'], 'Name the tenant'],
    [['keys', 'create', '--tenant', 'nobody'], 'sluice tenants set nobody'],
    [['keys', 'create', '--tenant', ''], '--tenant must not be empty'],
    [['keys', 'create', '--tenant', 'demo', '--expires', 'soon'], '--expires takes a date'],
    [['keys', 'create', '--tenant', 'demo', '--expires', '2027-02-30'], '--expires takes a date'],
    [['keys', 'create', '--tenant', 'demo', 'extra'], 'Name the tenant'],
    [['keys', 'revoke'], 'Name one key id'],
    [['keys', 'revoke', 'key_nothing'], 'There is no key key_nothing'],
    [['tenants', 'set', 'a#b'], 'is no name for a tenant'],
    [['tenants', 'set', 'x'.repeat(65)], 'is no name for a tenant'],
  ])('%j is refused, with what to do', async (words, said) => {
    const told = await local(...words);
    expect([told.code, told.stdout]).toEqual([1, '']);
    expect(told.stderr).toContain(said);
  });

  test('options may stand before the command, whatever their values are called', async () => {
    const { code, stdout } = await sluice(['--stack', 'keys', '--local', 'tenants', 'list', '--json'], dataDir);
    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toContainEqual(expect.objectContaining({ tenant: 'demo', budgets: 'none' }));
  });
});
