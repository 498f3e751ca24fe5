import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { dynamodb } from '../../../lib/aws/dynamodb.ts';
import type { Alert, Hold, Reservation, Scope } from '../../../lib/ledger/admission.ts';
import type { CallRecord } from '../../../lib/world.ts';
import { failureOf } from '../../support/bytes.ts';
import { scratch } from '../../support/gateway.ts';
import { asking, billOf, ledgerAt, type Odd, scope } from '../../support/ledgers.ts';
import { losingAnswers } from '../../support/lost-answers.ts';
import { startTables, type Tables } from '../../support/tables.ts';

const { folder, remove } = scratch();
let tables: Tables;
const open = new Set<ReturnType<typeof ledgerAt>>();
beforeAll(async () => {
  tables = await startTables(`${folder}/data`, 'bare');
});
afterAll(async () => {
  for (const each of open) each.close();
  await tables?.stop();
  remove();
});

const NOON = Date.UTC(2026, 10, 23, 12);
const HOLD_MS = 60_000;
let now = NOON;
let names = 0;

function environment(odd: Odd = {}) {
  const at = ledgerAt(tables.endpoint, { now: () => now, holdMs: HOLD_MS, ...odd });
  open.add(at);
  return at;
}
const capped = (day: number, kind: Scope['kind'] = 'tenant') =>
  scope(kind, `s${++names}`, { budgets: { day }, rates: {} });
const itemOf = async ({ id }: Scope) => (await tables.spent(id)).item;
const marks = (item: object) => Object.keys(item).filter((name) => name.startsWith('r#'));

async function held(at: ReturnType<typeof environment>, reservation: Reservation): Promise<Hold> {
  const admission = await at.ledger.reserve({ ...reservation, at: now });
  if (!admission.ok) throw new Error(`Refused: ${JSON.stringify(admission.refusal)}`);
  return admission.hold;
}

describe('a hold', () => {
  test('is in every scope or in none: where one refuses, the others are as they were', async () => {
    const at = environment();
    const [rich, poor] = [capped(1_000), capped(1_000)];
    const other = environment();
    await other.ledger.settle(await held(other, asking('req_before', [poor], 800)), billOf(800));
    const admission = await at.ledger.reserve(asking('req_none', [rich, poor], 500));
    expect(admission).toMatchObject({ ok: false, refusal: { scope: poor, limit: 1_000, spent: 800, wanted: 500 } });
    expect(await itemOf(rich)).toMatchObject({ total: 0, d20261123: 0, live: 0 });
    expect(marks(await itemOf(rich))).toEqual([]);
  });

  test('that a scope is known to refuse touches no other scope', async () => {
    const at = environment();
    const [rich, poor] = [capped(1_000), capped(10)];
    const admission = await at.ledger.reserve(asking('req_poor', [rich, poor], 500));
    expect(admission).toMatchObject({ ok: false, refusal: { scope: poor, kind: 'dollars', limit: 10, wanted: 500 } });
    expect([await itemOf(rich), await itemOf(poor)]).toEqual([{}, {}]);
  });

  test('is taken once when its answer was lost, and once when all its answers were: then it is called off', async () => {
    const client = dynamodb({ endpoint: tables.endpoint, tryMs: 2_500, tries: 1 });
    losingAnswers(client, 2);
    const at = environment({ client });
    const one = capped(1_000);
    await at.ledger.settle(await held(at, asking('req_lost', [one], 600)), billOf(400));
    expect(await itemOf(one)).toMatchObject({ total: 400, calls: 1, live: 0 });
    client.destroy();

    const mute = dynamodb({ endpoint: tables.endpoint, tryMs: 2_500, tries: 1 });
    losingAnswers(mute, 3);
    const other = environment({ client: mute, timeoutMs: 100 }); // three tries
    expect(await failureOf(other.ledger.reserve(asking('req_mute', [one], 600)))).toMatchObject({
      code: 'gateway_unavailable',
    });
    await expect.poll(async () => itemOf(one)).toMatchObject({ total: 400, live: 0 });
    expect(marks(await itemOf(one))).toEqual([]);
    mute.destroy();
  });

  test('grants what a budget has left, where that is enough for the call', async () => {
    const at = environment();
    const one = capped(1_000);
    const demand = { nanoDollars: 800, leastNanoDollars: 300, tokens: 1 };
    expect((await held(at, asking('req_all', [one], 0, { demand }))).nanoDollars).toBe(800);
    const refused = await at.ledger.reserve(asking('req_little', [one], 0, { demand }));
    expect(refused).toMatchObject({ ok: false, refusal: { soon: true, held: 800, spent: 0 } });
    expect(
      (await held(at, asking('req_rest', [one], 0, { demand: { ...demand, leastNanoDollars: 200 } }))).nanoDollars,
    ).toBe(200);
  });

  test('grows for another attempt, or not at all', async () => {
    const at = environment();
    const [one, two] = [capped(1_000), capped(700)];
    const hold = await held(at, asking('req_raised', [one, two], 300));
    expect(await at.ledger.raise(hold, 300)).toBe(true);
    expect(await itemOf(one)).toMatchObject({ total: 600 });
    expect(await at.ledger.raise(hold, 300)).toBe(false); // the second has only 100 left
    expect([await itemOf(one), await itemOf(two)]).toMatchObject([{ total: 600 }, { total: 600 }]);
    await at.ledger.settle(hold, billOf(550));
    for (const each of [one, two]) expect(await itemOf(each)).toMatchObject({ total: 550, d20261123: 550, live: 0 });
  });

  test('grows by all that is asked for at once', async () => {
    const at = environment();
    const one = capped(1_000);
    const hold = await held(at, asking('req_twice', [one], 100));
    const raised = await Promise.all([300, 300, 300, 300].map((more) => at.ledger.raise(hold, more)));
    expect(raised).toEqual([true, true, true, false]);
    expect(await itemOf(one)).toMatchObject({ total: 1_000 });
    await at.ledger.settle(hold, billOf(900));
    expect(await itemOf(one)).toMatchObject({ total: 900, d20261123: 900, live: 0 });
  });

  test('that grew while the answer to that was lost is settled for what it is', async () => {
    const client = dynamodb({ endpoint: tables.endpoint, tryMs: 2_500, tries: 1 });
    const at = environment({ client, timeoutMs: 200 }); // four tries
    const one = capped(1_000);
    const hold = await held(at, asking('req_grown', [one], 300));
    losingAnswers(client, 6);
    expect(await at.ledger.raise(hold, 200)).toBe(false); // as far as is known
    await at.ledger.settle(hold, billOf(250));
    expect(await itemOf(one)).toMatchObject({ total: 250, d20261123: 250, live: 0 });
    client.destroy();
  });
});

describe('a call that asks again', () => {
  test('keeps the place of its later asking, though its earlier one is called off meanwhile', async () => {
    const client = dynamodb({ endpoint: tables.endpoint, tryMs: 2_500, tries: 1 });
    const [at, other] = [environment({ client }), environment()];
    const one = capped(1_000);
    const first = await held(other, asking('req_first', [one], 900));
    losingAnswers(client, 1); // so that a twin of the refused asking may still be on its way, and must be called off
    expect(await at.ledger.reserve(asking('req_again', [one], 900, { at: now }))).toMatchObject({ ok: false });
    await other.ledger.settle(first, billOf(0));
    now += 25;
    const hold = await held(at, asking('req_again', [one], 900, { turn: 1 }));
    await at.ledger.idle();
    expect(await itemOf(one)).toMatchObject({ total: 900, live: 1 });
    expect(await other.ledger.reserve(asking('req_third', [one], 900, { at: now }))).toMatchObject({ ok: false });
    await at.ledger.settle(hold, billOf(900));
    expect(await itemOf(one)).toMatchObject({ total: 900, calls: 2, live: 0 });
    client.destroy();
  });
});

describe('a call that nobody ended', () => {
  test('is charged in the counters that are left, when it was settled in others without being written down', async () => {
    const dead = environment();
    const scopes = [capped(1_000, 'key'), capped(1_000)];
    const [key, tenant] = scopes;
    await held(dead, asking('req_unwritten', scopes, 900));
    // What settling in one counter leaves behind, the other not being reached any more.
    await tables.put('counters', {
      pk: tenant?.id,
      sk: 'counter',
      total: 900,
      d20261123: 900,
      mo202611: 900,
      live: 0,
      calls: 1,
      'f#req_unwritten': now,
    });
    now += HOLD_MS;
    await environment().sweep();
    expect((await tables.spent(String(key?.id))).item).toMatchObject({ total: 900, live: 0 });
  });

  test('that has no place in some of its counters was never let in, and is as if it had not been', async () => {
    const dead = environment();
    const scopes = [capped(1_000, 'key'), capped(1_000)];
    const [key, tenant] = scopes;
    await held(dead, asking('req_half', scopes, 900));
    await tables.put('counters', { pk: tenant?.id, sk: 'counter', total: 0, live: 0 });
    now += HOLD_MS;
    await environment().sweep();
    expect((await tables.spent(String(key?.id))).item).toMatchObject({ total: 0, live: 0 });
    expect((await tables.calls('acme')).filter(({ id }) => id === 'req_half')).toEqual([]);
  });

  test('is taken out of the windows it was counted in, though its scope has other limits by then', async () => {
    const at = environment();
    const one = capped(10_000);
    const hourly = { ...one, limits: { budgets: { hour: 10_000 }, rates: {} } };
    await held(environment(), asking('req_daily', [one], 900));
    await at.ledger.settle(await held(at, asking('req_hourly', [hourly], 500)), billOf(500));
    now += HOLD_MS;
    await environment().sweep();
    const item = await itemOf(one);
    expect(
      Object.entries(item)
        .filter(([name]) => /^h\d/.test(name))
        .map(([, value]) => value),
    ).toEqual([500]);
    expect(item).toMatchObject({ total: 1_400 });
  });

  test('leaves those alone in the same counter that still have time', async () => {
    const [dead, alive] = [environment(), environment()];
    const one = capped(10_000);
    await held(dead, asking('req_over', [one], 900));
    now += HOLD_MS / 2;
    const hold = await held(alive, asking('req_under', [one], 700));
    now += HOLD_MS / 2;
    await environment().sweep();
    expect(await itemOf(one)).toMatchObject({ total: 1_600, live: 1 });
    expect(marks(await itemOf(one))).toEqual(['r#req_under']);
    await alive.ledger.settle(hold, billOf(1));
    expect(await itemOf(one)).toMatchObject({ total: 901, live: 0 });
  });

  test('is recorded with its user and its feature', async () => {
    const named = { user: 'ann', feature: 'search' };
    await held(environment(), asking('req_named', [capped(1_000)], 900, named));
    now += HOLD_MS;
    await environment().sweep();
    expect((await tables.calls('acme')).filter(({ id }) => id === 'req_named')).toMatchObject([named]);
  });

  test('is charged what it held once its time is over, recorded as abandoned, and by nobody else again', async () => {
    const [dead, alive] = [environment(), environment()];
    const scopes = [capped(1_000, 'key'), capped(1_000), capped(1_000, 'user')];
    await held(dead, asking('req_dead', scopes, 300));
    await alive.sweep();
    for (const each of scopes) expect(marks(await itemOf(each))).toHaveLength(1); // it may still be under way
    now += HOLD_MS;
    await Promise.all([alive.sweep(), environment().sweep()]);
    for (const each of scopes) {
      expect(await itemOf(each)).toMatchObject({ total: 300, d20261123: 300, live: 0, calls: 1 });
      expect(marks(await itemOf(each))).toEqual([]);
    }
    expect((await tables.calls('acme')).filter(({ id }) => id === 'req_dead')).toMatchObject([
      {
        status: 'abandoned',
        keyId: 'key_1',
        model: 'lab/m',
        bill: { nanoDollars: 300, estimated: true },
      },
    ]);
  });

  test('is booked as it was written down, when it was', async () => {
    const at = environment();
    const one = capped(1_000);
    const hold = await held(at, asking('req_written', [one], 300));
    const call: CallRecord = {
      id: hold.id,
      at: now,
      tenant: 'acme',
      keyId: 'key_1',
      endpoint: '/v1/chat/completions',
      stream: false,
      requestedModel: 'lab/m',
      attempts: [],
      status: 'ok',
      bill: billOf(120, 7, 3),
      totalMs: 1,
      ownMs: 1,
    };
    await at.book.record(call);
    now += HOLD_MS;
    await environment().sweep();
    expect(await itemOf(one)).toMatchObject({ total: 120, live: 0, promptTokens: 7, completionTokens: 3 });
    expect((await tables.calls('acme')).filter(({ id }) => id === 'req_written')).toMatchObject([{ status: 'ok' }]);
  });

  test('frees its place at the next call of its scope, without a sweep', async () => {
    const [dead, alive] = [environment(), environment()];
    const one = scope('tenant', `s${++names}`, { budgets: { day: 10_000 }, rates: { concurrent: 2 } });
    await held(dead, asking('req_stuck', [one], 300));
    now += HOLD_MS;
    const other = await held(alive, asking('req_next', [one], 300));
    await alive.ledger.settle(other, billOf(100));
    expect(await itemOf(one)).toMatchObject({ total: 400, live: 0, calls: 2 });
  });

  test('does not keep others out of a scope whose places are all taken by the dead', async () => {
    const [dead, alive] = [environment(), environment()];
    const one = scope('tenant', `s${++names}`, { budgets: {}, rates: { concurrent: 1 } });
    await held(dead, asking('req_only', [one], 0));
    now += HOLD_MS;
    expect(await alive.ledger.reserve(asking('req_after', [one], 0, { at: now }))).toMatchObject({ ok: true });
  });
});

describe('windows', () => {
  test('roll by the clock, and an item never grows', async () => {
    const at = environment();
    const limits = {
      budgets: { minute: 3_000, hour: 9_000, day: 20_000, month: 900_000, total: 5_000_000 },
      rates: { rpm: 5, tpm: 5_000 },
    };
    const one = scope('tenant', `s${++names}`, limits);
    let call = 0;
    let largest = 0;
    for (let step = 0; step < 120; step++) {
      now += [20_000, 61_000, 1_800_000, 86_400_000][step % 4] ?? 0;
      const hold = await held(at, asking(`req_step_${++call}`, [one], 900));
      await at.ledger.settle(hold, billOf(800));
      largest = Math.max(largest, Object.keys(await itemOf(one)).length);
    }
    expect(await itemOf(one)).toMatchObject({ total: 120 * 800, live: 0, calls: 120 });
    expect(largest).toBeLessThan(60); // a month of days, and what is of now
  });

  test('of a minute and an hour refuse, and let in again when they are over', async () => {
    const at = environment();
    const one = scope('tenant', `s${++names}`, { budgets: { minute: 1_000, hour: 1_800 }, rates: {} });
    await at.ledger.settle(await held(at, asking('req_m1', [one], 900)), billOf(900));
    expect(await at.ledger.reserve(asking('req_m2', [one], 900, { at: now }))).toMatchObject({
      refusal: { window: 'minute', spent: 900 },
    });
    now += 60_000;
    await at.ledger.settle(await held(at, asking('req_m3', [one], 900)), billOf(900));
    now += 60_000;
    const refused = await at.ledger.reserve(asking('req_m4', [one], 900, { at: now }));
    expect(refused).toMatchObject({ refusal: { window: 'hour', spent: 1_800 } });
    if (!refused.ok) now += refused.refusal.retryAfterMs ?? 0;
    await held(at, asking('req_m5', [one], 900));
  });
});

describe('alerts', () => {
  test('are told once for each threshold and window, whoever calls at once', async () => {
    const told: Alert[] = [];
    const tell = async (alert: Alert) => void told.push(alert);
    const environments = [environment({ tell }), environment({ tell }), environment({ tell })];
    const one = scope('tenant', 'alerted', { budgets: { day: 10_000, month: 1_000_000 }, rates: {} });
    for (let round = 0; round < 4; round++)
      await Promise.all(
        environments.map(async (at, index) =>
          at.ledger.settle(await held(at, asking(`req_a${round}_${index}`, [one], 800)), billOf(800)),
        ),
      );
    expect(told.map(({ thresholdPercent }) => thresholdPercent)).toEqual([50, 80]); // 9,600 of 10,000 are spent
    const [at] = environments;
    const reservation = asking('req_a_over', [one], 800, { at: now });
    const admission = await at?.ledger.reserve(reservation);
    if (admission?.ok !== false) throw new Error('It should have been refused.');
    await Promise.all(environments.map((each) => each.ledger.turnedAway(admission.refusal, reservation)));
    expect(told.map(({ thresholdPercent, window }) => `${window} ${thresholdPercent}`)).toEqual([
      'day 50',
      'day 80',
      'day 100',
    ]);
    expect(told[2]).toMatchObject({
      tenant: 'acme',
      scope: 'tenant',
      name: 'alerted',
      limitUsd: '0.00001',
      spentUsd: '0.0000096',
    });
    now += 86_400_000;
    if (at !== undefined) await at.ledger.settle(await held(at, asking('req_a_new', [one], 6_000)), billOf(6_000));
    expect(told).toHaveLength(4); // a new day, a new story
  });

  test('are told though the answer to who may tell is lost, and by another when who was about to tell has died', async () => {
    const told: Alert[] = [];
    const tell = async (alert: Alert) => void told.push(alert);
    const client = dynamodb({ endpoint: tables.endpoint, tryMs: 2_500, tries: 1 });
    const at = environment({ client, tell });
    const one = capped(1_000);
    const hold = await held(at, asking('req_l1', [one], 600));
    losingAnswers(client, 2); // that of the settlement, and that of the claim
    await at.ledger.settle(hold, billOf(600));
    expect(told.map(({ thresholdPercent }) => thresholdPercent)).toEqual([50]);
    client.destroy();

    const dying = environment({ tell: () => new Promise(() => {}) });
    const last = await held(dying, asking('req_l2', [one], 250));
    void dying.ledger.settle(last, billOf(250)); // never comes to an end: it dies while it tells
    await expect.poll(async () => Object.keys(await itemOf(one)).some((name) => name.startsWith('p#'))).toBe(true);
    const alive = environment({ tell });
    await alive.ledger.settle(await held(alive, asking('req_l3', [one], 1)), billOf(1));
    expect(told).toHaveLength(1); // somebody may still be telling
    now += 60_001;
    await alive.ledger.settle(await held(alive, asking('req_l4', [one], 1)), billOf(1));
    expect(told.map(({ thresholdPercent }) => thresholdPercent)).toEqual([50, 80]);
  });

  test('that could not be sent are sent by the next call', async () => {
    const told: Alert[] = [];
    let down = true;
    const at = environment({
      tell: async (alert) => {
        if (down) throw new Error('The topic is away.');
        told.push(alert);
      },
    });
    const one = capped(1_000);
    await at.ledger.settle(await held(at, asking('req_t1', [one], 600)), billOf(600));
    expect([told, at.lines]).toEqual([[], [expect.stringContaining('could not be sent')]]);
    down = false;
    await at.ledger.settle(await held(at, asking('req_t2', [one], 10)), billOf(10));
    expect(told.map(({ thresholdPercent }) => thresholdPercent)).toEqual([50]);
  });
});
