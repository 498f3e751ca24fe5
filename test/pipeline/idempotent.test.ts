import { describe, expect, test } from 'vitest';
import { GatewayError } from '../../lib/errors.ts';
import { idempotent } from '../../lib/pipeline/idempotent.ts';
import type { Answered, Walk } from '../../lib/pipeline/reply.ts';
import type { Visit } from '../../lib/pipeline/visit.ts';
import type { Repeats } from '../../lib/repeats.ts';
import { arriving, breaking, failureOf } from '../support/bytes.ts';
import { type FakeWorld, fakeWorld, visitOf } from '../support/world.ts';

const answered = (body: Answered['body'], more: Partial<Answered> = {}): Answered => ({
  status: 200,
  headers: { 'content-type': 'text/event-stream', 'x-sluice-model': 'lab/m', 'x-ratelimit-limit-requests': '3' },
  body,
  ...more,
});

/** Requests by one name, each with an id of its own, and what is done after them. */
function asking(walk: Walk, world: FakeWorld = fakeWorld()) {
  const visits: Visit[] = [];
  const asked = idempotent(async (visit, ...rest) => {
    visits.push(visit);
    return walk(visit, ...rest);
  });
  let ids = 0;
  return {
    world,
    /** The visits that came through to the walk. */
    visits,
    ask: async (headers: Record<string, string> = {}, more: Partial<Visit> = {}) => {
      const works: (() => Promise<void>)[] = [];
      const visit = visitOf({}, { id: `req_${++ids}`, startedTick: world.tick(), ...more });
      const named = { ...visit, headers: { ...visit.headers, 'idempotency-key': 'a', ...headers } };
      const afterwards = async () => void (await Promise.allSettled(works.map((work) => work())));
      const answer = await asked(named, world, (work) => void works.push(work)).catch(async (error) => {
        await afterwards();
        throw error;
      });
      return { answer, afterwards, text: async () => (await Array.fromAsync(answer.body)).join('') };
    },
  };
}

/** Lets all happen that can happen before the clock moves. */
async function settling(): Promise<void> {
  for (let turn = 0; turn < 50; turn++) await null;
}

const never = () => Promise.reject(new Error('Nobody should ask.'));
const untouchable: Repeats = { claim: never, renew: never, keep: never, release: never };

describe('a request without an idempotency-key', () => {
  test('goes its way, and nobody is asked', async () => {
    const visit = visitOf({});
    const walk: Walk = async (given) => {
      expect(given).toBe(visit);
      return answered(['a']);
    };
    await idempotent(walk)(visit, fakeWorld({ repeats: untouchable }), () => {
      throw new Error('Nothing is left to do.');
    });
  });
});

describe('an answer', () => {
  test('is given again event by event, with those of its headers that are still true', async () => {
    const { ask, visits } = asking(async () => answered(arriving(['data: 1\n\ndata: 2\n\n', 'data: [DONE]\n\n'])));
    const first = await ask();
    expect(await first.text()).toBe('data: 1\n\ndata: 2\n\ndata: [DONE]\n\n');
    await first.afterwards();
    const { answer } = await ask();
    expect(answer.headers).toEqual({
      'content-type': 'text/event-stream',
      'x-sluice-model': 'lab/m',
      'idempotent-replayed': 'true',
    });
    expect(await Array.fromAsync(answer.body)).toEqual(['data: 1\n\n', 'data: 2\n\n', 'data: [DONE]\n\n']);
    expect(visits).toHaveLength(1);
  });

  test('that is no stream stays one piece, as doors tell its length', async () => {
    const headers = { 'content-type': 'application/json' };
    const { ask } = asking(async () => answered(['{"a":1}'], { headers }));
    const first = await ask();
    expect(first.answer.body).toEqual(['{"a":1}']);
    await first.afterwards();
    expect((await ask()).answer.body).toEqual(['{"a":1}']);
  });

  test.each([
    ['in which a failure was said', answered(arriving(['half']), { sound: () => false }), 'half'],
    ['too long to be kept', answered(arriving(['x'.repeat(6_000_000), 'ä'.repeat(1_500_000)])), undefined],
  ])('%s is not kept: the next request makes the call', async (_, answer, said) => {
    let once: Answered | undefined = answer;
    const { ask, visits } = asking(async () => {
      const given = once ?? answered(['well']);
      once = undefined;
      return given;
    });
    const first = await ask();
    const text = await first.text();
    if (said !== undefined) expect(text).toBe(said);
    await first.afterwards();
    expect(await (await ask()).text()).toBe('well');
    expect(visits).toHaveLength(2);
  });

  test('that nobody began to read is not kept', async () => {
    const { ask, visits } = asking(async () => answered(arriving(['a'])));
    await (await ask()).afterwards();
    await ask();
    expect(visits).toHaveLength(2);
  });

  test('that breaks is thrown on, and not kept', async () => {
    const { ask, visits } = asking(async () => answered(breaking(['half'], new Error('broken'))));
    const first = await ask();
    await expect(first.text()).rejects.toThrow('broken');
    await first.afterwards();
    await ask();
    expect(visits).toHaveLength(2);
  });

  test('is read to its end when its reader leaves, and given whole to the next', async () => {
    const more = Promise.withResolvers<void>();
    async function* slowly() {
      yield 'one ';
      await more.promise;
      yield 'two';
    }
    const { ask } = asking(async () => answered(slowly()));
    const first = await ask();
    const reader = read(first.answer.body);
    expect(await reader.next()).toEqual({ value: 'one ', done: false });
    const left = reader.return?.();
    more.resolve();
    await left;
    await first.afterwards();
    expect(await (await ask()).text()).toBe('one two');
  });
});

describe('a call that is made for all who ask', () => {
  test('hears that its door closes, and not that its client has left', async () => {
    const [left, closed] = [new AbortController(), new AbortController()];
    const signal = AbortSignal.any([left.signal, closed.signal]);
    const { ask, visits } = asking(async () => answered(['a']));
    await ask({ 'x-sluice-timeout-ms': '1000' }, { signal, over: closed.signal });
    left.abort();
    expect(visits[0]?.signal.aborted).toBe(false);
    closed.abort(new GatewayError('gateway_unavailable', { message: 'closing' }));
    expect(visits[0]?.signal.reason).toMatchObject({ code: 'gateway_unavailable' });
  });

  test('keeps its claim for as long as it takes, and lets go of it and of all timers when it has ended', async () => {
    const { ask, world } = asking(async () => answered(arriving(['a'])));
    const first = await ask();
    for (let minute = 0; minute < 30; minute++) {
      world.pass(10_000);
      await settling();
    }
    const twin = ask({ 'x-sluice-timeout-ms': '1' });
    await expect(twin).rejects.toMatchObject({ code: 'idempotency_in_progress' });
    await first.text();
    await first.afterwards();
    expect(world.timers()).toBe(0);
    expect(await (await ask()).text()).toBe('a');
  });

  test('is another’s once its claim has not been renewed: what its owner says then is not given again', async () => {
    const { repeats } = fakeWorld();
    let asleep = true;
    const renew: Repeats['renew'] = async (claim, forMs) => (asleep ? never() : repeats.renew(claim, forMs));
    const bodies = ['first', 'second'];
    const world = fakeWorld();
    const { ask } = asking(async () => answered(arriving([bodies.shift() ?? ''])), {
      ...world,
      repeats: { ...world.repeats, renew },
    });
    const first = await ask();
    world.pass(30_000);
    await settling();
    expect(world.written.lines.filter(({ level }) => level === 'error')).toHaveLength(1);
    asleep = false;
    const second = await ask();
    await first.text();
    await first.afterwards();
    await second.text();
    await second.afterwards();
    expect(await (await ask()).text()).toBe('second');
  });
});

describe('a request that waits for its twin', () => {
  test('makes the call itself when the twin fails, in what is left of its caller’s patience', async () => {
    let failed = false;
    const gate = Promise.withResolvers<void>();
    const { ask, world, visits } = asking(async () => {
      if (failed) return answered(['well']);
      await gate.promise;
      failed = true;
      throw new GatewayError('provider_error', { provider: 'lab', message: 'broken' });
    });
    const first = failureOf(ask());
    await settling();
    const second = ask({ 'x-sluice-timeout-ms': '5000' });
    for (let ms = 0; ms < 3_000; ms += 100) {
      world.pass(100);
      await settling();
    }
    gate.resolve();
    expect(await first).toMatchObject({ code: 'provider_error' });
    for (let ms = 0; ms < 1_500; ms += 100) {
      world.pass(100);
      await settling();
    }
    expect(await (await second).text()).toBe('well');
    expect(visits).toHaveLength(2);
    world.pass(400);
    expect(visits[1]?.signal.aborted).toBe(false);
    world.pass(200);
    expect(visits[1]?.signal.reason).toMatchObject({ code: 'timeout', message: expect.stringContaining('5000 ms') });
  });

  test.each([
    [60_000, {}],
    [400, { 'x-sluice-timeout-ms': '400' }],
  ])('is refused after %i ms at most, and told that the same request will do', async (most, headers) => {
    const { ask, world } = asking(() => new Promise(() => {}));
    void ask();
    await settling();
    const waiting = failureOf(ask(headers));
    let over = false;
    waiting.then(() => {
      over = true;
    });
    let waited = 0;
    for (; !over && waited <= most; waited += 100) {
      world.pass(100);
      await settling();
    }
    expect(waited).toBeLessThanOrEqual(most);
    expect(waited).toBeGreaterThanOrEqual(most / 2);
    expect(await waiting).toMatchObject({
      code: 'idempotency_in_progress',
      status: 409,
      details: { retryAfterMs: 2_000 },
    });
  });

  test('leaves when its client does', async () => {
    const left = new AbortController();
    const { ask, world } = asking(() => new Promise(() => {}));
    void ask();
    await settling();
    const timers = world.timers();
    const waiting = failureOf(ask({}, { signal: left.signal }));
    await settling();
    expect(world.timers()).toBe(timers + 1);
    left.abort(new GatewayError('client_closed', { message: 'The client hung up.' }));
    expect(await waiting).toMatchObject({ code: 'client_closed' });
    expect(world.timers()).toBe(timers);
  });
});

test('a claim of which nobody knows whether it was made is given up', async () => {
  const world = fakeWorld();
  const released: string[] = [];
  const lost: Repeats = {
    ...untouchable,
    claim: () => Promise.reject(new GatewayError('gateway_unavailable', { message: 'away' })),
    release: async ({ owner }) => void released.push(owner),
  };
  const { ask, visits } = asking(async () => answered(['a']), { ...world, repeats: lost });
  expect(await failureOf(ask())).toMatchObject({ code: 'gateway_unavailable' });
  expect([released, visits]).toEqual([['req_1'], []]);
});

const read = (body: Answered['body']): AsyncIterator<string> | Iterator<string> =>
  Symbol.asyncIterator in body ? body[Symbol.asyncIterator]() : body[Symbol.iterator]();
