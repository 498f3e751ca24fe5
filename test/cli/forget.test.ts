import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { dynamoAnswers } from '../../lib/aws/answers.ts';
import { auditLog } from '../../lib/aws/audit-log.ts';
import { dynamodb } from '../../lib/aws/dynamodb.ts';
import type { Forgetting } from '../../lib/aws/forget/forgetting.ts';
import { auditTable, localTableNames } from '../../lib/aws/tables.ts';
import { show } from '../../lib/cli/calls-show.ts';
import { forget as command } from '../../lib/cli/forget.ts';
import type { Deed } from '../../lib/cli/outcome.ts';
import { type LocalVectors, startVectors } from '../../lib/local/vectors/start.ts';
import { connectionTo } from '../support/connection.ts';
import { type Counting, startCounting } from '../support/counting.ts';
import { forgettingIn, forgotten } from '../support/forgetting.ts';
import { answered, asked } from '../support/recalled.ts';
import { placedOf, vectorsAt } from '../support/vectors.ts';
import { callsIn } from './called.ts';
import { operator } from './operator.ts';

const { tables, dataDir, says } = operator();
const recorded = callsIn(tables);
const now = Date.now();
const forget = command.deeds[''];

let vectors: LocalVectors;
let line: Counting;
let client: ReturnType<typeof dynamodb>;
beforeAll(async () => {
  vectors = await startVectors({ dataDir });
  line = await startCounting(tables().endpoint);
  client = dynamodb({ endpoint: line.endpoint, tryMs: 10_000, tries: 1 });
});
afterAll(async () => {
  client?.destroy();
  await line?.close();
  await vectors?.close();
});

/** Calls of a user, one of which has left an answer and its vector. */
async function called(tenant: string, user: string, calls: number): Promise<readonly string[]> {
  const ids: string[] = [];
  for (let call = 0; call < calls; call++) ids.push(await recorded(tenant, now - call, { user, cacheKey: 'a key' }));
  const [source = ''] = ids;
  const question = asked({ tenant });
  const expiresAt = now + 60_000;
  await dynamoAnswers(client, localTableNames, Date.now).keep(question, answered({ source, askedAt: now, expiresAt }));
  await vectorsAt(vectors.endpoint).add(placedOf(question.key, { tenant, source, expiresAt }));
  return ids;
}
/** What the command answers, without a process of its own. */
async function told(
  deed: Deed | undefined,
  words: Readonly<Record<string, string>>,
  operands: readonly string[] = [],
  forgetting: Forgetting = forgettingIn(client, { endpoint: vectors.endpoint }),
) {
  const outcome = await deed?.act({
    operands,
    options: new Map(Object.entries(words).map(([name, value]) => [name, [value]])),
    connect: async () => ({
      ...connectionTo(client),
      forgetting,
    }),
  });
  if (outcome === undefined || 'said' in outcome) throw new Error('Nothing was told.');
  return outcome;
}

describe('a user', () => {
  test('is counted first, and forgotten when that is confirmed', async () => {
    await tables().admin.createTenant('acme');
    const [id = ''] = await called('acme', 'annabel', 3);
    await called('acme', 'bobby', 1);
    const whose = ['--tenant', 'acme', '--user', 'annabel', '--reason', 'request 4711'];
    const counted = await says('forget', ...whose);
    expect(counted).toMatchObject({ code: 1, stderr: '' });
    expect(counted.stdout).toBe(
      'There is of user annabel of tenant acme: 0 kept prompts, 1 answer in the cache, 0 answers for idempotency-keys, 1 vector, 3 call records, 0 sums of usage. Nothing is forgotten yet: say it again with --yes.\n',
    );
    expect(JSON.stringify(await tables().calls('acme'))).toContain('annabel');

    const { code, stdout } = await says('forget', ...whose, '--yes');
    expect(code).toBe(0);
    expect(stdout).toContain(
      'Forgotten of user annabel of tenant acme: 0 kept prompts, 1 answer in the cache, 0 answers for idempotency-keys, 1 vector, 3 call records, 0 sums of usage.\n',
    );
    expect(stdout).toContain('Not covered: calls under way');
    const [, subject = ''] = /--subject "(user sha256:[0-9a-f]{16} of tenant acme)"/.exec(stdout) ?? [];
    const pages = await Array.fromAsync(auditLog(client, auditTable.localName).newestFirst('2026-01-01'));
    const entries = pages.flat().map(({ entry }) => entry);
    expect(entries).toMatchObject([
      { action: 'forget.end', subject, reason: 'request 4711', after: { calls: '3', answers: '1', vectors: '1' } },
      { action: 'forget.begin', subject, reason: 'request 4711' },
    ]);
    expect(JSON.stringify(entries)).not.toContain('annabel');
    const { text } = await told(show, { tenant: 'acme' }, [id]);
    expect(text).toMatch(/^user forgotten +20\S+Z$/m);
    expect(text).not.toContain('annabel');
  });

  test('is forgotten in the end though the database failed in the middle, at whichever request', async () => {
    await tables().admin.createTenant('broken');
    await called('broken', 'annabel', 3);
    await called('broken', 'bobby', 2);
    const { forget: forgets, notes } = forgettingIn(client, { endpoint: vectors.endpoint });
    const whose = { tenant: 'broken', user: 'annabel' };
    let failures = 0;
    for (let lasts = 0; ; lasts++) {
      let left = lasts;
      line.answerWith((_, response) => left-- <= 0 && !!response.writeHead(500).end('{}'));
      const ended = await forgets(whose, () => {}).then(
        () => true,
        () => false,
      );
      if (ended) break;
      failures++;
    }
    line.answerWith();
    expect(failures).toBeGreaterThan(4);
    const begun = notes.filter(({ action }) => action === 'forget.begin').length;
    expect(begun).toBeGreaterThan(4);
    expect(begun).toBeLessThanOrEqual(failures + 1);
    expect(notes.filter(({ action }) => action === 'forget.end')).toHaveLength(1);
    const records = await tables().calls('broken');
    expect(records.map(({ user }) => user).filter((user) => user !== undefined)).toEqual(['bobby', 'bobby']);
    expect(records).toHaveLength(5);
    const nothing = { answers: 0, repeats: 0, vectors: 0, calls: 0, sums: 0 };
    expect(await forgets(whose, () => {})).toEqual(forgotten(nothing));
    const bobs = await forgets({ tenant: 'broken', user: 'bobby' }, () => {});
    expect(bobs).toMatchObject({ counts: { answers: 1, vectors: 1 } });
  });
});

describe('a tenant', () => {
  test('is forgotten, in JSON, and it is said who may still call for it', async () => {
    await tables().admin.createTenant('leaver');
    const { id } = await tables().admin.createKey({ tenant: 'leaver' });
    await called('leaver', 'annabel', 2);
    await called('leaver-2', 'annabel', 2);
    const whose = { tenant: 'leaver', reason: 'contract ended' };
    const counts = { answers: 1, repeats: 0, vectors: 1, calls: 2, sums: 0 };
    expect(await told(forget, whose)).toMatchObject({
      data: { tenant: 'leaver', forgotten: false, found: true, ...counts },
      failed: true,
    });
    const data = { tenant: 'leaver', subject: 'tenant leaver', forgotten: true, found: true, ...counts, keys: [id] };
    const { failed, ...found } = await told(forget, { ...whose, yes: '' });
    expect([failed, found.data]).toEqual([undefined, { ...data, notCovered: expect.any(String) }]);
    expect(found.text).toContain(
      `Tenant leaver itself is still there and may call with ${id}: sluice tenants remove leaver`,
    );
    expect(await tables().calls('leaver')).toEqual([]);
    expect(await tables().calls('leaver-2')).toHaveLength(2);
    await tables().admin.revokeKey(id);
    await tables().admin.removeTenant('leaver');
    await expect(told(forget, { ...whose, yes: '' })).rejects.toThrow('There is no tenant leaver');
    await called('leaver', 'annabel', 1);
    expect((await told(forget, { ...whose, yes: '' })).text).not.toContain('is still there');
  });
});

describe('where nothing is found', () => {
  const forgets = async (words: Readonly<Record<string, string>>) => {
    const forgetting = forgettingIn(client);
    const outcome = await told(forget, { reason: 'request 4711', ...words }, [], forgetting).catch(String);
    return { outcome, noted: forgetting.notes.map(({ action }) => action) };
  };

  test('of a tenant that nobody knows it is an error, and not in the audit log', async () => {
    const ways: readonly Readonly<Record<string, string>>[] = [{}, { user: 'annabel' }];
    for (const words of ways)
      expect(await forgets({ tenant: 'no-such-tenant', yes: '', ...words })).toEqual({
        outcome: expect.stringContaining('There is no tenant no-such-tenant, and nothing is kept of it.'),
        noted: [],
      });
  });

  test('of a user, it is said, noted and no failure, so that it can be done again', async () => {
    await tables().admin.createTenant('again');
    await called('again', 'annabel', 1);
    const whose = { tenant: 'again', user: 'annabel', yes: '' };
    expect((await forgets(whose)).outcome).toMatchObject({ data: { found: true, calls: 1 } });
    await tables().admin.removeTenant('again');
    for (const user of ['annabel', 'annabelle']) {
      const { outcome, noted } = await forgets({ ...whose, user });
      expect(outcome).toMatchObject({
        data: { forgotten: true, found: false, calls: 0 },
        text: expect.stringMatching(`^Nothing is found of user ${user} of tenant again\\.\n`),
      });
      expect(outcome).not.toHaveProperty('failed');
      expect(noted).toEqual(['forget.begin', 'forget.end']);
      const { yes: _, ...asking } = { ...whose, user };
      expect((await forgets(asking)).outcome).toMatchObject({
        data: { forgotten: false, found: false },
        text: `Nothing is found of user ${user} of tenant again, and nothing was changed.`,
        failed: true,
      });
    }
  });
});

test.each([
  [{}, 'Name whose traces are to go: sluice forget --tenant NAME'],
  [{ user: 'ann', reason: 'x' }, 'Name whose traces are to go'],
  [{ tenant: 'a#b', reason: 'x' }, '"a#b" is no name of a tenant.'],
  [{ tenant: 'demo', yes: '' }, 'Say why, for the audit log'],
  [{ tenant: 'demo', user: 'Ann', reason: 'for ann, as she asked' }, 'The reason names the user'],
  [{ tenant: 'demo', reason: 'x', gone: 'records' }, '--gone takes one of: captures, vectors.'],
  [{ tenant: 'nobody', reason: 'x' }, 'There is no tenant nobody, and nothing is kept of it.'],
])('nobody is forgotten for %j, and why is said', async (words, said) => {
  await expect(told(forget, words)).rejects.toThrow(said);
});
