import { afterAll, describe, expect, test } from 'vitest';
import { dynamoAnswers } from '../../lib/aws/answers.ts';
import { dynamodb } from '../../lib/aws/dynamodb.ts';
import { localTableNames } from '../../lib/aws/tables.ts';
import type { Question } from '../../lib/recall.ts';
import { bareTables } from '../support/bare-tables.ts';
import { losingAnswers } from '../support/lost-answers.ts';
import { answered, asked } from '../support/recalled.ts';

const { tables } = await bareTables();
const connected = () => dynamodb({ endpoint: tables.endpoint, tryMs: 10_000, tries: 3 });
const client = connected();
afterAll(() => client.destroy());

const NOON = Date.UTC(2026, 10, 23, 12);
const LEAD_MS = 5_000;
const patient = new AbortController().signal;

/** Answers at noon, on a clock that a test moves, and two who ask. */
function at(through = client) {
  const clock = { now: NOON };
  const answers = dynamoAnswers(through, localTableNames, () => clock.now);
  const question = asked();
  return {
    clock,
    question,
    answers,
    lead: (owner: string, sawAt = clock.now) => answers.lead(question, { owner, forMs: LEAD_MS, sawAt }, patient),
    state: async () => (await answers.find(question, patient)).lead,
  };
}
const itemOf = ({ key }: Question) => tables.item('cache', `answer#${key}`, 'lead');

describe('the lead of a question', () => {
  test('is had by one, whoever of many asks for it at once', async () => {
    const { lead, state } = at();
    const outcomes = await Promise.all(Array.from({ length: 10 }, (_, which) => lead(`req_${which}`)));
    expect(outcomes.toSorted()).toEqual([...Array(9).fill('held'), 'ours']);
    expect(await state()).toBe('held');
  });

  test('lapses at its time, and goes to one of those who come then', async () => {
    const { clock, lead, state } = at();
    expect(await lead('dead')).toBe('ours');
    clock.now += LEAD_MS - 1;
    expect([await lead('heir'), await state()]).toEqual(['held', 'held']);
    clock.now += 1;
    expect(await state()).toBe('lapsed');
    expect([await lead('heir'), await lead('another'), await state()]).toEqual(['ours', 'held', 'held']);
  });

  test('stays its owner’s as long as that renews it, and does not come back by that once it has lapsed', async () => {
    const { clock, lead, state, answers, question } = at();
    await lead('owner');
    for (let times = 0; times < 4; times++) {
      clock.now += LEAD_MS - 1;
      await answers.renew(question, 'owner', LEAD_MS);
      expect(await lead('another')).toBe('held');
    }
    await answers.renew(question, 'another', 1_000 * LEAD_MS); // it is not theirs
    clock.now += LEAD_MS;
    await answers.renew(question, 'owner', LEAD_MS);
    expect(await state()).toBe('lapsed');
    expect(await lead('another')).toBe('ours');
    await answers.renew(question, 'owner', LEAD_MS);
    await answers.release(question, 'owner');
    expect(await state()).toBe('held');
  });

  test('that is given up is nobody’s, and those who looked before learn that it landed', async () => {
    const { clock, lead, state, answers, question } = at();
    await lead('owner');
    const looked = clock.now;
    clock.now += 1_000;
    await answers.keep(question, answered({ askedAt: NOON, expiresAt: NOON + 60_000 }));
    await answers.release(question, 'owner');
    expect(await state()).toBe('none');
    expect(await lead('before', looked)).toBe('landed');
    expect(await lead('nearly', clock.now + 200)).toBe('landed'); // clocks differ
    expect([await lead('after', clock.now + 201), await state()]).toEqual(['ours', 'held']);
  });

  test('is given up by its owner only', async () => {
    const { lead, state, answers, question } = at();
    await answers.release(question, 'nobody');
    expect(await itemOf(question)).toBeUndefined();
    await lead('owner');
    await answers.release(question, 'another');
    expect(await state()).toBe('held');
  });

  test('is its owner’s, too, who has not heard that it is', async () => {
    const through = connected();
    const lost = losingAnswers(through, 1);
    const { lead, state } = at(through);
    expect([await lead('owner'), lost(), await state()]).toEqual(['ours', 1, 'held']);
    expect(await lead('owner')).toBe('ours');
    expect(await lead('another')).toBe('held');
    through.destroy();
  });

  test('is deleted by the table some time after it is over', async () => {
    const { lead, answers, question } = at();
    await lead('owner');
    const { ttl } = (await itemOf(question)) ?? {};
    expect(Number(ttl) * 1000).toBeGreaterThan(NOON + LEAD_MS + 30_000);
    await answers.release(question, 'owner');
    expect(await itemOf(question)).toMatchObject({ ttl });
  });

  test('and its answer are two things: neither is lost by the other', async () => {
    const { lead, answers, question } = at();
    const answer = answered({ askedAt: NOON, expiresAt: NOON + 60_000 });
    await answers.keep(question, answer);
    await lead('owner');
    expect(await answers.find(question, patient)).toEqual({ answer, lead: 'held', cleared: 0 });
    await answers.keep(question, answer);
    await answers.release(question, 'owner');
    expect(await answers.find(question, patient)).toEqual({ answer, lead: 'none', cleared: 0 });
  });
});
