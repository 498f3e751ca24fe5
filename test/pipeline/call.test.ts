import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { emptyConfig, usualLedger } from '../../lib/config/config.ts';
import { GatewayError } from '../../lib/errors.ts';
import type { ChatRequest } from '../../lib/openai/request.ts';
import { call } from '../../lib/pipeline/call.ts';
import { openChat } from '../../lib/pipeline/open-chat.ts';
import { patient } from '../../lib/pipeline/patience.ts';
import { httpSend } from '../../lib/wire/send.ts';
import { failureOf } from '../support/bytes.ts';
import { hold, labs, planOf, requestOf, tallyOf, targets } from '../support/labs.ts';
import { nobody } from '../support/server.ts';
import { timer } from '../support/timer.ts';
import {
  beginStream,
  ending,
  event,
  refusal,
  type Script,
  startUpstream,
  type Upstream,
  wholeAnswer,
} from '../support/upstream.ts';
import { fakeWorld } from '../support/world.ts';

let one: Upstream;
let two: Upstream;
beforeAll(async () => {
  [one, two] = await Promise.all([startUpstream(), startUpstream()]);
});
afterEach(() => {
  for (const { asked } of [one, two]) (asked as unknown[]).length = 0;
  for (const each of [one, two]) each.answerWith(wholeAnswer('Hello.'));
});
afterAll(async () => {
  await Promise.all([one.close(), two.close()]);
});

const running = new AbortController().signal;
const endless = { signal: running, leftMs: () => Number.POSITIVE_INFINITY };
const send = httpSend(timer, Date.now);

/** Calls both providers in order, as a client would who sends these fields. */
function attempt(fields: Partial<ChatRequest> = {}, signal = running, first = one.baseUrl) {
  const addresses = { one: first, two: two.baseUrl };
  const world = fakeWorld({ config: labs(addresses), send });
  const tally = tallyOf(fields, world.tick);
  return {
    answer: call(
      planOf(targets(addresses)),
      openChat(() => requestOf(fields)),
      { patience: { ...endless, signal }, tally, world, hold },
    ),
    tally,
    world,
  };
}
const routed = ({ tally }: ReturnType<typeof attempt>) =>
  tally.attempts().map(({ target, status }) => `${target} ${status}`);
const slow = refusal(429, { message: 'slow down' }, { 'retry-after': '7' });

describe('a call with two targets', () => {
  test('is answered by the first, and the second is not asked', async () => {
    const tried = attempt();
    expect(await tried.answer).toMatchObject({
      kind: 'whole',
      completion: { choices: [{ message: { content: 'Hello.' } }] },
    });
    expect(routed(tried)).toEqual(['one/m 200']);
    expect(two.asked).toEqual([]);
  });

  test.each([408, 429, 500, 502, 503, 529, 401, 403, 404, 302])(
    'is answered by the second when the first says %i, and both are recorded',
    async (status) => {
      one.answerWith(refusal(status, { message: 'no' }));
      const tried = attempt();
      expect(await tried.answer).toMatchObject({ kind: 'whole' });
      expect(routed(tried)).toEqual([`one/m ${status}`, 'two/m 200']);
      expect(tried.tally.bill()).toMatchObject({ nanoDollars: 16_000, estimated: false });
    },
  );

  test('is answered by the second when the first is not there', async () => {
    const tried = attempt({}, running, `${await nobody()}/v1`);
    expect(await tried.answer).toMatchObject({ kind: 'whole' });
    expect(routed(tried)).toEqual(['one/m reset', 'two/m 200']);
    expect(tried.tally.bill()).toMatchObject({ nanoDollars: 16_000, estimated: false });
  });

  test.each([
    ['breaks off before its first content', (response: { destroy: () => void }) => response.destroy(), 'reset'],
    ['ends before its first content', (response: { end: () => void }) => response.end(), 'cut'],
    [
      'fails in words before its first content',
      (response: { end: (text: string) => void }) => response.end('data: {"error":{"message":"x"}}\n\n'),
      'failed',
    ],
  ] as const)('is answered by the second when the stream of the first %s', async (_, fail, word) => {
    one.answerWith((__, response) => {
      beginStream(response);
      response.write(': ping\n\n', () => fail(response));
    });
    two.answerWith((__, response) => {
      beginStream(response);
      response.end(event({ content: 'Hi' }) + ending);
    });
    const tried = attempt({ stream: true });
    const answer = await tried.answer;
    const chunks = answer.kind === 'stream' ? (await Array.fromAsync(answer.chunks)).flat() : [];
    expect(chunks.map(({ choices }) => choices[0]?.delta.content ?? '').join('')).toBe('Hi');
    expect(routed(tried)).toEqual([`one/m ${word}`, 'two/m 200']);
  });

  test('costs what both told of their usage, though the first failed', async () => {
    const usage = { prompt_tokens: 10, completion_tokens: 3, total_tokens: 13 };
    const told = `data: ${JSON.stringify({ id: 'c', object: 'chat.completion.chunk', created: 1, model: 'm', choices: [], usage })}\n\n`;
    one.answerWith((_, response) => {
      beginStream(response);
      response.end(`${told}data: {"error":{"message":"x"}}\n\n`);
    });
    const tried = attempt({ stream: true });
    two.answerWith((_, response) => {
      beginStream(response);
      response.end(`${event({ content: 'Hi' }) + event({}, 'stop') + told}data: [DONE]\n\n`);
    });
    const answer = await tried.answer;
    if (answer.kind === 'stream') await Array.fromAsync(answer.chunks);
    expect(routed(tried)).toEqual(['one/m failed', 'two/m 200']);
    expect(tried.tally.bill()).toMatchObject({ nanoDollars: 2 * 16_000, estimated: false });
  });

  test.each([
    ['breaks off', 401],
    ['never comes', 503],
  ] as const)('hears a refusal whose words do not come whole as what its status says (it %s)', async (how, status) => {
    one.answerWith((_, response) => {
      response.writeHead(status, { 'content-type': 'application/json', 'content-length': '1000' });
      response.write('{"error":', () => how === 'breaks off' && response.destroy());
    });
    const tried = attempt();
    const time = setInterval(() => tried.world.pass(100), 1);
    expect(await tried.answer).toMatchObject({ kind: 'whole' });
    clearInterval(time);
    expect(routed(tried)).toEqual([`one/m ${status}`, 'two/m 200']);
    expect(tried.tally.bill()).toMatchObject({ nanoDollars: 16_000, estimated: false });
  });

  test('stops at what the caller did wrong', async () => {
    one.answerWith(refusal(400, { message: 'Invalid tools', param: 'tools' }));
    const tried = attempt();
    expect(await failureOf(tried.answer)).toMatchObject({
      code: 'invalid_request_error',
      details: { param: 'tools', attempts: [{ target: 'one/m', status: 400, message: 'Invalid tools' }] },
    });
    expect(two.asked).toEqual([]);
  });

  test('goes on from a prompt too long for the first', async () => {
    one.answerWith(refusal(400, { message: 'x', code: 'context_length_exceeded' }));
    const tried = attempt();
    expect(await tried.answer).toMatchObject({ kind: 'whole' });
  });

  test('fails as the first failed, with all that was tried', async () => {
    one.answerWith(slow);
    two.answerWith(refusal(500, { message: 'canary' }));
    const tried = attempt();
    const error = await failureOf(tried.answer);
    expect(error).toMatchObject({
      code: 'rate_limit_exceeded',
      status: 429,
      details: {
        provider: 'one',
        retryAfterMs: 7000,
        attempts: [
          { target: 'one/m', provider: 'one', status: 429 },
          { target: 'two/m', provider: 'two', status: 500, message: 'two failed (500).' },
        ],
      },
    });
    expect(JSON.stringify(Object(error).details)).not.toContain('canary');
    expect(tried.tally.bill()).toEqual({ nanoDollars: 0, estimated: false, usage: expect.anything() });
  });

  test('leaves each provider the same request, with its own credential', async () => {
    one.answerWith(slow);
    await attempt({ seed: 7 }).answer;
    expect(two.asked[0]?.body).toEqual(one.asked[0]?.body);
    expect(two.asked[0]?.headers.authorization).toMatch(/^Bearer canary\.provider/);
  });

  test('asks nobody when it was aborted, and nobody further once it is', async () => {
    const gone = new GatewayError('client_closed', { message: 'gone' });
    const leaver = new AbortController();
    one.answerWith(() => leaver.abort(gone));
    const tried = attempt({}, leaver.signal);
    expect(await failureOf(tried.answer)).toMatchObject({ code: 'client_closed' });
    expect(routed(tried)).toEqual(['one/m closed']);
    await one.aborted();
    expect(two.asked).toEqual([]);
  });

  test('ends with the patience of its caller, wherever it is then', async () => {
    const world = fakeWorld({ config: labs({ one: one.baseUrl, two: two.baseUrl }), send });
    const laters: (() => Promise<void>)[] = [];
    const { signal } = patient(running, { byCaller: 100 }, emptyConfig, world, (work) => void laters.push(work));
    one.answerWith(slow);
    two.answerWith(() => world.pass(100));
    const tried = attempt({}, signal);
    expect(await failureOf(tried.answer)).toMatchObject({
      code: 'timeout',
      message: 'The call took longer than the 100 ms its caller allows.',
      details: { attempts: [{ status: 429 }, { status: 'timeout' }] },
    });
    expect(routed(tried)).toEqual(['one/m 429', 'two/m timeout']);
    await two.aborted();
    expect(signal.reason).toMatchObject({ code: 'timeout', status: 504 });
  });
});

describe('what is held for a call pays for one attempt', () => {
  const cutOff: Script = (_, response) => {
    beginStream(response);
    response.end(event({ content: '' }));
  };

  /** Two attempts, the first of which may cost, over a ledger that has this to say to more. */
  async function again(raised: boolean) {
    one.answerWith(cutOff);
    two.answerWith((_, response) => {
      beginStream(response);
      response.end(event({ content: 'Hi' }) + ending);
    });
    const addresses = { one: one.baseUrl, two: two.baseUrl };
    const asked: number[] = [];
    const ledger = {
      ...fakeWorld().ledger,
      raise: async (_: unknown, nanoDollars: number) => {
        asked.push(nanoDollars);
        return raised;
      },
    };
    const world = fakeWorld({ config: labs(addresses), send, ledger });
    const tally = tallyOf({ stream: true }, world.tick);
    const open = openChat(() => requestOf({ stream: true }));
    const outcome = await Promise.allSettled([
      call(planOf(targets(addresses)), open, { patience: endless, tally, world, hold }),
    ]);
    return { outcome: outcome[0], asked, tally };
  }

  test('before another, what those before may have cost is held besides', async () => {
    const { outcome, asked, tally } = await again(true);
    expect(outcome.status).toBe('fulfilled');
    expect(two.asked).toHaveLength(1);
    expect(asked).toHaveLength(1);
    expect(asked[0]).toBeGreaterThan(0);
    expect(tally.bill().nanoDollars).toBeGreaterThanOrEqual(asked[0] ?? 0);
  });

  test('where that cannot be paid, nobody else is called, and the first failure is told', async () => {
    const { outcome, asked } = await again(false);
    expect(outcome).toMatchObject({ status: 'rejected', reason: { details: { provider: 'one' } } });
    expect([asked.length, two.asked]).toEqual([1, []]);
  });
});

test('nothing is sent, and nothing to be paid, for a client that is gone before anything was', async () => {
  const tried = attempt({}, AbortSignal.abort(new GatewayError('client_closed', { message: 'gone' })));
  expect(await failureOf(tried.answer)).toMatchObject({ code: 'client_closed' });
  expect([one.asked, two.asked, tried.tally.attempts()]).toEqual([[], [], []]);
  expect(tried.tally.bill()).toMatchObject({ nanoDollars: 0, estimated: false });
});

test('a call of endless patience ends before what is held for it does, and a timer is put away when the call is over', async () => {
  const world = fakeWorld();
  const laters: (() => Promise<void>)[] = [];
  const { signal: longest, leftMs } = patient(running, {}, emptyConfig, world, (work) => void laters.push(work));
  world.pass(usualLedger.holdSeconds * 1000 - 60_001);
  expect([longest.aborted, leftMs()]).toEqual([false, 1]);
  world.pass(1);
  expect(longest.reason).toMatchObject({ code: 'timeout', message: expect.stringContaining('900000 ms') });
  const { signal } = patient(running, { byRoute: 100 }, emptyConfig, world, (work) => void laters.push(work));
  expect(world.timers()).toBe(1);
  await Promise.all(laters.map((work) => work()));
  expect(world.timers()).toBe(0);
  world.pass(1000);
  expect(signal.aborted).toBe(false);
});
