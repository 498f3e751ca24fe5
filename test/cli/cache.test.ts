import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { dynamoAnswers } from '../../lib/aws/answers.ts';
import { dynamodb } from '../../lib/aws/dynamodb.ts';
import { localTableNames } from '../../lib/aws/tables.ts';
import type { Answers, Question } from '../../lib/recall.ts';
import { answered, asked } from '../support/recalled.ts';
import { operator } from './operator.ts';

const { tables, says, json, refused } = operator();

let answers: Answers;
let close: () => void;
beforeAll(() => {
  const client = dynamodb({ endpoint: tables().endpoint, tryMs: 10_000, tries: 3 });
  answers = dynamoAnswers(client, localTableNames, Date.now);
  close = () => client.destroy();
});
afterAll(() => close?.());

/** Keeps the answer to a question that was asked a second ago. */
async function kept(whose: Partial<Question>): Promise<Question> {
  const question = asked(whose);
  await answers.keep(question, answered({ askedAt: Date.now() - 1_000 }));
  return question;
}
const recalls = async (question: Question) =>
  (await answers.find(question, AbortSignal.timeout(10_000))).answer !== undefined;

describe.concurrent('the cache', () => {
  test('is cleared of a tenant’s answers, and of no other’s', async () => {
    await tables().admin.createTenant('acme');
    const own = [await kept({ tenant: 'acme' }), await kept({ tenant: 'acme', keyId: 'key_1' })];
    const other = await kept({ tenant: 'acme-2' });
    const repeated = { pk: 'idem#acme', sk: 'claim', tenant: 'acme', state: 'done' };
    await tables().put('cache', repeated);
    const before = Date.now();
    const told = await json('cache', 'clear', '--tenant', 'acme');
    expect(told).toEqual({ tenant: 'acme', known: true, clearedUntil: expect.any(String), deleted: 2 });
    expect(Date.parse(told.clearedUntil)).toBeGreaterThanOrEqual(before);
    expect(Date.parse(told.clearedUntil)).toBeLessThanOrEqual(Date.now());
    expect(await Promise.all([...own, other].map(recalls))).toEqual([false, false, true]);
    expect(await tables().item('cache', 'idem#acme', 'claim')).toEqual(repeated);

    const late = asked({ tenant: 'acme' });
    await answers.keep(late, answered({ askedAt: before }));
    expect(await recalls(late)).toBe(false);
    const { code, stdout, stderr } = await says('cache', 'clear', '--tenant', 'acme');
    expect([code, stderr]).toEqual([0, '']);
    expect(stdout).toMatch(
      /^The cache of tenant acme is cleared: nothing asked for until 20\S+Z is given again, and 1 answer is deleted\.\n$/,
    );
  });

  test('is cleared of a key’s answers', async () => {
    await tables().admin.createTenant('keyed');
    const { id } = await json('keys', 'create', '--tenant', 'keyed');
    const [own, shared] = [await kept({ tenant: 'keyed', keyId: id }), await kept({ tenant: 'keyed' })];
    expect(await json('cache', 'clear', '--key', id)).toMatchObject({ key: id, known: true, deleted: 1 });
    expect([await recalls(own), await recalls(shared)]).toEqual([false, true]);
  });

  test('is cleared of a model’s answers, known by the catalog or by what the configuration asks for it', async () => {
    const [own, other] = [await kept({ tenant: 't', model: 'sluice/echo' }), await kept({ tenant: 't' })];
    expect(await json('cache', 'clear', '--model', 'sluice/echo')).toMatchObject({ known: true, deleted: 1 });
    expect([await recalls(own), await recalls(other)]).toEqual([false, true]);
    await tables().put('access', {
      pk: 'config',
      sk: 'current',
      version: 1,
      json: JSON.stringify({
        providers: { den: { kind: 'openai-compatible', baseUrl: 'https://den.example/v1' } },
        prices: { 'den/*': { input: 1, output: 1 } },
      }),
    });
    expect(await json('cache', 'clear', '--model', 'den/priced')).toMatchObject({ known: true, deleted: 0 });
  });

  test('is cleared of what a tenant left that is gone; of one that never was there is nothing to clear', async () => {
    const left = await kept({ tenant: 'departed' });
    expect((await says('cache', 'clear', '--tenant', 'departed')).stdout).toMatch(
      /1 answer is deleted\.\nThere is no tenant departed any more\.\n$/,
    );
    expect(await recalls(left)).toBe(false);
    expect(await refused('cache', 'clear', '--tenant', 'departed')).toContain('There is no tenant departed');
  });

  test.each([
    [['clear'], 'Name one of --tenant NAME, --key ID and --model PROVIDER/MODEL'],
    [['clear', '--tenant', 'demo', '--key', 'key_1'], 'Name one of --tenant NAME'],
    [['clear', 'demo'], '"demo" says nothing to this command'],
    [['clear', '--tenant', 'dmeo'], 'There is no tenant dmeo, and there was no answer of it. See sluice tenants list.'],
    [['clear', '--key', 'key_nothing'], 'There is no key key_nothing, and there was no answer of it.'],
    [['clear', '--model', 'nobody/nothing'], 'There is no model nobody/nothing'],
    [['clear', '--model', 'echo'], 'not "echo". Write --model sluice/echo.'],
    [['clear', '--model', 'fast'], 'not "fast". sluice usage --by model shows them.'],
    [['clear', '--modle', 'lab/m'], 'Did you mean --model?'],
    [['evict', '--tenant', 'demo'], 'Name one request id'],
    [['evict', 'req_1'], 'Name the tenant whose call it was: sluice cache evict req_1 --tenant NAME'],
    [['evict', 'req_1', '--tenant', 'demo'], 'There is no call req_1 of tenant demo on record.'],
  ])('is not touched for %j, and why is said', async (words, said) => {
    expect(await refused('cache', ...words)).toContain(said);
  });
});

describe.concurrent('the answer of one call', () => {
  const recorded = (tenant: string, id: string, call: object = {}) =>
    tables().put('calls', { pk: `tenant#${tenant}`, sk: id, id, tenant, ...call });

  test('is taken away, whether the call made it or was given it, and no other', async () => {
    const [question, other] = [await kept({ tenant: 'evicting' }), await kept({ tenant: 'evicting' })];
    await recorded('evicting', 'req_made', { cache: 'miss', cacheKey: question.key });
    await recorded('evicting', 'req_given', { cache: 'hit', cacheKey: question.key });
    const evicted = { id: 'req_given', tenant: 'evicting', evicted: true };
    expect(await json('cache', 'evict', 'req_given', '--tenant', 'evicting')).toEqual(evicted);
    expect([await recalls(question), await recalls(other)]).toEqual([false, true]);
    const again = await says('cache', 'evict', 'req_made', '--tenant', 'evicting');
    expect(again.stdout).toContain('The answer of call req_made is not in the cache any more');
    expect(await json('cache', 'evict', 'req_made', '--tenant', 'evicting')).toMatchObject({
      evicted: false,
      reason: 'gone',
    });
  });

  test('that was never kept cannot be taken away, which is said and is no failure', async () => {
    await recorded('evicting', 'req_uncached', { cache: 'off' });
    const { code, stdout } = await says('cache', 'evict', 'req_uncached', '--tenant', 'evicting');
    expect(code).toBe(0);
    expect(stdout).toContain('was not answered from the cache, and its answer was not kept there');
    expect(await json('cache', 'evict', 'req_uncached', '--tenant', 'evicting')).toMatchObject({
      evicted: false,
      reason: 'not cached',
    });
  });

  test('is left alone where it is another tenant’s, and a call is found only under its own', async () => {
    const foreign = await kept({ tenant: 'owner' });
    await recorded('stranger', 'req_strange', { cache: 'hit', cacheKey: foreign.key });
    expect(await refused('cache', 'evict', 'req_strange', '--tenant', 'stranger')).toContain(
      'is not an answer of tenant stranger. It was left alone.',
    );
    expect(await refused('cache', 'evict', 'req_strange', '--tenant', 'owner')).toContain('no call req_strange');
    expect(await recalls(foreign)).toBe(true);
  });
});
