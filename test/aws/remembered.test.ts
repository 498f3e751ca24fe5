import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { REMEMBERED_MS, remembered } from '../../lib/aws/remembered.ts';
import type { Caller } from '../../lib/caller.ts';
import type { Access } from '../../lib/world.ts';
import { failureOf } from '../support/bytes.ts';
import { caller } from '../support/world.ts';

/** Keys in memory that a test may change, and the lookups it saw. */
function keys() {
  let now = 1_000_000;
  const asked: string[] = [];
  const there = new Map<string, Caller>([['a', caller]]);
  let down = false;
  const access: Access = {
    find: async (hash) => {
      asked.push(hash);
      if (down) throw new Error('down');
      return there.get(hash);
    },
  };
  return {
    asked,
    there,
    pass: (ms: number) => {
      now += ms;
    },
    fail: (is: boolean) => {
      down = is;
    },
    remembering: remembered(access, () => now),
  };
}

describe('who is behind a key', () => {
  test('is remembered for four seconds and not a millisecond longer', async () => {
    const { remembering, asked, there, pass } = keys();
    expect(REMEMBERED_MS).toBe(4000);
    expect(await remembering.find('a')).toBe(caller);
    there.set('a', { ...caller, revoked: true });
    pass(3999);
    expect((await remembering.find('a'))?.revoked).toBe(false);
    pass(1);
    expect((await remembering.find('a'))?.revoked).toBe(true);
    expect(asked).toEqual(['a', 'a']);
  });

  test('is never older than four seconds, however often it is asked for', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.integer({ min: 0, max: 5000 })), async (pauses) => {
        const { remembering, there, pass } = keys();
        let now = 0;
        for (const pause of pauses) {
          there.set('a', { ...caller, keyName: String(now) });
          const found = await remembering.find('a');
          expect(now - Number(found?.keyName)).toBeLessThan(4000);
          pass(pause);
          now += pause;
        }
      }),
    );
  });

  test('is looked up once for all who ask at once, and is counted from when that began', async () => {
    let now = 0;
    const answer = Promise.withResolvers<Caller | undefined>();
    let lookups = 0;
    const find = () => {
      lookups++;
      return answer.promise;
    };
    const slow = remembered({ find }, () => now);
    const asking = Array.from({ length: 50 }, () => slow.find('a'));
    now = 3999;
    asking.push(slow.find('a'));
    answer.resolve(caller);
    expect(new Set(await Promise.all(asking))).toEqual(new Set([caller]));
    expect(lookups).toBe(1);
    now = 4000;
    await slow.find('a');
    expect(lookups).toBe(2);
  });

  test('is remembered also when it is nobody, and then found when the key is made', async () => {
    const { remembering, asked, there, pass } = keys();
    expect(await remembering.find('new')).toBeUndefined();
    there.set('new', caller);
    expect(await remembering.find('new')).toBeUndefined();
    pass(4000);
    expect(await remembering.find('new')).toBe(caller);
    expect(asked).toHaveLength(2);
  });

  test('is asked for again at once after a failure, of which all who waited are told', async () => {
    const { remembering, asked, fail } = keys();
    fail(true);
    const failures = await Promise.all([remembering.find('a'), remembering.find('a')].map((each) => failureOf(each)));
    expect(failures.map(String)).toEqual(['Error: down', 'Error: down']);
    fail(false);
    expect(await remembering.find('a')).toBe(caller);
    expect(asked).toHaveLength(2);
  });

  test('a late failure does not make a fresh answer forgotten', async () => {
    let now = 0;
    const answers = [Promise.withResolvers<Caller | undefined>(), Promise.withResolvers<Caller | undefined>()];
    let lookups = 0;
    const slow = remembered({ find: () => answers[lookups++]?.promise ?? Promise.resolve(undefined) }, () => now);
    const first = slow.find('a');
    now = 4000;
    const second = slow.find('a');
    answers[1]?.resolve(caller);
    answers[0]?.reject(new Error('late'));
    await failureOf(first);
    expect([await second, await slow.find('a'), lookups]).toEqual([caller, caller, 2]);
  });

  test('is forgotten when ten thousand others came since: the oldest first', async () => {
    const { remembering, asked } = keys();
    await remembering.find('a');
    await Promise.all(Array.from({ length: 9_999 }, (_, at) => remembering.find(`k${at}`)));
    await remembering.find('a');
    expect(asked.filter((hash) => hash === 'a')).toHaveLength(1);
    await remembering.find('one more');
    await remembering.find('k5');
    await remembering.find('a');
    expect(asked.filter((hash) => hash === 'k5')).toHaveLength(1);
    expect(asked.filter((hash) => hash === 'a')).toHaveLength(2);
  });
});
