import { beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { type AccessAdmin, accessAdmin } from '../../lib/aws/access-admin.ts';
import { dynamodb } from '../../lib/aws/dynamodb.ts';
import { localTableNames } from '../../lib/aws/tables.ts';
import { keyHash } from '../../lib/pipeline/authenticate.ts';

const HOUR_MS = 3_600_000;
const START = Date.UTC(2026, 10, 26, 12);
const iso = (at: number) => new Date(at).toISOString();

import { accessHouse } from './access-house.ts';

const house = accessHouse();
let admin: AccessAdmin;
let now = START;
beforeAll(() => {
  admin = accessAdmin(house().client, localTableNames, () => now);
});
beforeEach(() => {
  now = START;
});

const callerOf = (secret: string | undefined) => house().access.find(keyHash(secret ?? ''));
const made = () =>
  admin.createKey({ tenant: 'demo', name: 'ci', feature: 'search', budgets: { day: 1 }, models: ['a/*'] });

const put = (item: Readonly<Record<string, unknown>>) => house().tables.put('access', item);

/** An administration that does something else first, once, when it is about to update an item; and something when it then puts one. */
function interrupted(first: () => Promise<unknown>, second: () => Promise<unknown> = async () => {}): AccessAdmin {
  const interrupting = dynamodb({ endpoint: house().tables.endpoint, tryMs: 2_000, tries: 2 });
  const pending = [
    { before: 'UpdateItemCommand', act: first },
    { before: 'PutItemCommand', act: second },
  ];
  interrupting.middlewareStack.add(
    (next, { commandName }) =>
      async (args) => {
        if (commandName === pending[0]?.before) await pending.shift()?.act();
        return next(args);
      },
    { step: 'initialize' },
  );
  return accessAdmin(interrupting, localTableNames, () => now);
}

describe('a key that is rotated', () => {
  test('has a new secret with the same id and limits, and its old one until the grace is over', async () => {
    const { id, key } = await made();
    const before = await callerOf(key);
    now += 1_000;
    const rotated = await admin.rotateKey(id, HOUR_MS);
    expect(rotated).toEqual({
      id,
      key: expect.stringMatching(/^sk-sluice-[\w-]{43}$/),
      tenant: 'demo',
      previousEnds: iso(now + HOUR_MS),
    });
    expect(rotated?.key).not.toBe(key);
    expect(await callerOf(rotated?.key)).toEqual(before);
    expect(await callerOf(key)).toEqual({ ...before, expiresAt: now + HOUR_MS });
    expect(await admin.key(id)).toMatchObject({
      id,
      attributes: { name: 'ci', created: iso(now) },
      previous: [{ created: iso(START), expires: iso(now + HOUR_MS) }],
    });
    expect((await admin.keys()).filter((each) => each.id === id)).toHaveLength(1);
    now += HOUR_MS;
    expect((await admin.key(id))?.previous).toEqual([]);
  });

  test('gives its old secret no more time than it had', async () => {
    const ends = iso(START + 60_000);
    const { id, key } = await admin.createKey({ tenant: 'demo', expires: ends });
    expect((await admin.rotateKey(id, HOUR_MS))?.previousEnds).toBe(ends);
    expect((await callerOf(key))?.expiresAt).toBe(START + 60_000);
  });

  test('leaves no grace at all when none is given', async () => {
    const { id, key } = await made();
    await admin.rotateKey(id, 0);
    expect((await callerOf(key))?.expiresAt).toBe(START);
  });

  test('is edited and revoked with all its secrets, and a longer life is the new one’s only', async () => {
    const { id, key } = await made();
    const rotated = await admin.rotateKey(id, HOUR_MS);
    await admin.setKey(id, [
      { path: ['budgets', 'day'], value: 2 },
      { path: ['expires'], value: iso(START + 100 * HOUR_MS) },
    ]);
    expect(await callerOf(key)).toMatchObject({
      limits: { key: { budgets: { day: 2e9 } } },
      expiresAt: START + HOUR_MS,
    });
    expect(await callerOf(rotated?.key)).toMatchObject({
      limits: { key: { budgets: { day: 2e9 } } },
      expiresAt: START + 100 * HOUR_MS,
    });
    await admin.setKey(id, [{ path: ['expires'], value: iso(START + 60_000) }]);
    expect((await callerOf(key))?.expiresAt).toBe(START + 60_000);
    expect(await admin.revokeKey(id)).toBe(true);
    expect([(await callerOf(key))?.revoked, (await callerOf(rotated?.key))?.revoked]).toEqual([true, true]);
  });

  test('by a command that broke off half way has two secrets that work, and another rotation ends both', async () => {
    const { id, key } = await made();
    const item = (await admin.items()).find((each) => each.id === id);
    const half = { ...item, pk: `key#${keyHash('half')}`, created: iso(START + 1) };
    await put(half);
    expect(await admin.key(id)).toMatchObject({ previous: [{ created: iso(START) }] });
    now += 2;
    const rotated = await admin.rotateKey(id, 0);
    expect((await callerOf(key))?.expiresAt).toBe(now);
    expect((await callerOf('half'))?.expiresAt).toBe(now);
    expect(await callerOf(rotated?.key)).not.toHaveProperty('expiresAt');
  });

  test('and edited just before its old secret ends has the edit in its new one too', async () => {
    const { id, key } = await made();
    const item = (await admin.items()).find((each) => each.id === id);
    const rotated = await interrupted(() => put({ ...item, budgets: { day: 0.5 } })).rotateKey(id, HOUR_MS);
    for (const secret of [key, rotated?.key])
      expect((await callerOf(secret))?.limits.key.budgets).toEqual({ day: 500_000_000 });
  });

  test('and revoked just before its old secret ends has no new one', async () => {
    const { id } = await made();
    const revoking = interrupted(() => admin.revokeKey(id));
    await expect(revoking.rotateKey(id, HOUR_MS)).rejects.toThrow('Its new secret is not valid');
    expect((await admin.items()).filter((item) => item.id === id)).toHaveLength(1);
  });

  test('and edited and then revoked before the edit reached its new secret stays revoked', async () => {
    const { id, key } = await made();
    const item = (await admin.items()).find((each) => each.id === id);
    const overtaken = interrupted(
      () => put({ ...item, budgets: { day: 0.5 } }),
      () => admin.revokeKey(id),
    );
    await expect(overtaken.rotateKey(id, HOUR_MS)).rejects.toThrow('Its new secret is not valid');
    expect((await callerOf(key))?.revoked).toBe(true);
    const all = (await admin.items()).filter((each) => each.id === id);
    expect(all.map(({ revoked }) => typeof revoked)).toEqual(['string', 'string']);
  });

  test('while it is revoked stays revoked, whichever comes first', async () => {
    for (let round = 0; round < 10; round++) {
      const { id, key } = await made();
      const [rotation] = await Promise.allSettled([admin.rotateKey(id, HOUR_MS), admin.revokeKey(id)]);
      expect((await callerOf(key))?.revoked).toBe(true);
      const fresh = rotation.status === 'fulfilled' ? await callerOf(rotation.value?.key) : undefined;
      expect(fresh?.revoked ?? true).toBe(true);
      expect((await admin.items()).filter((item) => item.id === id && item.revoked === undefined)).toEqual([]);
    }
  });

  test('several times at the same moment is rotated once, and the one told so has a secret that lasts', async () => {
    for (let round = 0; round < 5; round++) {
      const { id } = await made();
      const outcomes = await Promise.allSettled([1, 2, 3].map(() => admin.rotateKey(id, 0)));
      const told = outcomes.flatMap((each) => (each.status === 'fulfilled' && each.value ? [each.value] : []));
      const lasting = (await admin.items()).filter((item) => item.id === id && item.rotated === undefined);
      expect(lasting.map(({ pk }) => pk)).toEqual([`key#${keyHash(told.at(-1)?.key ?? '')}`]);
    }
  });

  test('must be there, be right, and be in use', async () => {
    expect(await admin.rotateKey('key_nothing', 0)).toBeUndefined();
    const { id } = await made();
    await admin.revokeKey(id);
    await expect(admin.rotateKey(id, 0)).rejects.toThrow('is revoked');
    const short = await admin.createKey({ tenant: 'demo', expires: iso(START) });
    await expect(admin.rotateKey(short.id, 0)).rejects.toThrow('expired at');
    const wrong = { pk: `key#${keyHash('wrong')}`, sk: 'key', id: 'key_wrong', tenant: 'demo', budget: 5 };
    await put(wrong);
    await expect(admin.rotateKey('key_wrong', 0)).rejects.toThrow('attribute budget');
  });
});
