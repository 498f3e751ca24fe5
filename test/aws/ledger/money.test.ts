import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { direct } from '../../../lib/aws/direct.ts';
import { dynamodb } from '../../../lib/aws/dynamodb.ts';
import { persistently } from '../../../lib/aws/ledger/persist.ts';
import type { Hold, Scope } from '../../../lib/ledger/admission.ts';
import type { Bill, CallRecord } from '../../../lib/world.ts';
import { bareTables } from '../../support/bare-tables.ts';
import { chance } from '../../support/chance.ts';
import { asking, billOf, ledgerAt, scope } from '../../support/ledgers.ts';
import type { Tables } from '../../support/tables.ts';
import { timer } from '../../support/timer.ts';
import { type Fault, type Unreliable, unreliableDatabase } from '../../support/unreliable.ts';

/** Two runs are played at once. Each has a clock of its own, which its sweep goes by, and so a database of its own. */
const [left, right] = await Promise.all([bareTables(), bareTables()]);

/** A run takes less time than a sign that turns late twins away is kept, as nothing is under way for so long. */
const HOLD_MS = 30_000;
/** What befalls a request is for the line to say, not for a machine that is busy with other things. */
const PATIENCE = { tryMs: 60_000, tries: 1 };
const NOON = Date.UTC(2026, 10, 23, 12);
/** What was done over all runs: the figures the promise is made for. */
const done = { calls: 0, crashes: 0, faults: 0, late: 0, refused: 0, waited: 0, swept: 0 };

/** A process with a ledger, and how it ends. */
type Environment = { readonly at: ReturnType<typeof ledgerAt>; readonly line: Unreliable; crashed: boolean };

/** What became of a call, as its provider knows it. */
type Made = {
  readonly hold: Hold;
  readonly actual: number;
};

/** One run: some environments make calls in four scopes at once, over a line on which anything may happen, and some die. */
const story = fc.record({
  seed: fc.integer(),
  budget: fc.integer({ min: 200_000, max: 2_000_000 }),
  calls: fc.integer({ min: 160, max: 260 }),
  environments: fc.integer({ min: 3, max: 6 }),
  faults: fc.double({ min: 0.03, max: 0.15, noNaN: true }),
  crashes: fc.double({ min: 0.05, max: 0.1, noNaN: true }),
});

type Story = typeof story extends fc.Arbitrary<infer T> ? T : never;

let runs = 0;

async function play({ seed, budget, calls, environments, faults, crashes }: Story, tables: Tables) {
  const dice = chance(seed);
  const run = ++runs;
  let now = NOON;
  const kept = { now: () => now, holdMs: HOLD_MS, timeoutMs: PATIENCE.tryMs };
  const client = dynamodb({ endpoint: tables.direct, ...PATIENCE }); // of the sweep
  const means = { timer, now: Date.now, random: Math.random };
  const database = direct({ url: tables.direct, region: 'local' }, means)(PATIENCE);
  const born = (): Environment => {
    const kinds: readonly Fault[] = ['lost', 'never sent', 'late', 'throttled'];
    const line = unreliableDatabase(database, () => ({
      fault: dice() < faults ? (kinds[Math.floor(dice() * kinds.length)] ?? 'none') : 'none',
      after: Math.floor(dice() * 40),
    }));
    const restMs = Math.floor(dice() * 3);
    const at = ledgerAt(tables.direct, { ...kept, client, database: line.database, clock: soon, restMs });
    return { at, line, crashed: false };
  };
  const alive = Array.from({ length: environments }, born);
  const dead: Environment[] = [];
  const tenant = scope('tenant', `t${run}`, { budgets: { day: budget, month: budget * 2 }, rates: {} });
  const scopesOf = (): readonly Scope[] => [
    scope('key', `k${run}-${Math.floor(dice() * 2)}`, {
      budgets: { day: Math.floor(budget * 0.8) },
      rates: { concurrent: 200 },
    }),
    scope('user', `u${run}-${Math.floor(dice() * 3)}`, { budgets: { total: Math.floor(budget * 0.7) }, rates: {} }),
    scope('feature', `f${run}`, { budgets: { hour: budget }, rates: {} }),
    tenant,
  ];
  const asked = new Map<string, readonly Scope[]>();
  const made: Made[] = [];
  const billed = new Map<string, number>();
  const limits = new Map<string, number>();

  const one = async (index: number) => {
    const slot = Math.floor(dice() * alive.length);
    const environment = alive[slot];
    if (environment === undefined) return;
    const id = `req_${run}_${index}`;
    const scopes = scopesOf();
    asked.set(id, scopes);
    const ceiling = 1_000 + Math.floor(dice() * 20_000);
    const demand = { nanoDollars: ceiling, leastNanoDollars: Math.ceil(ceiling / 2), tokens: 100 };
    const dies = dice() < crashes;
    const when = dice();
    const kill = () => {
      if (environment.crashed) return;
      environment.crashed = true;
      environment.line.crash();
      dead.push(environment);
      alive.splice(alive.indexOf(environment), 1, born());
      done.crashes++;
    };
    if (dies && when < 0.3) setImmediate(kill); // while it is being let in
    try {
      done.calls++;
      const more = { tenant: tenant.name, demand };
      let admission = await environment.at.ledger.reserve(asking(id, scopes, ceiling, { ...more, at: now }));
      for (let turn = 1; turn < 3 && !admission.ok && admission.refusal.soon; turn++) {
        done.waited++;
        admission = await environment.at.ledger.reserve(asking(id, scopes, ceiling, { ...more, at: now, turn }));
      }
      if (!admission.ok) {
        done.refused++;
        return;
      }
      if (environment.crashed) return;
      // The provider is called: from here on it will ask for its money, whoever lives to see it.
      const { hold } = admission;
      const actual = Math.floor(dice() * (hold.nanoDollars + 1));
      made.push({ hold, actual });
      for (const {
        id: scopeId,
        limits: { budgets = {} },
      } of scopes) {
        billed.set(scopeId, (billed.get(scopeId) ?? 0) + actual);
        limits.set(scopeId, Math.min(...Object.values(budgets)));
        if ((billed.get(scopeId) ?? 0) > (limits.get(scopeId) ?? 0)) throw new Error(`Overspent in ${scopeId}`);
      }
      if (dies && when < 0.5) return kill(); // while its answer streams
      if (dies && when < 0.75) setImmediate(kill); // while it is written down
      const call = recordOf(hold, actual);
      const written = { timer: soon, now: () => now, forMs: HOLD_MS };
      const bill = await persistently(() => environment.at.book.record(call), written);
      if (dies) setImmediate(kill); // while it is settled
      await environment.at.ledger.settle(hold, bill);
    } catch (error) {
      if (error instanceof Error && error.message.startsWith('Overspent')) throw error;
    }
  };
  // Time goes on, and the sweep comes by again and again, while calls are under way.
  const sweeper = ledgerAt(tables.direct, { ...kept, client });
  const sweeps: Promise<number>[] = [];
  const queue = Array.from({ length: calls }, (_, index) => index);
  await Promise.all(
    Array.from({ length: 24 }, async () => {
      for (let index = queue.shift(); index !== undefined; index = queue.shift()) {
        now += HOLD_MS / 100;
        if (index % 25 === 24) sweeps.push(sweeper.sweep());
        await one(index);
      }
    }),
  );
  for (const ended of await Promise.all(sweeps)) done.swept += ended;
  // Everything comes to rest: those who live finish, what was late arrives, and the sweep ends what nobody ended.
  for (const { at, line } of [...alive, ...dead]) {
    done.faults += Object.entries(line.faults).reduce((sum, [kind, count]) => (kind === 'none' ? sum : sum + count), 0);
    done.late += line.faults.late;
    await at.ledger.idle();
    await line.arrived();
  }
  now += HOLD_MS + 1;
  await sweeper.sweep();
  const counters = await countersOf(limits.keys(), tables);
  const booked = new Map((await tables.calls(tenant.name)).map(({ id, bill }) => [String(id), bill as Bill]));
  sweeper.close();
  return { asked, made, limits, counters, booked };
}

const recordOf = (hold: Hold, nanoDollars: number): CallRecord => ({
  id: hold.id,
  mark: hold.mark,
  at: hold.at,
  tenant: hold.tenant,
  keyId: hold.keyId,
  endpoint: '/v1/chat/completions',
  stream: false,
  requestedModel: hold.model,
  attempts: [],
  status: 'ok',
  bill: billOf(nanoDollars),
  totalMs: 1,
  ownMs: 1,
});

const soon = (_: number, ring: () => void) => {
  const turn = setImmediate(ring);
  return () => clearImmediate(turn);
};

async function countersOf(scopeIds: Iterable<string>, tables: Tables) {
  const found = new Map<string, Readonly<Record<string, unknown>>>();
  for (const id of scopeIds) found.set(id, (await tables.spent(id)).item);
  return found;
}

/** Plays a run, and checks that its counters and its book say what was done. */
async function comesOutRight(given: Story, tables: Tables): Promise<void> {
  const { asked, made, limits, counters, booked } = await play(given, tables);
  const sumOver = (scopeId: string, amounts: Iterable<readonly [id: string, nanoDollars: number]>) => {
    let sum = 0;
    for (const [id, nanoDollars] of amounts)
      if (asked.get(id)?.some((scope) => scope.id === scopeId)) sum += nanoDollars;
    return sum;
  };
  for (const [scopeId, limit] of limits) {
    const item = counters.get(scopeId) ?? {};
    const total = Number(item.total ?? 0);
    // Nothing is left over.
    expect(Object.keys(item).filter((name) => name.startsWith('r#'))).toEqual([]);
    expect(Number(item.live ?? 0)).toBe(0);
    expect([Number(item.d20261123 ?? 0), Number(item.mo202611 ?? 0)]).toEqual([total, total]);
    // Never more than the limit, never less than the provider asks for.
    expect(total).toBeLessThanOrEqual(limit);
    expect(total).toBeGreaterThanOrEqual(
      sumOver(
        scopeId,
        made.map(({ hold, actual }) => [hold.id, actual]),
      ),
    );
    // The counter is the book, to the nano-dollar: what was settled, and what was charged of calls whose process died.
    expect(total).toBe(
      sumOver(
        scopeId,
        [...booked].map(([id, { nanoDollars }]) => [id, nanoDollars]),
      ),
    );
  }
  // Every call that its provider was paid for is in the book, for no less.
  for (const { hold, actual } of made) expect(booked.get(hold.id)?.nanoDollars).toBeGreaterThanOrEqual(actual);
}

describe('money', () => {
  test('is never overspent, never leaks and never miscounts, whatever fails and whoever dies', async () => {
    await fc.assert(
      fc.asyncProperty(story, story, async (one, other) => {
        await Promise.all([comesOutRight(one, left.tables), comesOutRight(other, right.tables)]);
      }),
      { numRuns: 28, endOnFailure: true },
    );
    expect(done.calls).toBeGreaterThanOrEqual(10_000);
    expect(done.crashes).toBeGreaterThanOrEqual(300);
    expect(done.late).toBeGreaterThanOrEqual(250);
    expect([done.waited, done.swept].every((count) => count > 100)).toBe(true);
  }, 600_000);
});
