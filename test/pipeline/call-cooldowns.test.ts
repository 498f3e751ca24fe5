import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Cooldowns } from '../../lib/cooldowns.ts';
import { GatewayError } from '../../lib/errors.ts';
import { call, type Open } from '../../lib/pipeline/call.ts';
import type { Step } from '../../lib/pipeline/plan.ts';
import { hold, tallyOf, targets } from '../support/labs.ts';
import { timer } from '../support/timer.ts';
import { fakeWorld } from '../support/world.ts';

const three = targets({ one: 'https://one.example', two: 'https://two.example', three: 'https://three.example' }).map(
  (target): Step => ({ target, timeouts: {} }),
);
const running = new AbortController().signal;

/** What the cooldowns know of a target: nothing, that it rests, or that its rest is over and another, or this call, tries it. */
type Known = 'well' | 'rests' | 'tried by another' | 'to be tried';

/** Calls these in order; those that are up answer with their name. Gives what was called, and how it ended. */
async function called(steps: readonly Step[], known: readonly Known[], up: readonly boolean[], fault?: GatewayError) {
  const names = steps.map(({ target }) => target.name);
  const of = <T>(facts: readonly T[], name: string) => facts[names.indexOf(name)];
  const released: string[] = [];
  const cooldowns: Cooldowns = {
    resting: (name) => of(known, name) === 'rests',
    admits: async (name) => {
      const own = of(known, name);
      return own === 'well' ? own : own === 'to be tried' ? { until: 1 } : 'resting';
    },
    note: () => {},
    release: (name) => void released.push(name),
    idle: async () => {},
  };
  const calls: { readonly name: string; readonly followed: boolean }[] = [];
  const open: Open<string> = async ({ target: { name, provider } }, { followed }) => {
    calls.push({ name, followed });
    if (of(up, name)) return name;
    throw fault ?? new GatewayError('model_not_found', { provider: provider.name, message: `${name} is down.` });
  };
  const world = fakeWorld({ cooldowns });
  const patience = { signal: running, leftMs: () => 1e6 };
  const [outcome] = await Promise.allSettled([call({ steps }, open, { patience, tally: tallyOf(), world, hold })]);
  return { calls, names: calls.map(({ name }) => name), released, outcome };
}

describe('a target that rests', () => {
  test('is passed over while another can be called', async () => {
    expect((await called(three, ['rests', 'well', 'well'], [true, true, true])).names).toEqual(['two/m']);
    expect((await called(three, ['well', 'rests', 'well'], [false, true, true])).names).toEqual(['one/m', 'three/m']);
  });

  test('is called where all rest, each in its turn', async () => {
    expect((await called(three, ['rests', 'rests', 'rests'], [true, true, true])).names).toEqual(['one/m']);
    const { names } = await called(three, ['rests', 'rests', 'rests'], [false, false, false]);
    expect(names).toEqual(['one/m', 'two/m', 'three/m']);
  });

  test('is passed over while another process tries it, and called by the one whose turn it is', async () => {
    expect((await called(three, ['tried by another', 'well', 'well'], [true, true, true])).names).toEqual(['two/m']);
    expect((await called(three, ['to be tried', 'well', 'well'], [true, true, true])).names).toEqual(['one/m']);
  });

  test('is called, whoever tries it, where it is the last', async () => {
    const [only] = three;
    if (only === undefined) throw new Error('There must be a target.');
    for (const known of ['rests', 'tried by another'] as const)
      expect((await called([only], [known], [true])).names).toEqual(['one/m']);
  });

  test('is another all the same: who comes before it is not waited for as if nobody followed', async () => {
    const { calls } = await called(three, ['well', 'rests', 'rests'], [true, true, true]);
    expect(calls).toEqual([{ name: 'one/m', followed: true }]);
  });

  test('is called by nobody whose turn it is not, however often its route would try it', async () => {
    const twice = three.map((step) => ({ ...step, tries: 2 }));
    const { names } = await called(twice, ['tried by another', 'well', 'well'], [true, true, true]);
    expect(names).toEqual(['two/m']);
  });

  test('and is tried by another still comes before the model for longer prompts', async () => {
    const [one, two, longer] = three;
    if (one === undefined || two === undefined || longer === undefined) throw new Error('There must be three.');
    const steps = [one, two, { ...longer, forLonger: true }];
    const tooLong = new GatewayError('context_length_exceeded', { provider: 'one', message: 'Too long.' });
    const { names } = await called(steps, ['tried by another', 'well', 'well'], [false, false, true], tooLong);
    expect(names).toEqual(['two/m', 'one/m', 'three/m']);
  });
});

test('a target that comes to rest while it is tried is tried as often as it would have been, and no oftener', async () => {
  const [only] = three;
  if (only === undefined) throw new Error('There must be a target.');
  let calls = 0;
  const cooldowns: Cooldowns = {
    ...fakeWorld().cooldowns,
    admits: async () => (calls === 0 ? 'well' : 'resting'),
  };
  const open: Open<string> = async () => {
    calls++;
    throw new GatewayError('provider_overloaded', { provider: 'one', message: 'Later.' });
  };
  const world = fakeWorld({ cooldowns, timer });
  const patience = { signal: running, leftMs: () => 1e6 };
  await Promise.allSettled([call({ steps: [only] }, open, { patience, tally: tallyOf(), world, hold })]);
  expect(calls).toBe(2);
});

test('a target that rests is the last resort: called when all others have failed', async () => {
  const { names } = await called(three, ['rests', 'well', 'well'], [true, false, false]);
  expect(names).toEqual(['two/m', 'three/m', 'one/m']);
  const tried = await called(three, ['tried by another', 'well', 'rests'], [true, false, false]);
  expect(tried.names).toEqual(['two/m', 'three/m', 'one/m']);
});

test('whatever the cooldowns know: who is up answers, nobody who rests is called before all who are awake, and each turn is given back', async () => {
  const known = fc.constantFrom<Known>('well', 'rests', 'tried by another', 'to be tried');
  const facts = fc.array(fc.record({ known, up: fc.boolean() }), { minLength: 1, maxLength: 3 });
  await fc.assert(
    fc.asyncProperty(facts, async (all) => {
      const knowns = all.map((each) => each.known);
      const ups = all.map(({ up }) => up);
      const { names, released, outcome } = await called(three.slice(0, all.length), knowns, ups);
      expect(new Set(names).size).toBe(names.length);
      const own = (name: string) => knowns[three.findIndex(({ target }) => target.name === name)];
      expect(released).toEqual(names.filter((name) => own(name) === 'to be tried'));
      expect(outcome.status).toBe(ups.includes(true) ? 'fulfilled' : 'rejected');
      const order = names.map((name) => own(name) === 'well' || own(name) === 'to be tried');
      expect(order).toEqual(order.toSorted((one, other) => Number(other) - Number(one)));
    }),
    { numRuns: 500 },
  );
});
