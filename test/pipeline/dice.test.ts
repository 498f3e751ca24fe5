import { describe, expect, test } from 'vitest';
import type { Split } from '../../lib/config/route.ts';
import { diceFor } from '../../lib/pipeline/dice.ts';
import { flatten } from '../../lib/pipeline/flatten.ts';
import { chance } from '../support/chance.ts';
import { caller } from '../support/world.ts';

const CALLS = 10_000;
/** Chance has no say in where a user's calls go. */
const none = () => {
  throw new Error('No dice are thrown for a user.');
};
const user = (number: number) => `user-${number}@example.com`;

const splitOf = (...shares: readonly number[]): Split => ({
  split: shares.map((share, at) => ({ share, use: `arm/${at}` })),
});
/** Which arm a user's call goes. */
const armOf = (route: Split, name: string, place = 'trial', who = caller) =>
  flatten(place, { models: { [place]: route } }, diceFor(who, name, none))[0]?.name;

/** How many of so many calls the arms get. */
function counted(arms: Iterable<string | undefined>): Readonly<Record<string, number>> {
  const counts: Record<string, number> = {};
  for (const arm of arms) if (arm !== undefined) counts[arm] = (counts[arm] ?? 0) + 1;
  return counts;
}

/** The bounds between which the calls of a share lie in 999 of 1,000 trials. */
function interval(share: number): readonly [number, number] {
  const mean = (CALLS * share) / 100;
  const wide = 3.2905 * Math.sqrt(mean * (1 - share / 100));
  return [mean - wide, mean + wide];
}

function expectWithin(count: number | undefined, share: number) {
  const [least, most] = interval(share);
  expect(count).toBeGreaterThanOrEqual(least);
  expect(count).toBeLessThanOrEqual(most);
}

describe('a share of a split', () => {
  test.each([[[95, 5]], [[5, 95]], [[50, 30, 20]], [[0.5, 99.5]]])(
    'of %j is what it says over 10,000 calls of nobody in particular',
    (shares) => {
      const models = { trial: splitOf(...shares) };
      const random = chance(20_261_126);
      const arms = Array.from({ length: CALLS }, () =>
        flatten('trial', { models }, diceFor(caller, undefined, random)),
      );
      const counts = counted(arms.map(([leg]) => leg?.name));
      shares.forEach((share, at) => void expectWithin(counts[`arm/${at}`], share));
    },
  );

  test.each([[[95, 5]], [[5, 95]], [[50, 30, 20]], [[0.5, 99.5]]])(
    'of %j is what it says over 10,000 users',
    (shares) => {
      const counts = counted(Array.from({ length: CALLS }, (_, at) => armOf(splitOf(...shares), user(at))));
      shares.forEach((share, at) => void expectWithin(counts[`arm/${at}`], share));
    },
  );
});

describe('a user', () => {
  const route = splitOf(50, 30, 20);

  test('is on one side for ever, in every process', () => {
    for (let at = 0; at < 200; at++) expect(armOf(route, user(at))).toBe(armOf(route, user(at)));
    // Written down, so that no later version moves them in silence.
    expect(['ann', 'ben', 'eve', 'joe'].map((name) => armOf(route, name))).toMatchInlineSnapshot(`
      [
        "arm/1",
        "arm/1",
        "arm/0",
        "arm/0",
      ]
    `);
  });

  test('stays where it is while the arms behind its own trade their shares', () => {
    const other = splitOf(50, 10, 40);
    const first = Array.from({ length: CALLS }, (_, at) => user(at)).filter((name) => armOf(route, name) === 'arm/0');
    expect(first.length).toBeGreaterThan(4_000);
    for (const name of first) expect(armOf(other, name)).toBe('arm/0');
  });

  test('moves only from the arm that shrinks to the one that grows', () => {
    const [before, after] = [splitOf(95, 5), splitOf(80, 20)];
    const moved = Array.from({ length: CALLS }, (_, at) => [armOf(before, user(at)), armOf(after, user(at))]).filter(
      ([was, is]) => was !== is,
    );
    expectWithin(moved.length, 15);
    expect(counted(moved.map((each) => each.join(' to ')))).toEqual({ 'arm/0 to arm/1': moved.length });
  });

  test('of one tenant says nothing of the same name at another', () => {
    const half = splitOf(50, 50);
    const same = Array.from({ length: CALLS }, (_, at) => user(at)).filter(
      (name) => armOf(half, name) === armOf(half, name, 'trial', { ...caller, tenant: 'other' }),
    );
    expectWithin(same.length, 50);
  });

  test('on one side of a split is on either side of another', () => {
    const models = { trial: { inOrder: [splitOf(50, 50), splitOf(50, 50)] } };
    const ways = Array.from({ length: CALLS }, (_, at) =>
      flatten('trial', { models }, diceFor(caller, user(at), none))
        .map(({ name }) => name)
        .join(' then '),
    );
    const counts = counted(ways);
    expect(Object.keys(counts)).toHaveLength(4);
    for (const count of Object.values(counts)) expectWithin(count, 25);
  });
});
