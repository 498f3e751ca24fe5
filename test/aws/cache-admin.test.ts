import { randomBytes } from 'node:crypto';
import { afterAll, describe, expect, test } from 'vitest';
import { dynamoAnswers } from '../../lib/aws/answers.ts';
import { cacheAdmin } from '../../lib/aws/cache-admin.ts';
import { dynamodb } from '../../lib/aws/dynamodb.ts';
import { localTableNames } from '../../lib/aws/tables.ts';
import type { Question } from '../../lib/recall.ts';
import { bareTables } from '../support/bare-tables.ts';
import { answered, asked } from '../support/recalled.ts';

const { tables } = await bareTables();
const client = dynamodb({ endpoint: tables.endpoint, tryMs: 10_000, tries: 3 });
afterAll(() => client.destroy());

const DAY_MS = 86_400_000;
const answers = dynamoAnswers(client, localTableNames, Date.now);
const recalls = async (question: Question) =>
  (await answers.find(question, AbortSignal.timeout(10_000))).answer !== undefined;
const at = (moment: number) => cacheAdmin(client, localTableNames, () => moment);
const stored = ({ key }: Question) => tables.item('cache', `answer#${key}`, 'answer');
const mark = (of: string) => tables.item('cache', `cleared#${of}`, 'mark');

describe('a mark', () => {
  test('holds for what was asked for until then, though it is kept only later, and for nothing newer', async () => {
    const now = Date.now();
    const [late, newer] = [asked({ tenant: 'marked' }), asked({ tenant: 'marked' })];
    expect(await at(now).clear({ of: 'tenant', name: 'marked' })).toBe(now);
    await answers.keep(late, answered({ askedAt: now }));
    await answers.keep(newer, answered({ askedAt: now + 1 }));
    expect([await recalls(late), await recalls(newer)]).toEqual([false, true]);
  });

  test.each([
    ['tenant', 'of-tenant', { tenant: 'of-tenant' }, { tenant: 'of-tenant-2' }],
    ['key', 'key_cleared', { keyId: 'key_cleared' }, { keyId: 'key_left' }],
    ['model', 'lab/cleared', { model: 'lab/cleared' }, { model: 'lab/left' }],
  ] as const)('of a %s holds for it and for no other', async (of, name, its, others) => {
    const [own, other, shared] = [asked(its), asked(others), asked()];
    for (const question of [own, other, shared]) await answers.keep(question, answered({ askedAt: Date.now() - 1 }));
    await at(Date.now()).clear({ of, name });
    expect([await recalls(own), await recalls(other), await recalls(shared)]).toEqual([false, true, true]);
  });

  test('of a key lets nothing be kept any more that it asked for until then, for its whole tenant', async () => {
    const now = Date.now();
    const made = { madeBy: 'key_maker' };
    const [late, newer, others] = [asked(), asked(), asked()];
    await at(now).clear({ of: 'key', name: 'key_maker' });
    expect(await answers.keep(late, answered({ ...made, askedAt: now }))).toBe(false);
    expect(await answers.keep(newer, answered({ ...made, askedAt: now + 1 }))).toBe(true);
    expect(await answers.keep(others, answered({ askedAt: now }))).toBe(true);
    expect(await Promise.all([late, newer, others].map(recalls))).toEqual([false, true, true]);
    expect(await stored(late)).toBeUndefined();
  });

  test('is told with the question: the latest of all that are over it, answered or not', async () => {
    const now = Date.now();
    const question = asked({ tenant: 'telling', keyId: 'key_telling', model: 'lab/telling' });
    const told = async () => (await answers.find(question, AbortSignal.timeout(10_000))).cleared;
    const before = await told();
    await at(now - 2).clear({ of: 'key', name: 'key_telling' });
    await answers.keep(question, answered({ askedAt: now }));
    const once = await told();
    await at(now).clear({ of: 'tenant', name: 'telling' });
    await at(now - 1).clear({ of: 'model', name: 'lab/telling' });
    expect([before, once, await told()]).toEqual([0, now - 2, now]);
  });

  test('never moves back, whatever a second operator’s clock says', async () => {
    const now = Date.now();
    const cleared = { of: 'model', name: 'lab/twice' } as const;
    expect(await at(now).clear(cleared)).toBe(now);
    expect(await at(now - DAY_MS).clear(cleared)).toBe(now);
    expect(await at(now).clear(cleared)).toBe(now);
    expect((await mark('model#lab/twice'))?.at).toBe(now);
    expect(await at(now + 5).clear(cleared)).toBe(now + 5);
    expect((await mark('model#lab/twice'))?.at).toBe(now + 5);
  });

  test('outlives the longest answer by a day', async () => {
    const now = Date.now();
    await at(now).clear({ of: 'tenant', name: 'lasting' });
    expect(await mark('tenant#lasting')).toMatchObject({ at: now, ttl: Math.ceil((now + 31 * DAY_MS) / 1000) });
  });
});

describe('deleting', () => {
  const deleted = async (of: 'tenant' | 'key' | 'model', name: string) => {
    const steps = [];
    for await (const swept of at(Date.now()).delete({ of, name })) steps.push(swept);
    return steps;
  };

  test('goes through all pages of the table, and tells of each', async () => {
    // A page ends at a megabyte, and random text hardly compresses.
    const text = randomBytes(200_000).toString('base64');
    const many = Array.from({ length: 40 }, () => asked({ tenant: 'many' }));
    const long = Array.from({ length: 6 }, () => asked({ tenant: 'many' }));
    const left = Array.from({ length: 6 }, () => asked({ tenant: 'left' }));
    for (const question of many) await answers.keep(question, answered());
    for (const question of [...long, ...left]) expect(await answers.keep(question, answered({ text }))).toBe(true);
    const steps = await deleted('tenant', 'many');
    expect(steps.length).toBeGreaterThan(1);
    expect(steps.at(-1)).toMatchObject({ deleted: 46 });
    expect(steps.at(-1)?.read).toBeGreaterThanOrEqual(52);
    expect(await Promise.all([...many, ...long].map(stored))).toEqual(Array(46).fill(undefined));
    for (const question of left) expect(await recalls(question)).toBe(true);
    expect((await deleted('tenant', 'many')).at(-1)?.deleted).toBe(0);
  });

  test('of a key takes what it made for its tenant, too', async () => {
    const [own, made, others] = [asked({ keyId: 'key_gone' }), asked(), asked()];
    await answers.keep(own, answered({ madeBy: 'key_gone' }));
    await answers.keep(made, answered({ madeBy: 'key_gone' }));
    await answers.keep(others, answered({ madeBy: 'key_stays' }));
    expect((await deleted('key', 'key_gone')).at(-1)?.deleted).toBe(2);
    expect(await Promise.all([own, made, others].map(recalls))).toEqual([false, false, true]);
  });

  test('leaves alone all that is no answer, whoever’s it says it is', async () => {
    const question = asked({ tenant: 'spared' });
    await answers.keep(question, answered());
    await answers.lead(question, { owner: 'req_asking', forMs: 60_000, sawAt: 0 }, AbortSignal.timeout(10_000));
    await at(Date.now()).clear({ of: 'tenant', name: 'spared' });
    const others = [
      { pk: 'idem#spared#1', sk: 'claim', tenant: 'spared' },
      { pk: 'idem#spared#1', sk: 'answer', tenant: 'spared' },
      { pk: 'rest', sk: 'lab/m', tenant: 'spared' },
      { pk: 'rest', sk: 'answer', tenant: 'spared' },
    ];
    for (const item of others) await tables.put('cache', item);
    expect((await deleted('tenant', 'spared')).at(-1)?.deleted).toBe(1);
    for (const item of others) expect(await tables.item('cache', item.pk, item.sk)).toEqual(item);
    expect(await mark('tenant#spared')).toBeDefined();
    expect((await answers.find(question, AbortSignal.timeout(10_000))).lead).toBe('held');
  });
});
