import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { type House, openHouse } from '../support/door.ts';
import { beginStream, event, type Script, wholeAnswer } from '../support/upstream.ts';

let house: House;
beforeAll(async () => {
  house = await openHouse({ config: { defaultBudgets: { day: 40_000 } } });
});
afterAll(() => house?.close());
beforeEach(() => {
  house.upstream.answerWith(wholeAnswer('Hi')); // 10 tokens in and 3 out: 16,000 nano-dollars
  (house.upstream.asked as unknown[]).length = 0;
});

type Told = { readonly message: string; readonly limit: { readonly window?: string; readonly resets_at: string } };
const errorOf = async (response: Response): Promise<Told> => JSON.parse(await response.text()).error;
/** "Hello" is at most 5 tokens, and 16 around the message: at 1,250 nano-dollars each, should they be written to a cache: with 3 out a call may cost 32,250. */
const three = { max_tokens: 3 };

/** What is done within one minute of the clock, whose budget is a new one in the next: if the minute turned meanwhile, it is done again. */
async function withinAMinute<Result>(work: () => Promise<Result>): Promise<Result> {
  const minute = () => Math.floor(Date.now() / 60_000);
  for (;;) {
    const began = minute();
    const result = await work();
    if (minute() === began) return result;
  }
}

describe('a budget', () => {
  test.each([
    ['tenant', { budgets: { day: 0.00005 } }, {}, {}],
    ['key', { budgets: 'none' }, { budgets: { month: 0.00005 } }, {}],
    ['key', { budgets: 'none', keyDefaults: { budgets: { hour: 0.00005 } } }, {}, {}],
    ['user', { budgets: 'none', userDefaults: { budgets: { total: 0.00005 } } }, {}, { 'x-sluice-user': 'ann' }],
    [
      'feature',
      { budgets: 'none', features: { search: { budgets: { day: 0.00005 } } } },
      {},
      { 'x-sluice-feature': 'search' },
    ],
    ['feature', { budgets: 'none', features: { search: { budgets: { minute: 0.00005 } } } }, { feature: 'search' }, {}],
  ])('of a %s refuses what it cannot pay, says so, and nobody is called', async (scope, tenant, key, headers) => {
    const { refused, asked } = await withinAMinute(async () => {
      const { key: secret } = await house.keyOf(tenant, key);
      const before = house.upstream.asked.length;
      expect((await house.ask(secret, three, headers)).status).toBe(200);
      expect((await house.ask(secret, three, headers)).status).toBe(200); // 16,000 spent and 32,250 held: within 50,000
      const refused = await house.ask(secret, three, headers);
      return { refused, asked: house.upstream.asked.length - before };
    });
    expect([refused.status, refused.headers.get('x-should-retry')]).toEqual([429, 'false']);
    const error = await errorOf(refused);
    expect(error).toMatchObject({ type: 'insufficient_quota', code: 'budget_exceeded', source: 'gateway' });
    expect(error.message).toContain(scope);
    const { window = '' } = error.limit;
    expect(window).not.toBe('');
    expect(error.message).toContain(window);
    expect(error.limit).toMatchObject({ scope, kind: 'dollars', limit: 0.00005, spent: 0.000032, held: 0 });
    if (window !== 'total') expect(Date.parse(error.limit.resets_at)).toBeGreaterThan(Date.now());
    expect(asked).toBe(2);
  });

  test('is each user’s own, and a caller who names no user has none', async () => {
    const { key } = await house.keyOf({ budgets: 'none', userDefaults: { budgets: { day: 0.00004 } } });
    expect((await house.ask(key, three, { 'x-sluice-user': 'ann' })).status).toBe(200);
    expect((await house.ask(key, three, { 'x-sluice-user': 'ann' })).status).toBe(429);
    expect((await house.ask(key, { ...three, user: 'bob' })).status).toBe(200);
    expect((await house.ask(key, { ...three, user: 'bob' })).status).toBe(429);
    for (let call = 0; call < 3; call++) expect((await house.ask(key, three)).status).toBe(200);
  });

  test('of the operator’s defaults holds for a tenant that says nothing, and not for one that says none', async () => {
    const silent = await house.keyOf({});
    const decided = await house.keyOf({ budgets: { day: 'none' } });
    expect((await house.ask(silent.key, three)).status).toBe(200);
    expect(await errorOf(await house.ask(silent.key, three))).toMatchObject({
      limit: { scope: 'tenant', limit: 0.00004 },
    });
    for (let call = 0; call < 3; call++) expect((await house.ask(decided.key, three)).status).toBe(200);
  });

  test('that has less left than an answer may cost shortens the answer, and says to how much', async () => {
    const { key } = await house.keyOf({ budgets: { day: 0.001 } });
    const answer = await house.ask(key, { max_tokens: 5_000 });
    expect([answer.status, answer.headers.get('x-sluice-max-tokens')]).toEqual([200, '486']); // (1,000,000 − 21 × 1,250) / 2,000
    expect(house.upstream.asked[0]?.body.max_tokens).toBe(486);
    await answer.body?.cancel();
    const small = await house.keyOf({ budgets: { day: 0.0005 } });
    expect((await house.ask(small.key, { max_completion_tokens: 5_000 })).status).toBe(429); // no useful answer for that
    expect((await house.ask(small.key, { max_completion_tokens: 200 })).status).toBe(200);
  });

  test('limits what nobody limits, and a caller without a budget is left alone', async () => {
    const { key } = await house.keyOf({ budgets: { day: 1 } });
    expect((await house.ask(key)).headers.get('x-sluice-max-tokens')).toBe('4096');
    expect(house.upstream.asked[0]?.body.max_tokens).toBe(4096);
    const free = await house.keyOf({ budgets: 'none' });
    expect((await house.ask(free.key)).headers.has('x-sluice-max-tokens')).toBe(false);
    expect(house.upstream.asked[1]?.body).not.toHaveProperty('max_tokens');
  });

  test('waits for calls under way before it refuses, for they give back what they do not use', async () => {
    const { key } = await house.keyOf({ budgets: { day: 0.00004 } });
    let release = () => {};
    const waiting = new Promise<void>((resolve) => {
      release = resolve;
    });
    const slow: Script = async (asked, response) => {
      await waiting;
      return wholeAnswer('Hi')(asked, response);
    };
    house.upstream.answerWith(slow);
    const first = house.ask(key, { max_tokens: 2 });
    while (house.upstream.asked.length === 0) await pause(1);
    const second = house.ask(key, { max_tokens: 2 }, { 'x-sluice-timeout-ms': '200' });
    expect(await errorOf(await second)).toMatchObject({ code: 'timeout' }); // the caller's patience ends the waiting, too
    const third = house.ask(key, { max_tokens: 2 });
    house.upstream.answerWith(wholeAnswer('Hi'));
    release();
    expect((await first).status).toBe(200);
    // 16,000 are spent, and 30,250 more would be too much.
    expect(await errorOf(await third)).toMatchObject({ code: 'budget_exceeded', limit: { spent: 0.000016 } });
  });
});

describe('a rate', () => {
  test('of requests refuses one too many, with OpenAI’s headers and the time to wait', async () => {
    const { key } = await house.keyOf({ budgets: 'none', rates: { rpm: 3 } });
    const answers = [];
    for (let call = 0; call < 5; call++) answers.push(await house.ask(key, three));
    expect(answers.map(({ status }) => status)).toEqual([200, 200, 200, 429, 429]);
    expect(answers.map(({ headers }) => headers.get('x-ratelimit-remaining-requests'))).toEqual([
      '2',
      '1',
      '0',
      '0',
      '0',
    ]);
    expect(answers[0]?.headers.get('x-ratelimit-limit-requests')).toBe('3');
    expect(answers[0]?.headers.get('x-ratelimit-reset-requests')).toMatch(/^(\d+m)?[\d.]+s$/);
    const [refused] = answers.slice(3);
    const seconds = Number(refused?.headers.get('retry-after'));
    expect(seconds).toBeGreaterThan(0);
    expect(seconds).toBeLessThanOrEqual(120);
    expect(refused?.headers.has('x-should-retry')).toBe(false);
    expect(refused && (await errorOf(refused))).toMatchObject({
      code: 'rate_limit_exceeded',
      limit: { scope: 'tenant', kind: 'requests', window: 'minute', limit: 3, spent: 3 },
    });
    expect(house.upstream.asked).toHaveLength(3);
  });

  test('of tokens lets a minute have its limit and one call more', async () => {
    const { key } = await house.keyOf({ budgets: 'none', rates: { tpm: 30 } });
    const statuses = [];
    for (let call = 0; call < 5; call++) statuses.push((await house.ask(key, three)).status); // 13 tokens each
    expect(statuses).toEqual([200, 200, 200, 429, 429]);
  });

  test('of calls at once holds, and a place is free again as soon as its call has ended', async () => {
    const { key } = await house.keyOf({ budgets: 'none', rates: { concurrent: 2 } });
    const ends: (() => void)[] = [];
    house.upstream.answerWith(({ body }, response) => {
      if (!body.stream) return wholeAnswer('Hi')({ body, path: '', headers: {} }, response);
      beginStream(response);
      response.write(event({ content: 'Hi' }));
      ends.push(() => response.end(`${event({}, 'stop')}data: [DONE]\n\n`));
    });
    const open = await Promise.all([house.ask(key, { stream: true }), house.ask(key, { stream: true })]);
    const refused = await house.ask(key, three);
    expect([refused.status, refused.headers.get('retry-after')]).toEqual([429, '1']);
    expect(await errorOf(refused)).toMatchObject({
      code: 'rate_limit_exceeded',
      limit: { kind: 'concurrent', limit: 2 },
    });
    for (const end of ends) end();
    for (const each of open) await each.text();
    await expect.poll(async () => (await house.ask(key, three)).status).toBe(200);
  });
});

describe('an item edited by hand', () => {
  test('takes effect within five seconds', async () => {
    const { key, tenant } = await house.keyOf({ budgets: 'none' });
    expect((await house.ask(key, three)).status).toBe(200);
    await house.tables.put('access', { pk: `tenant#${tenant}`, sk: 'tenant', budgets: { day: 0.00001 } });
    await expect.poll(async () => (await house.ask(key, three)).status, { timeout: 5_000 }).toBe(429);
  });

  test('that cannot be read lets nobody of its tenant in, names the attribute, and is no other tenant’s trouble', async () => {
    const broken = await house.keyOf({ budgets: 'none' });
    const other = await house.keyOf({ budgets: 'none' });
    await house.tables.put('access', { pk: `tenant#${broken.tenant}`, sk: 'tenant', budgets: { day: '5 dollars' } });
    const refused = await house.ask(broken.key, three);
    expect(refused.status).toBe(503);
    expect(await errorOf(refused)).toMatchObject({
      code: 'gateway_unavailable',
      message: expect.stringContaining('budgets.day'),
    });
    expect((await house.ask(other.key, three)).status).toBe(200);
  });
});
