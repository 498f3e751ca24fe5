import fc from 'fast-check';
import { afterAll, describe, expect, test } from 'vitest';
import { dynamoAnswers } from '../../lib/aws/answers.ts';
import { dynamodb } from '../../lib/aws/dynamodb.ts';
import { localTableNames } from '../../lib/aws/tables.ts';
import type { Question } from '../../lib/recall.ts';
import { bareTables } from '../support/bare-tables.ts';
import { answered, asked } from '../support/recalled.ts';

const { tables } = await bareTables();
const client = dynamodb({ endpoint: tables.endpoint, tryMs: 10_000, tries: 3 });
afterAll(() => client.destroy());

const answers = dynamoAnswers(client, localTableNames, Date.now);
const found = (question: Question) => answers.find(question, AbortSignal.timeout(10_000));

describe('an answer', () => {
  test('takes the place of an older one, and of no newer: the newest stays, in whatever order they come', async () => {
    const moments = fc.uniqueArray(fc.integer({ min: 0, max: 50 }), { minLength: 1, maxLength: 5 });
    const now = Date.now();
    await fc.assert(
      fc.asyncProperty(moments, async (ages) => {
        const question = asked();
        let youngest = Number.POSITIVE_INFINITY;
        for (const age of ages) {
          const kept = await answers.keep(question, answered({ source: `req_${age}`, askedAt: now - age }));
          expect(kept).toBe(age < youngest);
          youngest = Math.min(youngest, age);
          expect((await found(question)).answer?.source).toBe(`req_${youngest}`);
        }
      }),
      { numRuns: 20 },
    );
  });

  test('is kept though it is its second try, and another that was asked for in the same moment is not', async () => {
    const question = asked();
    const answer = answered({ source: 'req_first' });
    expect(await answers.keep(question, answer)).toBe(true);
    expect(await answers.keep(question, answer)).toBe(true);
    expect(await answers.keep(question, { ...answer, source: 'req_twin' })).toBe(false);
    expect((await found(question)).answer?.source).toBe('req_first');
  });
});
