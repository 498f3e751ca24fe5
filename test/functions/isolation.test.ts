import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Asking, changes, gistOf, wholeOf, wordings } from '../support/questions.ts';
import { type Call, openSharing, type Told } from '../support/sharing.ts';

let house: Awaited<ReturnType<typeof openSharing>>;
beforeAll(async () => {
  house = await openSharing();
});
afterAll(() => house?.close());

const scoreOf = (one: Call, other: Call): number => {
  const [here = 0, there = 0] = [one, other].map(({ asking }) => wordings[asking.wording]?.degrees);
  return Math.cos(((here - there) * Math.PI) / 180);
};

const counted = { exact: 0, semantic: 0, far: 0, missed: 0 };

/** Nobody is given what was not made for them, or for their own question. */
function judge(told: Told, all: ReadonlyMap<string, Told>): void {
  const [kind = ''] = told.cache.split(';');
  const source = all.get(told.madeFor);
  if (source === undefined) throw new Error(`An answer came from nowhere: ${told.madeFor}`);
  expect([house.sharersOf(source), source.strict]).toEqual([house.sharersOf(told), told.strict]);
  expect(gistOf(source.asking)).toBe(gistOf(told.asking));
  switch (kind) {
    case 'miss':
      counted.missed++;
      if (told.cache.includes('score=')) counted.far++;
      expect(source).toBe(told);
      break;
    case 'hit':
      counted.exact++;
      expect(wholeOf(source.asking)).toBe(wholeOf(told.asking));
      break;
    default:
      counted.semantic++;
      expect([kind, told.mode]).toEqual(['semantic-hit', 'semantic']);
      expect(scoreOf(told, source) + 1e-6).toBeGreaterThanOrEqual(told.threshold); // it is counted in 32 bits
  }
}

/** Whether a call asked what one before it had been answered by the provider, for the same callers: then it is given an answer. */
const repeats = (told: Told, earlier: readonly Told[]): boolean =>
  earlier.some(
    (each) =>
      each.madeFor === each.word &&
      each.strict === told.strict &&
      house.sharersOf(each) === house.sharersOf(told) &&
      wholeOf(each.asking) === wholeOf(told.asking),
  );

const asking = fc.record({
  changed: fc.oneof({ weight: 6, arbitrary: fc.constant([]) }, fc.subarray([...changes], { maxLength: 2 })),
  wording: fc.nat({ max: wordings.length - 1 }),
  mg: fc.constantFrom(5, 5, 5, 5, 6),
});
const call = fc.record({
  who: fc.nat({ max: 7 }),
  mode: fc.constantFrom('exact' as const, 'semantic' as const, 'semantic' as const),
  threshold: fc.constantFrom(0, 0.5, 0.9996, 0.9998, 0.9999, 1),
  own: fc.constantFrom(false, false, true),
  strict: fc.constantFrom(false, false, false, false, false, true),
  insignificant: fc.record(
    { stream: fc.boolean(), user: fc.constantFrom('ann', 'bob'), model: fc.constant('another-name') },
    { requiredKeys: [] },
  ),
  asking,
});

describe('whatever is asked, by whomever, in whatever order, at once or not', () => {
  test('nobody is given the answer to another’s question, nor to another question', async () => {
    let runs = 0;
    await fc.assert(
      fc.asyncProperty(
        fc.uniqueArray(fc.nat({ max: 7 }), { minLength: 2, maxLength: 2 }),
        fc.array(fc.array(call, { minLength: 1, maxLength: 4 }), { minLength: 6, maxLength: 10 }),
        async (few, batches) => {
          const salt = `run ${++runs}`;
          const all = new Map<string, Told>();
          for (const batch of batches) {
            const calls = batch.map((each) => ({
              ...each,
              who: few[each.who % few.length] ?? 0,
              asking: { ...each.asking, salt },
            }));
            const earlier = [...all.values()];
            const told = await Promise.all(calls.map(house.ask));
            for (const each of told) all.set(each.word, each);
            for (const each of told) {
              judge(each, all);
              if (repeats(each, earlier)) expect(each.cache).not.toMatch(/^miss/);
            }
          }
        },
      ),
      { numRuns: 25, interruptAfterTimeLimit: 15_000, endOnFailure: true },
    );
    expect(new Set(house.made).size).toBe(house.made.length);
    expect(counted.exact).toBeGreaterThan(3);
    expect(counted.semantic).toBeGreaterThan(3);
    expect(counted.far).toBeGreaterThan(0);
    expect(counted.missed).toBeGreaterThan(3);
  });
});

describe('of a question whose answer is kept', () => {
  const usual: Omit<Call, 'asking'> = {
    ...{ who: 0, mode: 'semantic', threshold: 0, own: false, strict: false, insignificant: {} },
  };
  let salts = 0;
  /** A question that was answered, once its answer can be found by those like it. */
  async function kept() {
    const asking: Asking = { salt: `question ${++salts}`, changed: [], wording: 0, mg: 5 };
    const { id, cache } = await house.ask({ ...usual, asking });
    expect(cache).toBe('miss');
    await expect.poll(() => readFileSync(house.vectorsFile, 'utf8'), { interval: 5 }).toContain(id);
    const again = async (other: Partial<Asking>, more: Partial<Call> = {}) =>
      (await house.ask({ ...usual, ...more, asking: { ...asking, ...other } })).cache.split(';')[0];
    return again;
  }

  test('another wording is given it, where it is near enough and by meaning', async () => {
    const again = await kept();
    expect(await again({})).toBe('hit');
    expect(await again({ wording: 1 })).toBe('semantic-hit');
    expect(await again({ wording: 1 }, { threshold: 0.9999 })).toBe('semantic-hit');
    expect(await again({ wording: 2 }, { threshold: 0.9999 })).toBe('miss');
    expect(await again({ wording: 1 }, { mode: 'exact' })).toBe('miss');
  });

  test.each(changes)('another is that with %s, worded the same or not', async (change) => {
    const again = await kept();
    expect(await again({ wording: 1 })).toBe('semantic-hit');
    expect(await again({ wording: 2, changed: [change] })).toBe('miss');
    expect(await again({ changed: [change] }, { mode: 'exact' })).toBe('miss');
    expect(await again({}, { mode: 'exact' })).toBe('hit');
  });

  test('another is that with another number, and that of other callers', async () => {
    const again = await kept();
    expect(await again({ mg: 6 })).toBe('miss');
    expect(await again({}, { own: true })).toBe('miss');
    for (const who of [2, 4, 6]) expect(await again({ wording: 1 }, { who })).toBe('miss');
    expect(await again({ wording: 1 }, { who: 1 })).toBe('semantic-hit'); // the other key of the same tenant
    expect(await again({}, { who: 1 })).toBe('hit');
  });
});
