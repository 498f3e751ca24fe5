import { beforeAll, describe, expect, test } from 'vitest';
import { findings } from '../support/soaking/findings.ts';
import { growthOf } from '../support/soaking/growth.ts';
import type { Known } from '../support/soaking/known.ts';
import { type Soaked, soakDoor } from '../support/soaking/soak-door.ts';

// The short form of test/bench/door-soak.ts.
let soaked: Soaked;
let books: Known;
beforeAll(async () => {
  const long = { calibrateMs: 4_000, spells: 9, spellMs: 3_000 };
  soaked = await soakDoor({ seed: 20_261_127, ...long, restarts: 2, restartMs: 5_000 }, () => {});
  books = soaked.books;
}, 240_000);

describe('a gateway whose providers, callers and database fail, and which is killed and stopped in between', () => {
  test('loses no call and no nano-dollar, and holds nothing for good', () => {
    expect(findings(books)).toEqual([]);
    expect(books.kills).toHaveLength(1);
    expect(books.entries.length).toBeGreaterThan(100);
    expect(books.made.filter(({ call }) => call.leaves !== undefined).length).toBeGreaterThan(0);
    expect(books.made.filter(({ status = 0 }) => status >= 500).length).toBeGreaterThan(0);
  });

  test('keeps nothing of a call in memory, nor a file open', () => {
    const { early, late, liveBytesACall } = growthOf(soaked.looks);
    expect(liveBytesACall).toBeLessThan(3_000); // a response that stays behind is twice that
    expect(late.files - early.files).toBeLessThan(50);
  });
});

describe('the books of a soak, when something in them is wrong', () => {
  const told = (changed: Partial<Known>) => findings({ ...books, ...changed });

  test('tell of a record that is missing', () => {
    const paid = books.entries.find(
      ({ nanoDollars, call: { question, number } }) => nanoDollars > 0 && question === number,
    );
    expect(told({ entries: books.entries.filter((entry) => entry !== paid) })).not.toEqual([]);
  });

  test('tell of one that is there twice', () => {
    expect(told({ entries: [...books.entries, ...books.entries.slice(0, 1)] })).not.toEqual([]);
  });

  test('tell of a nano-dollar on a counter, of a call that is not counted, and of a hold that stays', () => {
    const [{ id, item } = { id: '', item: {} }, ...rest] = books.counters;
    const standing = (more: object) => told({ counters: [{ id, item: { ...item, ...more } }, ...rest] });
    expect(standing({})).toEqual([]);
    expect(standing({ total: Number(item.total) + 1 })).toHaveLength(1);
    expect(standing({ calls: Number(item.calls) - 1 })).toHaveLength(1);
    expect(standing({ 'r#req_1': '1|1' })).toHaveLength(1);
    expect(standing({ live: 1 })).toHaveLength(1);
  });

  test('tell of a bill that is not on record', () => {
    const [first] = books.billed.filter(({ told, nanoDollars }) => told && nanoDollars > 0);
    expect(told({ billed: [...books.billed, ...(first ? [first] : [])] })).not.toEqual([]);
  });

  test('tell of a call that was charged as abandoned though nobody was killed', () => {
    const one = { id: 'req_1', scopes: [], nanoDollars: 0, at: Date.now() };
    expect(told({ abandoned: [...books.abandoned, one] })).toHaveLength(1);
  });

  test('tell of a call that was lost at no kill, and of one at a kill that was not charged', () => {
    const killedAt = books.kills[0] ?? 0;
    const lost = (at: number) => {
      const [made] = books.made.filter(({ status }) => status === 200);
      const call = made && { ...made.call, number: -1, question: -1 };
      return told({
        made: [...books.made, ...(made && call ? [{ ...made, call, id: 'req_gone', from: at, to: at }] : [])],
      });
    };
    expect(lost(killedAt - 1)).toHaveLength(1);
    expect(lost(killedAt + 60_000)).toHaveLength(2);
  });

  test('tell of one call of those that asked the same at a kill, and of one at each kill', () => {
    const [first = 0] = books.kills;
    const kills = [first, first + 60_000];
    const [made] = books.made;
    const [bill] = books.billed;
    if (made === undefined || bill === undefined) throw new Error('Nothing was called.');
    const cut = { admitted: false, replayed: false, id: undefined, told: [], status: undefined, cut: true };
    const asking = (number: number, kill = 0) => {
      const call = { ...made.call, number, question: -1, headers: {} };
      return { ...cut, call, from: kill - 1, to: kill - 1 };
    };
    const asked = { ...bill, question: -1, nanoDollars: 0 };
    const all = [asking(-1, kills[0]), asking(-2, kills[0]), asking(-3, kills[1])];
    const wrong = told({ made: [...books.made, ...all], billed: [...books.billed, asked], abandoned: [], kills });
    const lost = ['Call -1 is lost, and was not charged.', 'Call -3 is lost, and was not charged.'];
    expect(wrong.filter((line) => line.startsWith('Call -'))).toEqual(lost);
  });
});
