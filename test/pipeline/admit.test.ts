import { describe, expect, test } from 'vitest';
import type { Caller } from '../../lib/caller.ts';
import { type Config, emptyConfig } from '../../lib/config/config.ts';
import { GatewayError } from '../../lib/errors.ts';
import type { Admission, Refusal, Reservation } from '../../lib/ledger/admission.ts';
import { unlimited } from '../../lib/ledger/limits.ts';
import { type Arrival, admit } from '../../lib/pipeline/admit.ts';
import { toCacheWish } from '../../lib/pipeline/cache/cache-wish.ts';
import { patient } from '../../lib/pipeline/patience.ts';
import { serve } from '../../lib/pipeline/serve.ts';
import type { World } from '../../lib/world.ts';
import { answered, answering, ask } from '../support/answering.ts';
import { failureOf } from '../support/bytes.ts';
import { requestOf, targets } from '../support/labs.ts';
import { scope } from '../support/ledgers.ts';
import { textOf } from '../support/replies.ts';
import { caller, type FakeWorld, fakeWorld, visitOf } from '../support/world.ts';

const plan = targets({ one: 'https://one.example/v1', two: 'https://two.example/v1' });
const quote = { nanoDollars: 500, leastNanoDollars: 200, tokens: 30 };
const began = 1_800_000_000_000;

const held: Refusal = {
  scope: scope('tenant', 'acme'),
  kind: 'dollars',
  window: 'day',
  limit: 1_000,
  spent: 100,
  held: 800,
  wanted: 200,
  resetAt: began + 3_600_000,
  retryAfterMs: 1_000,
  soon: true,
};
const gone: Refusal = { ...held, spent: 900, held: 0, soon: false, retryAfterMs: 3_600_000 };

/** A ledger that answers one reservation after the other so, the last answer for ever, and notes what it was asked. */
function ledgerOf(...answers: readonly (Refusal | 'let in')[]) {
  const asked: Reservation[] = [];
  const turnedAway: Refusal[] = [];
  const ledger: World['ledger'] = {
    ...fakeWorld().ledger,
    reserve: async (reservation): Promise<Admission> => {
      const answer = answers[Math.min(asked.push(reservation), answers.length) - 1] ?? 'let in';
      const standing = { requests: { limit: 9, remaining: asked.length, resetMs: 1 } };
      if (answer !== 'let in') return { ok: false, refusal: answer, standing };
      return { ok: true, hold: { ...reservation, mark: `r#${reservation.id}`, nanoDollars: 400 }, standing };
    },
    turnedAway: async (refusal) => void turnedAway.push(refusal),
  };
  return { ledger, asked, turnedAway };
}

type Odd = {
  readonly caller?: Partial<Caller>;
  readonly labels?: object;
  readonly signal?: AbortSignal;
  readonly config?: Config;
  readonly quote?: Arrival['quote'];
};

/** A call that comes to the door of a world, and what is to be done after it. */
function arrive(world: World, odd: Odd = {}) {
  const works: (() => Promise<void>)[] = [];
  const asking = {
    request: requestOf(),
    labels: { ...odd.labels },
    patience: undefined,
    strict: false,
    cache: toCacheWish({}),
  };
  const visit = visitOf(asking.request);
  const signal = odd.signal ?? visit.signal;
  const arrival = {
    visit,
    caller: { ...caller, ...odd.caller },
    config: odd.config ?? emptyConfig,
    ask: asking,
    targets: plan,
    quote: odd.quote ?? (() => quote),
    signal,
  };
  return {
    admitted: admit(arrival, world, (work) => void works.push(work)),
    afterwards: () => Promise.all(works.map((work) => work())),
  };
}

/** Moves the clock of a world on, step by step, until a piece of work is done. */
async function passing<Result>(
  world: FakeWorld,
  work: Promise<Result>,
  stepMs = 5,
): Promise<PromiseSettledResult<Result>> {
  let ended = false;
  const outcome = Promise.allSettled([work]).then(([each]) => {
    ended = true;
    return each;
  });
  const tooLate = world.now() + 60_000;
  for (await settling(); !ended && world.now() < tooLate; await settling()) world.pass(stepMs);
  if (!ended) throw new Error('This should have ended within a minute.');
  return outcome;
}

/** Lets all happen that can happen before the clock moves. */
async function settling(): Promise<void> {
  for (let turn = 0; turn < 20; turn++) await null;
}

describe('a call that there is room for', () => {
  test('is let in at once, with what is held for it and how its rates stand', async () => {
    const { ledger, asked, turnedAway } = ledgerOf('let in');
    const world = fakeWorld({ ledger });
    const { admitted, afterwards } = arrive(world);
    expect(await admitted).toMatchObject({
      hold: { id: 'req_test', nanoDollars: 400 },
      standing: { requests: { limit: 9 } },
      capped: false,
    });
    await afterwards();
    expect([asked.length, turnedAway, world.timers(), world.written.lines]).toEqual([1, [], 0, []]);
  });

  test('asks for its ceiling, in the name of its tenant and key, in the days of its time zone', async () => {
    const { ledger, asked } = ledgerOf('let in');
    const limits = { ...unlimited, key: { rates: { rpm: 5 } } };
    await arrive(fakeWorld({ ledger }), { caller: { timezone: 'Asia/Kolkata', limits } }).admitted;
    expect(asked).toMatchObject([
      {
        id: 'req_test',
        at: began,
        timezone: 'Asia/Kolkata',
        tenant: 'acme',
        keyId: 'key_1',
        model: 'one/m',
        demand: quote,
      },
    ]);
  });

  test('asks for nothing where nothing limits it, and reckons no ceiling', async () => {
    const { ledger, asked } = ledgerOf('let in');
    const reckoned: string[] = [];
    const odd = { quote: () => ({ ...quote, reckoned: reckoned.push('once') }) };
    await arrive(fakeWorld({ ledger }), odd).admitted;
    expect(asked).toMatchObject([{ demand: { nanoDollars: 0, leastNanoDollars: 0, tokens: 0 } }]);
    expect(reckoned).toEqual([]);
  });

  test('asks in every scope that must pay for it', async () => {
    const config: Config = {
      ...emptyConfig,
      providers: { one: { rates: { rpm: 10 } }, two: { rates: { rpm: 20 } } },
      defaultBudgets: { day: 25 },
    };
    const some = { budgets: { day: 1 }, rates: {} };
    const limits = { ...unlimited, user: some, features: { search: some, bound: some } };
    const scopesOf = async (odd: Odd) => {
      const { ledger, asked } = ledgerOf('let in');
      await arrive(fakeWorld({ ledger }), { ...odd, config }).admitted;
      return asked.flatMap(({ scopes }) => scopes);
    };
    const labels = { user: 'bob', feature: 'search' };
    const found = await scopesOf({ caller: { limits }, labels });
    expect(found.map(({ id }) => id).sort()).toEqual([
      'feature#acme#search',
      'key#key_1',
      'provider#one',
      'tenant#acme',
      'user#acme#bob',
    ]);
    expect(found.find(({ kind }) => kind === 'tenant')?.limits.budgets).toEqual({ day: 25 });
    // A key that is bound to a feature spends for that one, whatever its caller says.
    const bound = await scopesOf({ caller: { limits, feature: 'bound' }, labels });
    expect(bound.map(({ id }) => id)).toContain('feature#acme#bound');
    expect(bound.map(({ id }) => id)).not.toContain('feature#acme#search');
  });

  test.each([
    ['none', unlimited, false],
    ['a rate', { ...unlimited, key: { rates: { rpm: 5 } } }, false],
    ['a budget of its key', { ...unlimited, key: { budgets: { total: 5 }, rates: {} } }, true],
    ['a budget of its tenant', { ...unlimited, tenant: { budgets: { hour: 5 }, rates: {} } }, true],
  ])('may run past what is held for it unless a dollar limit is over it: %s', async (_, limits, capped) => {
    const { ledger } = ledgerOf('let in');
    expect(await arrive(fakeWorld({ ledger }), { caller: { limits } }).admitted).toMatchObject({ capped });
  });
});

describe('a call that asks to be served at a price nobody knows', () => {
  const quote = () => ({ nanoDollars: 5, leastNanoDollars: 5, tokens: 1, unpriced: 'service_tier' });

  test('is refused by name under a budget, before anything is held, and let in where no budget is over it', async () => {
    const limited = ledgerOf('let in');
    const budget = { ...unlimited, tenant: { budgets: { day: 5 }, rates: {} } };
    const { admitted } = arrive(fakeWorld({ ledger: limited.ledger }), { caller: { limits: budget }, quote });
    expect(await failureOf(admitted)).toMatchObject({
      code: 'unsupported_parameter',
      details: { param: 'service_tier' },
    });
    expect(limited.asked).toEqual([]);
    const free = arrive(fakeWorld({ ledger: ledgerOf('let in').ledger }), { quote });
    expect(await free.admitted).toMatchObject({ capped: false });
  });
});

describe('a call that only calls under way stand in the way of', () => {
  test('waits for them, asks again at a pace that is the same whoever came first, and is let in', async () => {
    const { ledger, asked, turnedAway } = ledgerOf(...Array.from({ length: 8 }, () => held), 'let in');
    const world = fakeWorld({ ledger, random: () => 0.999_999 });
    const { admitted, afterwards } = arrive(world);
    expect(await passing(world, admitted, 1)).toMatchObject({ status: 'fulfilled' });
    const pauses = asked.slice(1).map(({ at }, index) => at - (asked[index]?.at ?? 0));
    expect(pauses).toEqual(Array(8).fill(300));
    expect(new Set(asked.map(({ id }) => id))).toEqual(new Set(['req_test']));
    await afterwards();
    expect([turnedAway, world.timers()]).toEqual([[], 0]);
  });

  test.each([0, 0.999])('waits ten seconds at most, and is refused then (dice at %d)', async (dice) => {
    const { ledger, asked, turnedAway } = ledgerOf(held);
    const world = fakeWorld({ ledger, random: () => dice });
    const { admitted, afterwards } = arrive(world);
    const outcome = await passing(world, admitted);
    expect(outcome).toMatchObject({ status: 'rejected', reason: { code: 'rate_limit_exceeded' } });
    const waited = world.now() - began;
    expect(waited).toBeGreaterThan(9_000);
    expect(waited).toBeLessThanOrEqual(10_000);
    expect(asked.length).toBeGreaterThan(20);
    await afterwards();
    expect([turnedAway, world.timers()]).toEqual([[held], 0]);
  });

  test('do not come back all at once', async () => {
    const secondTry = async (dice: number) => {
      const { ledger, asked } = ledgerOf(held, 'let in');
      const world = fakeWorld({ ledger, random: () => dice });
      await passing(world, arrive(world).admitted, 0.5);
      return (asked[1]?.at ?? 0) - began;
    };
    expect([await secondTry(0), await secondTry(0.5), await secondTry(0.999)]).toEqual([100, 200, 300]);
  });

  test('gives up at once when the money is spent meanwhile', async () => {
    const { ledger, asked, turnedAway } = ledgerOf(held, held, gone);
    const world = fakeWorld({ ledger });
    const { admitted, afterwards } = arrive(world);
    const outcome = await passing(world, admitted);
    expect(outcome).toMatchObject({ status: 'rejected', reason: { code: 'budget_exceeded' } });
    await afterwards();
    expect([asked.length, turnedAway]).toEqual([3, [gone]]);
  });

  test('stops waiting when its client hangs up', async () => {
    const { ledger, asked, turnedAway } = ledgerOf(held);
    const world = fakeWorld({ ledger });
    const client = new AbortController();
    const { admitted, afterwards } = arrive(world, { signal: client.signal });
    await settling();
    expect(world.timers()).toBe(1);
    const hungUp = new GatewayError('client_closed', { message: 'The client hung up.' });
    client.abort(hungUp);
    expect(await failureOf(admitted)).toBe(hungUp);
    await afterwards();
    expect([asked.length, turnedAway, world.timers()]).toEqual([1, [], 0]);
  });

  test('does not begin to wait when nobody waits for it', async () => {
    const { ledger, asked } = ledgerOf(held);
    const world = fakeWorld({ ledger });
    const hungUp = new GatewayError('client_closed', { message: 'The client hung up.' });
    const { admitted } = arrive(world, { signal: AbortSignal.abort(hungUp) });
    expect(await failureOf(admitted)).toBe(hungUp);
    expect([asked.length, world.timers()]).toEqual([1, 0]);
  });

  test('stops waiting when its caller’s patience is over', async () => {
    const { ledger } = ledgerOf(held);
    const world = fakeWorld({ ledger });
    const { signal } = patient(new AbortController().signal, { byCaller: 2_000 }, emptyConfig, world, () => {});
    const outcome = await passing(world, arrive(world, { signal }).admitted);
    expect(outcome).toMatchObject({ status: 'rejected', reason: { code: 'timeout' } });
    expect(world.now() - began).toBe(2_000);
  });
});

describe('a call that there is no room for', () => {
  test('is counted by what it wanted, and not before it is told', async () => {
    const counted: unknown[] = [];
    const world = fakeWorld({ ledger: ledgerOf(gone).ledger });
    const metrics: World['metrics'] = {
      ...world.metrics,
      refused: async ({ kind, scope }, { tenant }) => void counted.push([kind, scope.id, tenant]),
    };
    const { admitted, afterwards } = arrive({ ...world, metrics });
    await failureOf(admitted);
    expect(counted).toEqual([]);
    await afterwards();
    expect(counted).toEqual([['dollars', gone.scope.id, 'acme']]);
  });

  test('is refused at once, and afterwards the ledger is told and operators can read why', async () => {
    const { ledger, asked, turnedAway } = ledgerOf(gone);
    const world = fakeWorld({ ledger });
    const { admitted, afterwards } = arrive(world);
    const error = await failureOf(admitted);
    expect(error).toBeInstanceOf(GatewayError);
    expect(error).toMatchObject({
      code: 'budget_exceeded',
      details: {
        limit: { scope: 'tenant', name: 'acme', window: 'day' },
        headers: { 'x-ratelimit-limit-requests': '9' },
      },
    });
    expect([asked.length, turnedAway.length, world.timers()]).toEqual([1, 0, 0]); // nobody waits for the telling
    await afterwards();
    expect(turnedAway).toEqual([gone]);
    expect(world.written.lines).toMatchObject([
      {
        level: 'info',
        message: 'refused',
        fields: {
          id: 'req_test',
          tenant: 'acme',
          keyId: 'key_1',
          scope: 'tenant',
          name: 'acme',
          window: 'day',
          spent: 900,
        },
      },
    ]);
  });

  test.each([
    ['chat', '/v1/chat/completions', ask],
    ['embedding', '/v1/embeddings', { model: 'lab/m', input: 'x' }],
  ])('costs nothing upstream and leaves nothing to pay: %s', async (_, path, body) => {
    const { ledger, asked } = ledgerOf(gone);
    let sent = 0;
    const send: World['send'] = async () => {
      sent++;
      throw new Error('Nobody should be called.');
    };
    const settled: unknown[] = [];
    const world = answering(answered, { send, ledger: { ...ledger, settle: async (hold) => void settled.push(hold) } });
    const reply = await serve(visitOf(body, { path }), world);
    expect(reply.status).toBe(429);
    expect(reply.headers).toMatchObject({
      'x-should-retry': 'false',
      'retry-after': '3600',
      'x-request-id': 'req_test',
    });
    expect(JSON.parse(await textOf(reply))).toMatchObject({
      error: { type: 'insufficient_quota', code: 'budget_exceeded', source: 'gateway', limit: { window: 'day' } },
    });
    await reply.afterwards();
    expect([asked.length, sent, settled]).toEqual([1, 0, []]);
  });

  test('is refused with a 503 where the ledger cannot know', async () => {
    const unknown = new GatewayError('gateway_unavailable', { message: 'Try again shortly.', retryAfterMs: 1_000 });
    const ledger: World['ledger'] = { ...fakeWorld().ledger, reserve: () => Promise.reject(unknown) };
    const world = answering(answered, { ledger });
    const reply = await serve(visitOf(ask), world);
    expect([reply.status, reply.headers['retry-after']]).toEqual([503, '1']);
    await reply.afterwards();
    expect(world.written.settled).toEqual([]);
  });
});
