import { describe, expect, test } from 'vitest';
import { noUsage } from '../../lib/catalog/usage.ts';
import { conclude } from '../../lib/pipeline/conclude.ts';
import type { World } from '../../lib/world.ts';
import { hold, outgoing, tallyOf, targets } from '../support/labs.ts';
import { fakeWorld } from '../support/world.ts';

const [target] = targets({ one: 'https://one.example/v1' });
if (target === undefined) throw new Error('There is a target.');
const usage = { prompt_tokens: 10, completion_tokens: 3, total_tokens: 13 };
const completion = { id: 'c', object: 'chat.completion', created: 1, model: 'm', choices: [], usage } as const;

/** Concludes a call in a world that notes what is done in it, and when. */
function concluding(
  record: () => Promise<unknown> = async () => {},
  settle: World['ledger']['settle'] = async () => {},
) {
  const done: string[] = [];
  const world = fakeWorld({
    journal: {
      find: async () => undefined,
      record: async (call) => {
        done.push('record');
        await record();
        done.push('recorded');
        return call.bill;
      },
    },
    ledger: {
      ...fakeWorld().ledger,
      settle: async (held, bill, written) => {
        done.push(`settle ${held.id} at ${bill.nanoDollars}${written ? '' : ', unwritten'}`);
        await settle(held, bill);
      },
    },
  });
  const tally = tallyOf({}, world.tick);
  const works: (() => Promise<void>)[] = [];
  conclude(hold, tally, world, (work) => void works.push(work));
  return { world, tally, done, afterwards: () => Promise.allSettled(works.map((work) => work())) };
}

/** Lets all happen that can happen before the clock moves. */
async function settling(): Promise<void> {
  for (let turn = 0; turn < 20; turn++) await null;
}

describe('a call that is over', () => {
  test('is neither written down nor settled before the client has its last byte', async () => {
    const { done, world, afterwards } = concluding();
    await settling();
    expect([done, world.timers()]).toEqual([[], 0]);
    await afterwards();
    expect(done).toHaveLength(3);
  });

  test('is written down first and then settled at what it came to, so that the sweep can find it in between', async () => {
    const written = Promise.withResolvers<void>();
    const { done, tally, world, afterwards } = concluding(() => written.promise);
    tally.sent(target, outgoing('{}'));
    tally.sawWhole(completion);
    const ended = afterwards();
    await settling();
    expect(done).toEqual(['record']);
    written.resolve();
    expect(await ended).toMatchObject(Array.from({ length: 3 }, () => ({ status: 'fulfilled' })));
    expect(done).toEqual(['record', 'recorded', 'settle req_test at 16000']);
    expect(world.timers()).toBe(0);
  });

  test('is settled when it cannot be written down, and that is not hidden', async () => {
    const { done, world, afterwards } = concluding(() => Promise.reject(new Error('journal down')));
    const outcomes = await afterwards();
    expect(done).toEqual(['record', 'settle req_test at 0, unwritten']);
    expect(outcomes.flatMap((each) => (each.status === 'rejected' ? [String(each.reason)] : []))).toEqual([
      'Error: journal down',
    ]);
    expect(world.timers()).toBe(0);
  });

  test('keeps its hold as long as writing it down takes', async () => {
    const written = Promise.withResolvers<void>();
    const { done, world, afterwards } = concluding(() => written.promise);
    const ended = afterwards();
    await settling();
    world.pass(60_000);
    await settling();
    expect(done).toEqual(['record']);
    written.reject(new Error('too late'));
    await ended;
    expect(done).toEqual(['record', 'settle req_test at 0, unwritten']);
  });

  test('is written down when it cannot be settled, and that is not hidden', async () => {
    const { done, afterwards } = concluding(
      async () => {},
      () => Promise.reject(new Error('ledger down')),
    );
    const outcomes = await afterwards();
    expect(done).toEqual(['record', 'recorded', 'settle req_test at 0']);
    expect(outcomes.filter(({ status }) => status === 'rejected')).toHaveLength(1);
  });

  test('is settled at what the book says, should it have been written down before', async () => {
    const settled: number[] = [];
    const bill = { usage: noUsage, nanoDollars: 77, estimated: true };
    const world = fakeWorld({
      journal: { find: async () => undefined, record: async () => bill },
      ledger: { ...fakeWorld().ledger, settle: async (_, { nanoDollars }) => void settled.push(nanoDollars) },
    });
    const works: (() => Promise<void>)[] = [];
    conclude(hold, tallyOf({}, world.tick), world, (work) => void works.push(work));
    await Promise.all(works.map((work) => work()));
    expect(settled).toEqual([77]);
  });

  test('is settled at what it came to in the end, not when it was let in', async () => {
    const { done, tally, afterwards } = concluding();
    tally.sent(target, outgoing('{}'));
    tally.sawWhole(completion);
    await afterwards();
    expect(done.at(-1)).toBe('settle req_test at 16000');
  });
});
