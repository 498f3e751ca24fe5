import fc from 'fast-check';
import { expect, test } from 'vitest';
import { dynamodb } from '../../lib/aws/dynamodb.ts';
import { bareTables } from '../support/bare-tables.ts';
import { chance } from '../support/chance.ts';
import { processAt } from '../support/cooling.ts';
import { type Fault, unreliable } from '../support/unreliable.ts';

const { tables } = await bareTables();

const LONGEST_REST_MS = 30_000;
const TRIAL_MS = 10_000;
const SLOWEST_CALL_MS = 15_000;
/** Somebody wants to call at least so often. */
const STEP_MS = 1_000;

/** Some processes call one target, which is ill for a while and then well; calls take their time, and some callers leave. */
const story = fc.record({
  seed: fc.integer(),
  processes: fc.integer({ min: 1, max: 4 }),
  illSteps: fc.integer({ min: 0, max: 50 }),
  /** Of a hundred requests to the store. */
  faults: fc.constantFrom(0, 0, 10, 30),
  leaving: fc.constantFrom(0, 0.2),
});

/** What happened over all runs. */
const seen = { calls: 0, alone: 0, faults: 0 };
let runs = 0;

async function play({
  seed,
  processes,
  illSteps,
  faults,
  leaving,
}: typeof story extends fc.Arbitrary<infer T> ? T : never) {
  const dice = chance(seed);
  const target = `lab/m${++runs}`;
  let now = Date.UTC(2026, 10, 26, 12) + runs * 3_600_000;
  const kinds: readonly Fault[] = ['lost', 'never sent', 'late'];
  const all = Array.from({ length: processes }, () => {
    const client = dynamodb({ endpoint: tables.endpoint, tryMs: 2_500, tries: 1 });
    const line = unreliable(client, () => ({
      fault: dice() * 100 < faults ? (kinds[Math.floor(dice() * kinds.length)] ?? 'none') : 'none',
      after: Math.floor(dice() * 5),
    }));
    return { ...processAt(tables.endpoint, () => now, client), line };
  });
  let ill = true;
  let calledAt = now;
  let [called, calledIll, longestAlone] = [0, 0, 0];
  const under: { readonly endsAt: number; readonly end: () => void }[] = [];
  const endDue = () => {
    for (const each of under.filter(({ endsAt }) => endsAt <= now)) {
      under.splice(under.indexOf(each), 1);
      each.end();
    }
  };
  const step = async () => {
    now += STEP_MS;
    endDue();
    await Promise.all(
      all.map(async ({ cooldowns }) => {
        // As `call` asks, for a target that another could take the place of.
        if (cooldowns.resting(target)) return;
        const admitted = await cooldowns.admits(target);
        if (admitted === 'resting') return;
        const turn = admitted === 'well' ? undefined : admitted;
        called++;
        if (ill) calledIll++;
        calledAt = now;
        const as = ill ? 'failed' : 'answered';
        const leaves = dice() < leaving;
        const slow = dice() < 0.2 ? Math.floor(dice() * SLOWEST_CALL_MS) : 0;
        under.push({
          endsAt: now + slow,
          end: () => {
            calledAt = now; // until here it was not alone
            if (!leaves) cooldowns.note(target, { as }, turn);
            else if (turn !== undefined) cooldowns.release(target, turn);
          },
        });
      }),
    );
    endDue();
    if (dice() < 0.7) await Promise.all(all.map(({ cooldowns }) => cooldowns.idle()));
    longestAlone = Math.max(longestAlone, now - calledAt);
    if (now - calledAt > 5_000) seen.alone++;
  };
  for (let at = 0; at < illSteps; at++) await step();
  ill = false;
  const calledWhileIll = calledIll;
  for (let at = 0; at < (LONGEST_REST_MS + 2 * SLOWEST_CALL_MS + 2 * TRIAL_MS) / STEP_MS; at++) await step();
  const atTheEnd = called;
  for (const { line } of all) await line.arrived();
  // Calls that began while it was ill have ended, and it has been well for long: nobody leaves it alone any more.
  for (let at = 0; at < (LONGEST_REST_MS + TRIAL_MS) / STEP_MS; at++) await step();
  seen.calls += called;
  for (const { line, client } of all) {
    seen.faults += line.faults.lost + line.faults['never sent'] + line.faults.late;
    await line.arrived();
    client.destroy();
  }
  return { longestAlone, calledWhileIll, late: called - atTheEnd };
}

test('a target is never left alone by all for longer than its rest and a trial, and one that is ill is hardly called', async () => {
  await fc.assert(
    fc.asyncProperty(story, async (given) => {
      const { longestAlone, calledWhileIll, late } = await play(given);
      expect(longestAlone).toBeLessThanOrEqual(LONGEST_REST_MS + TRIAL_MS + STEP_MS);
      if (given.faults === 0 && given.leaving === 0) {
        // Three failures a process until it knows by itself, what is under way meanwhile, and then one a rest.
        const until = given.processes * (3 + SLOWEST_CALL_MS / STEP_MS) + (given.illSteps * STEP_MS) / TRIAL_MS + 1;
        expect(calledWhileIll).toBeLessThanOrEqual(until);
        expect(late).toBe((given.processes * (LONGEST_REST_MS + TRIAL_MS)) / STEP_MS);
      }
    }),
    { numRuns: 60, endOnFailure: true },
  );
  expect(seen.calls).toBeGreaterThan(1_000);
  expect(seen.alone).toBeGreaterThan(100);
  expect(seen.faults).toBeGreaterThan(100);
}, 300_000);
