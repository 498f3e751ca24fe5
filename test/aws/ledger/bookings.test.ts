import fc from 'fast-check';
import { expect, test } from 'vitest';
import { direct } from '../../../lib/aws/direct.ts';
import { bareTables } from '../../support/bare-tables.ts';
import { chance } from '../../support/chance.ts';
import { asking, billOf, ledgerAt, scope } from '../../support/ledgers.ts';
import { timer } from '../../support/timer.ts';
import { type Fault, unreliableDatabase } from '../../support/unreliable.ts';

const { tables } = await bareTables();

/** Some processes book calls that nothing limits, over a line on which anything may happen; whoever fails tries again. */
const story = fc.record({
  seed: fc.integer(),
  processes: fc.integer({ min: 1, max: 4 }),
  calls: fc.integer({ min: 20, max: 120 }),
  faults: fc.double({ min: 0.1, max: 0.3, noNaN: true }),
  restMs: fc.constantFrom(0, 0, 1, 5),
});

let runs = 0;

test('what nothing limits is booked to the nano-dollar, whatever fails, however it is gathered', async () => {
  const database = direct(
    { url: tables.direct, region: 'local' },
    { timer, now: Date.now, random: Math.random },
  )({
    tryMs: 60_000,
    tries: 1,
  });
  const seen = { faults: 0, failed: 0 };
  const untilItIs = async (settle: () => Promise<void>): Promise<void> => {
    for (;;) {
      try {
        return await settle();
      } catch {
        seen.failed++;
      }
    }
  };
  await fc.assert(
    fc.asyncProperty(story, async ({ seed, processes, calls, faults, restMs }) => {
      const dice = chance(seed);
      const run = ++runs;
      const kinds: readonly Fault[] = ['lost', 'never sent', 'late', 'throttled'];
      const lines = Array.from({ length: processes }, () =>
        unreliableDatabase(database, () => ({
          fault: dice() < faults ? (kinds[Math.floor(dice() * kinds.length)] ?? 'none') : 'none',
          after: Math.floor(dice() * 20),
        })),
      );
      // Tried once or twice, and no patience afterwards: so that some fail, and are settled again.
      const odd = { restMs, timeoutMs: 60, patienceMs: 0 };
      const ledgers = lines.map((line) => ledgerAt(tables.direct, { ...odd, database: line.database }).ledger);
      const scopes = [scope('key', `k${run}`), scope('tenant', `t${run}`)];
      let total = 0;
      const queue = Array.from({ length: calls }, (_, index) => index);
      const worker = async () => {
        for (let index = queue.shift(); index !== undefined; index = queue.shift()) {
          const ledger = ledgers[Math.floor(dice() * ledgers.length)];
          const admission = await ledger?.reserve(asking(`req_${run}_${index}`, scopes, 500));
          if (!ledger || !admission?.ok) throw new Error('Nothing limits it.');
          const nanoDollars = Math.floor(dice() * 1_000);
          total += nanoDollars;
          await untilItIs(() => ledger.settle(admission.hold, billOf(nanoDollars)));
        }
      };
      await Promise.all(Array.from({ length: 8 }, worker));
      for (const line of lines) {
        for (const kind of kinds) seen.faults += line.faults[kind];
        await line.arrived();
      }
      for (const { id } of scopes)
        expect(await tables.spent(id)).toMatchObject({ total, calls, item: { promptTokens: 10 * calls } });
    }),
    { numRuns: 30 },
  );
  expect(seen.faults).toBeGreaterThan(50);
  expect(seen.failed).toBeGreaterThan(5);
}, 120_000);
