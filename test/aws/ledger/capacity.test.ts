import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Hold, Refusal, Scope } from '../../../lib/ledger/admission.ts';
import { type Priority, unlimited } from '../../../lib/ledger/limits.ts';
import { scopesOf } from '../../../lib/ledger/scopes.ts';
import { scratch } from '../../support/gateway.ts';
import { asking, billOf, ledgerAt, scope } from '../../support/ledgers.ts';
import { startTables, type Tables } from '../../support/tables.ts';

const { folder, remove } = scratch();
let tables: Tables;
let at: ReturnType<typeof ledgerAt>;
let now = Date.UTC(2026, 10, 23, 12);
let calls = 0;
beforeAll(async () => {
  tables = await startTables(`${folder}/data`, 'bare');
  at = ledgerAt(tables.endpoint, { now: () => now });
});
afterAll(async () => {
  at?.close();
  await tables?.stop();
  remove();
});

/** The scopes of a tenant's call to a provider with so much capacity. */
function scopesAt(provider: string, rates: Scope['limits']['rates'], tenant: string, priority: Priority = 'standard') {
  return scopesOf({ tenant, keyId: tenant, limits: unlimited, priority }, { name: provider, rates }, undefined);
}

/** One try to call; a refusal is remembered, as the gateway does. */
async function call(scopes: readonly Scope[]): Promise<{ readonly hold: Hold } | { readonly refusal: Refusal }> {
  const tenant = scopes.find(({ kind }) => kind === 'tenant')?.name ?? '';
  const reservation = asking(`req_${++calls}`, scopes, 0, { tenant, at: now });
  const admission = await at.ledger.reserve(reservation);
  if (admission.ok) return { hold: admission.hold };
  await at.ledger.turnedAway(admission.refusal, reservation);
  return { refusal: admission.refusal };
}

/** How many of so many calls at once are let in. */
async function burst(count: number, scopes: readonly Scope[]): Promise<readonly Hold[]> {
  const tried = await Promise.all(Array.from({ length: count }, () => call(scopes)));
  return tried.flatMap((each) => ('hold' in each ? [each.hold] : []));
}

describe('the capacity of a provider', () => {
  test.each([
    ['calls at once', { concurrent: 10 }],
    ['requests a minute', { rpm: 10 }],
  ])('in %s: a burst of low priority leaves room for standard, and standard for high', async (what, rates) => {
    const lab = `tiers-${what}`;
    expect(await burst(30, scopesAt(lab, rates, 'crawler', 'low'))).toHaveLength(7);
    expect(await burst(30, scopesAt(lab, rates, 'app', 'standard'))).toHaveLength(2);
    expect(await burst(30, scopesAt(lab, rates, 'checkout', 'high'))).toHaveLength(1);
  });

  test('in tokens a minute: the parts of each priority, and at most one call more', async () => {
    const rates = { tpm: 10_000 }; // a call of these tests is reckoned with 100 tokens
    expect(await burst(100, scopesAt('tokens', rates, 'crawler', 'low'))).toHaveLength(70);
    expect(await burst(100, scopesAt('tokens', rates, 'app', 'standard'))).toHaveLength(20);
    expect(await burst(100, scopesAt('tokens', rates, 'checkout', 'high'))).toHaveLength(10);
  });

  test('however small, is enough for one call of any priority', async () => {
    expect(await burst(3, scopesAt('tiny', { concurrent: 1 }, 'crawler', 'low'))).toHaveLength(1);
  });

  test('is all a tenant’s while nobody else asks, and shared by halves once somebody does', async () => {
    const busy = scopesAt('shared', { concurrent: 10 }, 'busy');
    const quiet = scopesAt('shared', { concurrent: 10 }, 'quiet');
    const holds = [...(await burst(40, busy))];
    expect(holds).toHaveLength(9);
    // From here on forty workers of one tenant and eight of another try without pause, and each call ends after a while.
    const running = { busy: holds, quiet: [] as Hold[] };
    const served = { busy: 0, quiet: 0 };
    for (let round = 0; round < 40; round++) {
      now += 250;
      for (const [name, scopes, workers] of [
        ['busy', busy, 40],
        ['quiet', quiet, 8],
      ] as const) {
        const fresh = await burst(Math.min(6, workers - running[name].length), scopes);
        served[name] += fresh.length;
        running[name].push(...fresh);
      }
      for (const name of ['busy', 'quiet'] as const) {
        const ending = running[name].splice(0, Math.ceil(running[name].length / 3));
        await Promise.all(ending.map((hold) => at.ledger.settle(hold, billOf(0))));
      }
    }
    expect(served.quiet / (served.busy + served.quiet)).toBeGreaterThan(0.4);
    now += 10_000;
    await Promise.all([...running.busy, ...running.quiet].map((hold) => at.ledger.settle(hold, billOf(0))));
    expect(await burst(40, busy)).toHaveLength(9); // nothing lies idle once nobody waits
  });

  test('a waiting tenant of lower priority holds nobody back', async () => {
    const rates = { concurrent: 10 };
    const first = await burst(10, scopesAt('ranks', rates, 'checkout', 'high'));
    expect(first).toHaveLength(10);
    expect(await burst(3, scopesAt('ranks', rates, 'crawler', 'low'))).toHaveLength(0);
    await Promise.all(first.slice(0, 4).map((hold) => at.ledger.settle(hold, billOf(0))));
    expect(await burst(10, scopesAt('ranks', rates, 'checkout', 'high'))).toHaveLength(4);
  });

  test('is not taken, even for a moment, by calls that their own budget refuses', async () => {
    const rates = { concurrent: 2 };
    const poor = scopesOf(
      {
        tenant: 'poor',
        keyId: 'poor',
        limits: { ...unlimited, tenant: { budgets: { day: 10 }, rates: {} } },
        priority: 'high',
      },
      { name: 'guarded', rates },
      undefined,
    );
    const honest = scopesAt('guarded', rates, 'honest', 'high');
    const demand = { nanoDollars: 500, leastNanoDollars: 500, tokens: 1 };
    const hammering = Array.from({ length: 200 }, (_, each) =>
      at.ledger.reserve(asking(`req_poor_${each}`, poor, 500, { tenant: 'poor', at: now, demand })),
    );
    const served = [];
    for (let each = 0; each < 20; each++) {
      const [hold] = await burst(1, honest);
      served.push(hold !== undefined);
      if (hold !== undefined) await at.ledger.settle(hold, billOf(0));
    }
    expect((await Promise.all(hammering)).every(({ ok }) => !ok)).toBe(true);
    expect(served).toEqual(Array(20).fill(true));
    expect(Object.keys((await tables.spent('provider#guarded')).item).some((name) => name.includes('poor'))).toBe(
      false,
    );
  });

  test('leaves an item that holds nothing of tenants that are gone', async () => {
    const rates = { concurrent: 10, rpm: 1_000, tpm: 1_000_000 };
    for (let tenant = 0; tenant < 30; tenant++) {
      const [hold] = await burst(1, scopesAt('many', rates, `tenant${tenant}`));
      if (hold !== undefined) await at.ledger.settle(hold, billOf(0));
      now += 60_000;
    }
    await at.sweep();
    const { item } = await tables.spent('provider#many');
    const named = Object.keys(item).filter((name) => name.includes('~'));
    expect(named.length).toBeLessThan(12); // those of the last two minutes
  });
});

describe('one key', () => {
  test('takes sixty-four callers at once, and counts every call', async () => {
    const limits = {
      budgets: { day: 1_000_000_000, month: 9_000_000_000 },
      rates: { rpm: 1_000_000, tpm: 1_000_000_000, concurrent: 64 },
    };
    const scopes = [scope('key', 'crowd', limits), scope('tenant', 'crowd', limits)];
    const environments = Array.from({ length: 8 }, () => ledgerAt(tables.endpoint, { now: () => now }));
    const CALLS = 25;
    await Promise.all(
      Array.from({ length: 64 }, async (_, caller) => {
        for (let turn = 0; turn < CALLS; turn++) {
          const { ledger } = environments[(caller + turn) % environments.length] ?? at;
          const admission = await ledger.reserve(asking(`req_b${caller}_${turn}`, scopes, 1_000, { at: now }));
          if (!admission.ok) throw new Error(`Refused: ${JSON.stringify(admission.refusal)}`);
          await ledger.settle(admission.hold, billOf(caller * turn));
        }
      }),
    );
    for (const each of environments) each.close();
    const spent = (63 * 64 * (CALLS - 1) * CALLS) / 4;
    for (const { id } of scopes) {
      const { item, total, calls: counted } = await tables.spent(id);
      expect([total, counted, item.live]).toEqual([spent, 64 * CALLS, 0]);
      expect(Object.keys(item).filter((name) => name.startsWith('r#'))).toEqual([]);
    }
  });

  test('at 95 % of its tokens a minute, from fifty environments, turns nobody away for good, and never has more than its limit and one call', async () => {
    const TPM = 60_000;
    const actual = { input: 60, output: 40 };
    const one = scope('tenant', 'steady', { budgets: {}, rates: { tpm: TPM, rpm: 10_000 } });
    const environments = Array.from({ length: 50 }, () => ledgerAt(tables.endpoint, { now: () => now }));
    now = Date.UTC(2026, 10, 24, 12);
    const minutes = new Map<number, number>();
    const open: { readonly hold: Hold; readonly ledger: (typeof at)['ledger']; readonly endsAt: number }[] = [];
    const waiting: number[] = [];
    let refusedForGood = 0;
    const every = Math.round(60_000 / ((TPM * 0.95) / 100)); // a call of 100 tokens each, so often that 95 % are used
    for (let tick = 0, due = now; tick < 1_800; tick++, due += every) {
      now = due;
      for (const { hold, ledger } of open.splice(0, open.findIndex(({ endsAt }) => endsAt > now) + 1 || open.length))
        await ledger.settle(hold, billOf(0, actual.input, actual.output));
      waiting.push(now);
      while (waiting.length > 0) {
        const { ledger } = environments[tick % environments.length] ?? at;
        // Reckoned with half as much again as it comes to.
        const demand = { nanoDollars: 0, leastNanoDollars: 0, tokens: 150 };
        const admission = await ledger.reserve(asking(`req_s${tick}_${waiting.length}`, [one], 0, { at: now, demand }));
        if (!admission.ok) {
          if (!admission.refusal.soon) refusedForGood++;
          break; // it tries again with the next
        }
        waiting.shift();
        open.push({ hold: admission.hold, ledger, endsAt: now + 2_000 });
        const minute = Math.floor(now / 60_000);
        minutes.set(minute, (minutes.get(minute) ?? 0) + 100);
      }
    }
    for (const each of environments) each.close();
    expect([refusedForGood, waiting]).toEqual([0, []]);
    expect(Math.max(...minutes.values())).toBeLessThanOrEqual(TPM + 100);
  });
});
