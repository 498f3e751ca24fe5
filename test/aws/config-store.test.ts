import { type DynamoDB, ScanCommand } from '@aws-sdk/client-dynamodb';
import { unmarshall } from '@aws-sdk/util-dynamodb';
import { afterAll, beforeEach, describe, expect, test } from 'vitest';
import { type ConfigStore, configStore, Overtaken } from '../../lib/aws/config-store.ts';
import { dynamodb } from '../../lib/aws/dynamodb.ts';
import { localTableNames } from '../../lib/aws/tables.ts';
import { findingsIn } from '../../lib/cli/findings.ts';
import { toContent } from '../../lib/config/content.ts';
import { scratch } from '../support/gateway.ts';
import { losingAnswers } from '../support/lost-answers.ts';
import { startTables, type Tables } from '../support/tables.ts';
import { unreliable } from '../support/unreliable.ts';

const AT = Date.parse('2026-11-26T12:00:00Z');
const fast = toContent('# the fast one\nmodels: { fast: lab/m }\n');
const slow = toContent('models: { slow: lab/s }\n');

const { folder, remove } = scratch();
let tables: Tables;
let houses = 0;
const clients: DynamoDB[] = [];
beforeEach(async () => {
  await tables?.stop();
  tables = await startTables(`${folder}/data${++houses}`);
});
afterAll(async () => {
  for (const client of clients) client.destroy();
  await tables?.stop();
  remove();
});

/** Somebody who writes versions, and what is between them and the tables. */
function writer(tries = 2): { readonly store: ConfigStore; readonly client: DynamoDB } {
  const client = dynamodb({ endpoint: tables.endpoint, tryMs: 5_000, tries });
  clients.push(client);
  return { client, store: configStore(client, localTableNames, () => AT) };
}

describe('a version', () => {
  test('is kept as it was written, and as the JSON that gateways read', async () => {
    const { store } = writer();
    expect([await store.inForce(), await store.entries()]).toEqual([undefined, []]);
    const made = await store.apply({ ...fast, by: 'ada', note: 'quicker' }, undefined);
    const first = { version: 1, at: '2026-11-26T12:00:00.000Z', origin: 'cli', by: 'ada', note: 'quicker' };
    expect(made).toEqual({ ...first, text: fast.text });
    expect(await store.version(1)).toEqual(made);
    expect(await store.inForce()).toEqual({ version: 1, json: '{"models":{"fast":"lab/m"}}' });

    await store.apply(slow, await store.inForce());
    expect(await store.inForce()).toEqual({ version: 2, json: slow.json });
    expect(await store.entries()).toEqual([{ version: 2, at: first.at, origin: 'cli', replaces: 1 }, first]);
    expect((await store.version(1))?.text).toBe(fast.text);
    expect(await store.version(3)).toBeUndefined();
  });

  test('says by which release’s schema it is written, and one with more in it is read as ever', async () => {
    const { store, client } = writer();
    await store.apply(fast, undefined);
    const { Items = [] } = await client.send(new ScanCommand({ TableName: localTableNames.access }));
    const items = Items.map((item) => unmarshall(item)).filter(({ pk }) => pk === 'config');
    expect(items.map(({ sk, v }) => [sk, v]).sort()).toEqual([
      ['current', 1],
      ['v#00000001', 1],
    ]);
    const before = [await store.inForce(), await store.version(1), await store.entries()];
    for (const item of items) await tables.put('access', { ...item, v: 2, canaries: ['of', 'a', 'newer', 'release'] });
    expect([await store.inForce(), await store.version(1), await store.entries()]).toEqual(before);
  });

  test('replaces the one it was made for and no other: of two at once one wins, and the other is told', async () => {
    const [one, other] = [writer().store, writer().store];
    await one.apply(fast, undefined);
    const seen = await one.inForce();
    const outcomes = await Promise.allSettled([
      one.apply({ ...slow, by: 'one' }, seen),
      other.apply({ ...slow, by: 'other' }, seen),
    ]);
    expect(outcomes.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
    const [lost] = outcomes.filter((outcome) => outcome.status === 'rejected');
    expect(lost?.reason).toBeInstanceOf(Overtaken);
    expect(String(lost?.reason)).toContain('sluice config diff, and apply again');
    const [won] = outcomes.filter((outcome) => outcome.status === 'fulfilled');
    expect((await one.inForce())?.version).toBe(won?.value.version);
    await expect(one.apply(fast, seen)).rejects.toThrow(Overtaken);
    await expect(one.apply(fast, undefined)).rejects.toThrow(Overtaken);
  });

  test('that a crash left half written was never in force, and does not stand in the way of the next', async () => {
    const { store } = writer();
    await store.apply(fast, undefined);
    const dying = writer(1);
    const seen = await dying.store.inForce();
    let asked = 0;
    const { crash } = unreliable(dying.client, () => {
      if (++asked === 2) queueMicrotask(crash); // the newest number is read, and the history being written
      return { fault: 'none', after: 0 };
    });
    await expect(dying.store.apply({ ...slow, by: 'dying' }, seen)).rejects.toThrow('The process is gone.');
    expect((await store.entries()).map(({ version, by }) => [version, by])).toEqual([
      [2, 'dying'],
      [1, undefined],
    ]);
    expect((await store.inForce())?.version).toBe(1);

    expect(await store.apply(slow, await store.inForce())).toMatchObject({ version: 3, replaces: 1 });
    expect((await store.inForce())?.version).toBe(3);
  });

  test.each([1, 2, 3, 4])('is not made twice, nor refused, where %i answers of the database are lost', async (most) => {
    const { store, client } = writer(5);
    const lost = losingAnswers(client, most);
    expect(await store.apply(fast, undefined)).toMatchObject({ version: 1 });
    expect(lost()).toBe(most);
    expect((await store.entries()).map(({ version }) => version)).toEqual([1]);
    expect((await store.inForce())?.version).toBe(1);
  });

  test('has an end to its size, and says so', async () => {
    const { store } = writer();
    const large = toContent(`# ${'é'.repeat(150_000)}\n`);
    await expect(store.apply(large, undefined)).rejects.toThrow('The configuration has 300003 bytes');
    const most = toContent(`${'#'.repeat(299_999)}\n`);
    await store.apply(most, undefined);
    expect((await store.version(1))?.text).toBe(most.text);
  });
});

describe('a file', () => {
  test('becomes a version when its content changed; otherwise what was applied since stays in force', async () => {
    const { store } = writer();
    expect(await store.adopt(toContent(''), 'file')).toBe(1);
    expect(await store.adopt(toContent(''), 'file')).toBe(1);
    expect(await store.adopt(fast, 'deploy')).toBe(2);
    await store.apply(slow, await store.inForce());
    expect(await store.adopt(fast, 'file')).toBe(3);
    expect((await store.inForce())?.json).toBe(slow.json);
    expect(await store.adopt(toContent('# other\n'), 'file')).toBe(4);
    expect((await store.entries()).map(({ origin }) => origin)).toEqual(['file', 'cli', 'deploy', 'file']);
  });

  test('that says what was applied makes no version; and is a change when it goes back', async () => {
    const { store } = writer();
    await store.adopt(fast, 'file');
    await store.apply(slow, await store.inForce());
    expect(await store.adopt(slow, 'file')).toBe(2);
    expect(await store.adopt(fast, 'file')).toBe(3);
    expect((await store.inForce())?.json).toBe(fast.json);
  });

  test('is made one version by gateways that start at the same moment', async () => {
    const starting = Array.from({ length: 4 }, () => writer().store.adopt(fast, 'file'));
    const versions = await Promise.all(starting);
    const inForce = await writer().store.inForce();
    expect(new Set(versions)).toEqual(new Set([inForce?.version]));
  });
});

describe('the administration of tenants and keys', () => {
  test('does not take versions for items of its own', async () => {
    const before = [await tables.admin.items(), await tables.admin.tenants(), await tables.admin.keys()];
    await writer().store.adopt(fast, 'file');
    expect([await tables.admin.items(), await tables.admin.tenants(), await tables.admin.keys()]).toEqual(before);
    expect(findingsIn(await tables.admin.items(), { day: 1 }).problems.map(({ kind }) => kind)).not.toContain(
      'malformed',
    );
  });
});

describe('an item that somebody broke', () => {
  test('is named, with what to do; the number of a new version comes from the keys, which nobody can edit', async () => {
    const { store } = writer();
    await store.apply(fast, undefined);
    await tables.put('access', { pk: 'config', sk: 'v#00000007', version: 'x' });
    expect(await store.apply(slow, await store.inForce())).toMatchObject({ version: 8 });
    await expect(store.version(7)).rejects.toThrow('config / v#00000007 of table Access cannot be read');
    await tables.put('access', { pk: 'config', sk: 'current', version: 8, json: { models: {} } });
    await expect(store.inForce()).rejects.toThrow('Delete it there, and apply a configuration again');
  });
});
