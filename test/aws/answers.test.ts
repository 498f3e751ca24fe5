import { randomBytes } from 'node:crypto';
import { BatchGetItemCommand, DynamoDB, type KeysAndAttributes } from '@aws-sdk/client-dynamodb';
import { mockClient } from 'aws-sdk-client-mock';
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

const NOON = Date.UTC(2026, 10, 23, 12);
const patient = new AbortController().signal;
const answersAt = (now: () => number) => dynamoAnswers(client, localTableNames, now);
const answers = answersAt(() => NOON);
const madeAt = (askedAt: number, more: object = {}) => answered({ askedAt, expiresAt: NOON + 60_000, ...more });
const foundOf = async (question: Question) => (await answers.find(question, patient)).answer;

describe('an answer', () => {
  test('is found as it was kept, by who asks the same', async () => {
    const question = asked({ keyId: 'key_1' });
    const answer = madeAt(NOON - 5, { text: JSON.stringify({ say: 'Grüße, 東京 👋'.repeat(1_000) }) });
    expect(await answers.find(question, patient)).toEqual({ answer: undefined, lead: 'none', cleared: 0 });
    expect(await answers.keep(question, answer)).toBe(true);
    expect(await answers.find(question, patient)).toEqual({ answer, lead: 'none', cleared: 0 });
  });

  test('that is kept anew takes the place of the old one', async () => {
    const question = asked();
    await answers.keep(question, madeAt(NOON, { text: 'old' }));
    await answers.keep(question, madeAt(NOON, { text: 'new' }));
    expect((await foundOf(question))?.text).toBe('new');
  });

  test('that was asked for earlier and is kept later does not take the place of a newer one', async () => {
    const question = asked();
    await answers.keep(question, madeAt(NOON, { text: 'new' }));
    expect(await answers.keep(question, madeAt(NOON - 1, { text: 'old', source: 'req_old' }))).toBe(false);
    expect((await foundOf(question))?.text).toBe('new');
  });

  test('is over at its time, though the table has it still; the table may delete it then', async () => {
    const question = asked();
    let now = NOON;
    await answers.keep(question, madeAt(NOON));
    const late = answersAt(() => now);
    now = NOON + 59_999;
    expect((await late.find(question, patient)).answer).toBeDefined();
    now = NOON + 60_000;
    expect((await late.find(question, patient)).answer).toBeUndefined();
    const item = await tables.item('cache', `answer#${question.key}`, 'answer');
    expect(item).toMatchObject({ ttl: (NOON + 60_000) / 1000 });
  });

  test.each<[string, Partial<Question>]>([
    ['another tenant', { tenant: 'other' }],
    ['another key', { keyId: 'key_2' }],
    ['a tenant whose keys share answers', { keyId: undefined }],
    ['another model', { model: 'lab/n' }],
  ])('is not given to %s, even under the same key', async (_, other) => {
    const question = asked({ keyId: 'key_1' });
    await answers.keep(question, madeAt(NOON));
    expect(await foundOf({ ...question, ...other })).toBeUndefined();
    expect(await foundOf(question)).toBeDefined();
  });

  test('over 350 kB compressed is not kept, and the one before it stays', async () => {
    const question = asked();
    await answers.keep(question, madeAt(NOON, { text: 'short' }));
    const noise = (bytes: number) => madeAt(NOON, { text: randomBytes(bytes / 2).toString('hex') });
    expect(await answers.keep(question, noise(800_000))).toBe(false);
    expect((await foundOf(question))?.text).toBe('short');
    const long = noise(500_000);
    expect(await answers.keep(question, long)).toBe(true);
    expect(await foundOf(question)).toEqual(long);
    const plain = madeAt(NOON, { text: 'x'.repeat(5_000_000) });
    expect(await answers.keep(question, plain)).toBe(true); // what counts is what it comes to
  });

  test('that nobody of this house can have written is an error, and no answer', async () => {
    const question = asked();
    await tables.put('cache', { pk: `answer#${question.key}`, sk: 'answer', tenant: 'acme', body: 'text' });
    await expect(answers.find(question, patient)).rejects.toThrow();
  });
});

describe('an answer whose tenant, key or model was cleared', () => {
  test.each([
    ['tenant', 'gone', { tenant: 'gone' }],
    ['key', 'key_gone', { keyId: 'key_gone' }],
    ['model', 'lab/gone', { model: 'lab/gone' }],
  ] as const)('(%s) is given where it was asked for since, and not before', async (of, name, whose) => {
    const [before, then, since] = [asked(whose), asked(whose), asked(whose)];
    await answers.keep(before, madeAt(NOON - 1));
    await cacheAdmin(client, localTableNames, () => NOON).clear({ of, name });
    await answers.keep(then, madeAt(NOON)); // asked for at that moment, and kept after it
    await answers.keep(since, madeAt(NOON + 1));
    const found = await Promise.all([before, then, since].map(foundOf));
    expect(found.map((each) => each !== undefined)).toEqual([false, false, true]);
  });
});

describe('a table that cannot be read', () => {
  test('whole is not taken for one in which nothing is', async () => {
    const UnprocessedKeys = {
      [localTableNames.cache]: { Keys: [{ pk: { S: 'answer#a' } }] } satisfies KeysAndAttributes,
    };
    const busy = mockClient(DynamoDB);
    busy.on(BatchGetItemCommand).resolves({ Responses: {}, UnprocessedKeys });
    const { find } = dynamoAnswers(new DynamoDB({ region: 'eu-west-1' }), localTableNames, () => NOON);
    await expect(find(asked(), patient)).rejects.toThrow('too busy');
    busy.restore();
  });

  test('in time is left, for its caller’s reason', async () => {
    const letGo = tables.hold();
    const leaving = new AbortController();
    const slow = dynamodb({ endpoint: tables.endpoint, tryMs: 10_000, tries: 1 });
    const { find, lead } = dynamoAnswers(slow, localTableNames, () => NOON);
    const looking = [
      find(asked(), leaving.signal),
      lead(asked(), { owner: 'a', forMs: 1, sawAt: NOON }, leaving.signal),
    ];
    await tables.asked();
    leaving.abort(new Error('too late'));
    const outcomes = await Promise.allSettled(looking);
    expect(outcomes.map((each) => each.status === 'rejected' && String(each.reason))).toEqual([
      'Error: too late',
      'Error: too late',
    ]);
    letGo();
    slow.destroy();
  });
});
