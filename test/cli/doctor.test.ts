import { existsSync } from 'node:fs';
import { afterAll, describe, expect, test } from 'vitest';
import { type Findings, findingsIn } from '../../lib/cli/findings.ts';
import { demoKey, scratch, startGateway } from '../support/gateway.ts';
import { nobody } from '../support/server.ts';
import { deployedOperator } from './deployed-operator.ts';
import { operator } from './operator.ts';
import { typed } from './terminal.ts';

const tenant = (name: string, attributes: object = {}) => ({ pk: `tenant#${name}`, sk: 'tenant', ...attributes });
const key = (id: string, of: string, attributes: object = {}) => ({
  pk: `key#${id}`,
  sk: 'key',
  id,
  tenant: of,
  ...attributes,
});
const kinds = ({ problems }: Findings) => problems.map(({ kind, item }) => `${kind} ${item}`);

describe('a cap', () => {
  const items = [tenant('silent'), tenant('free', { budgets: 'none' }), tenant('capped', { budgets: { month: 5 } })];

  test('is missing where a tenant has none written, unless the operator’s defaults stand in', () => {
    expect(findingsIn(items, undefined).tenantsWithoutCap).toEqual(['free', 'silent']);
    expect(findingsIn(items, {}).tenantsWithoutCap).toEqual(['free', 'silent']);
    expect(findingsIn(items, { day: 1 }).tenantsWithoutCap).toEqual(['free']);
  });

  test('is missing for a key that has none of its own, which is a problem where its tenant has none either', () => {
    const free = tenant('free', { budgets: 'none', keyDefaults: { budgets: { day: 1 } } });
    const keys = [
      key('own', 'silent', { budgets: { day: 1 } }),
      key('none', 'silent', { budgets: { day: 'none' } }),
      key('inherited', 'free'),
      key('lifted', 'free', { budgets: 'none' }),
      key('tenants', 'capped'),
      key('revoked', 'silent', { revoked: true }),
    ];
    const found = findingsIn([tenant('silent'), free, tenant('capped', { budgets: { month: 5 } }), ...keys], undefined);
    expect(found.keysWithoutCap).toEqual(['lifted', 'none', 'tenants']);
    expect(kinds(found)).toEqual([
      'uncapped-tenant tenant#free',
      'uncapped-tenant tenant#silent',
      'uncapped-key lifted',
      'uncapped-key none',
    ]);
  });
});

describe('a wrong item', () => {
  test('is named with its attribute and with what to write', () => {
    const { problems } = findingsIn(
      [
        tenant('a', { budgets: { day: '5' } }),
        tenant('b', { budget: 5 }),
        key('key_1', 'a', { rates: { rpm: -1 } }),
        { pk: 'other#1', sk: 'other' },
      ],
      { day: 1 },
    );
    expect(problems).toEqual([
      expect.objectContaining({
        kind: 'malformed',
        item: 'tenant#a',
        attribute: 'budgets.day',
        message: expect.stringContaining('must be a number of dollars such as 2.5, or "none"'),
      }),
      expect.objectContaining({
        item: 'tenant#b',
        attribute: 'budget',
        message: expect.stringContaining('sluice tenants set b --unset attribute:budget'),
      }),
      expect.objectContaining({
        item: 'key#key_1',
        attribute: 'rates.rpm',
        message: expect.stringContaining('sluice keys set key_1'),
      }),
      expect.objectContaining({ item: 'other#1', attribute: 'sk' }),
    ]);
  });

  test('is a key that leads nowhere, shares its id with another tenant’s, or was rotated by halves', () => {
    const capped = [tenant('a', { budgets: { day: 1 } }), tenant('b', { budgets: { day: 1 } })];
    const same = { ...key('same', 'a'), pk: 'key#other' };
    expect(kinds(findingsIn([...capped, key('lost', 'nobody')], undefined))).toEqual(['orphan-key lost']);
    expect(
      kinds(findingsIn([...capped, same, key('same', 'a', { rotated: '2026-01-01T00:00:00Z' })], undefined)),
    ).toEqual([]);
    expect(kinds(findingsIn([...capped, same, key('same', 'a')], undefined))).toEqual(['unfinished-rotation same']);
    expect(kinds(findingsIn([...capped, same, key('same', 'b', { revoked: true })], undefined))).toEqual([
      'shared-id same',
    ]);
  });
});

describe('the doctor', () => {
  const { tables, says, json } = operator();

  test('finds what is wrong, says what to write, and fails only where it is asked to be strict', async () => {
    expect(await json('doctor')).toMatchObject({ ok: false, defaultBudgets: 'none', tenantsWithoutCap: ['demo'] });
    const [{ id }] = await json('keys', 'list');
    await json('tenants', 'set', 'demo', '--unset', 'budgets', '--budget-day', '5');
    expect(await json('doctor', '--strict')).toEqual({
      ok: true,
      defaultBudgets: 'none',
      problems: [],
      tenantsWithoutCap: [],
      keysWithoutCap: [id],
      checks: [expect.objectContaining({ about: 'gateway', outcome: 'unknown' })],
    });
    const { stdout } = await says('doctor');
    expect(stdout).toContain('gateway  the gateway here: It does not say where it is: name its base URL with --url.');
    expect(stdout).toContain('All is well');
    expect(stdout).toContain(`Keys without a cap of their own: ${id}.`);
    expect(stdout).toContain("Tenants that set no budgets have the gateway's defaults: none.");

    await tables().put('access', tenant('wrong', { budgets: { day: '5' } }));
    const found = await says('doctor');
    expect([found.code, found.stderr]).toEqual([0, '']);
    expect(found.stdout).toContain('malformed  tenant#wrong: attribute budgets.day must be a number of dollars');
    const strict = await says('doctor', '--strict', '--json');
    expect(strict.code).toBe(1);
    expect(JSON.parse(strict.stdout)).toMatchObject({
      ok: false,
      problems: [{ kind: 'malformed', item: 'tenant#wrong' }],
    });
  });
});

describe('the doctor of a deployed gateway', () => {
  const { deployed, secrets, tables, typed } = deployedOperator();

  test.each([
    ['{"day":25}', { day: 25 }, '$25 a day', []],
    ['{"hour":0.5,"month":100}', { hour: 0.5, month: 100 }, '$0.5 an hour, $100 a month', []],
    ['none', 'none', 'none', ['silent']],
  ])('takes tenants that set no budgets to have what the stack tells: %s', async (told, budgets, text, without) => {
    deployed({ DefaultBudgets: told });
    const found = JSON.parse((await typed('doctor', '--json')).stdout);
    expect(found).toMatchObject({ ok: without.length === 0, defaultBudgets: budgets, tenantsWithoutCap: without });
    expect((await typed('doctor')).stdout).toContain(`set no budgets have the gateway's defaults: ${text}.`);
  });

  test('says what it assumes of a stack that tells nothing, and that it does', async () => {
    deployed({});
    const { code, stdout } = await typed('doctor', '--strict', '--json');
    expect(code).toBe(1);
    expect(JSON.parse(stdout)).toMatchObject({
      defaultBudgets: { day: 25 },
      problems: [{ kind: 'config', item: 'sluice-gateway', message: expect.stringContaining('Deploy it again.') }],
    });
  });

  test('asks each of its doors, and looks for the secrets that its configuration names', async () => {
    const providers = Object.fromEntries(
      ['there', 'missing', 'deleted', 'empty', 'denied'].map((name) => [
        name,
        { kind: 'openai-compatible', baseUrl: 'https://llm.example/v1', credential: `secret:sluice/${name}` },
      ]),
    );
    await tables().put('access', {
      ...{ pk: 'config', sk: 'current', version: 3, at: '2026-11-26T12:00:00.000Z', origin: 'deploy' },
      json: JSON.stringify({ providers }),
    });
    const current = { VersionIdsToStages: { a: ['AWSCURRENT'] } };
    secrets({
      'sluice/there': current,
      'sluice/deleted': { ...current, DeletedDate: 1_795_000_000 },
      'sluice/empty': {},
      'sluice/denied': 'denied',
    });
    const away = `${await nobody()}/v1`;
    deployed({ BaseUrl: away, FunctionBaseUrl: away, RestBaseUrl: `${away}/rest`, DefaultBudgets: '{"day":25}' });
    const { checks, problems } = JSON.parse((await typed('doctor', '--json')).stdout);
    expect(checks.map(({ about, item, outcome }: (typeof checks)[number]) => `${about} ${item} ${outcome}`)).toEqual([
      `gateway ${away} wrong`,
      `gateway ${away}/rest wrong`,
      'secret sluice/deleted wrong',
      'secret sluice/denied unknown',
      'secret sluice/empty wrong',
      'secret sluice/missing wrong',
      'secret sluice/there ok',
    ]);
    expect(problems).toContainEqual({
      kind: 'secret',
      item: 'sluice/missing',
      message: expect.stringContaining('aws secretsmanager create-secret --name sluice/missing'),
    });
    expect((await typed('doctor', '--url', 'gateway.example')).stderr).toContain('--url takes a base URL');
  });
});

describe('the doctor of a gateway that runs here', () => {
  const { folder, remove } = scratch();
  afterAll(remove);

  test('finds it by its data folder, and sees its echo stream', async () => {
    const gateway = await startGateway(`${folder}/data`);
    const env = { SLUICE_DATA_DIR: `${folder}/data`, SLUICE_KEY: demoKey };
    const { stdout } = await typed(['--local', 'doctor', '--json'], folder, env);
    const { checks } = JSON.parse(stdout);
    expect(checks.map(({ about, outcome }: (typeof checks)[number]) => `${about} ${outcome}`)).toEqual(
      ['gateway', 'clock', 'version', 'key', 'model', 'stream'].map((about) => `${about} ok`),
    );
    expect(checks[0].item).toBe(gateway.url);
    expect(existsSync(`${folder}/data/gateway.json`)).toBe(true);
    await gateway.stop();
    expect(existsSync(`${folder}/data/gateway.json`)).toBe(false);
  });
});
