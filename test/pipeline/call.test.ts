import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { GatewayError } from '../../lib/errors.ts';
import type { ChatRequest } from '../../lib/openai/request.ts';
import { call } from '../../lib/pipeline/call.ts';
import { openChat } from '../../lib/pipeline/open-chat.ts';
import { patient } from '../../lib/pipeline/patience.ts';
import { httpSend } from '../../lib/wire/send.ts';
import { failureOf } from '../support/bytes.ts';
import { labs, requestOf, tallyOf, targets } from '../support/labs.ts';
import { nobody } from '../support/server.ts';
import { timer } from '../support/timer.ts';
import { beginStream, ending, event, refusal, startUpstream, type Upstream, wholeAnswer } from '../support/upstream.ts';
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
const send = httpSend(timer);

/** Calls both providers in order, as a client would who sends these fields. */
function attempt(fields: Partial<ChatRequest> = {}, signal = running, first = one.baseUrl) {
  const addresses = { one: first, two: two.baseUrl };
  const world = fakeWorld({ config: labs(addresses), send });
  const tally = tallyOf(fields, world.tick);
  return { answer: call(targets(addresses), openChat(requestOf(fields)), { signal, tally, world }), tally, world };
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
    const signal = patient(running, 100, world, (work) => void laters.push(work));
    one.answerWith(slow);
    two.answerWith(() => world.pass(100));
    const tried = attempt({}, signal);
    expect(await failureOf(tried.answer)).toMatchObject({ code: 'rate_limit_exceeded' });
    expect(routed(tried)).toEqual(['one/m 429', 'two/m timeout']);
    await two.aborted();
    expect(signal.reason).toMatchObject({ code: 'timeout', status: 504 });
  });
});

test('no patience is no timer, and a timer is put away when the call is over', async () => {
  const world = fakeWorld();
  const laters: (() => Promise<void>)[] = [];
  expect(patient(running, undefined, world, (work) => void laters.push(work))).toBe(running);
  const signal = patient(running, 100, world, (work) => void laters.push(work));
  expect(world.timers()).toBe(1);
  await Promise.all(laters.map((work) => work()));
  expect(world.timers()).toBe(0);
  world.pass(1000);
  expect(signal.aborted).toBe(false);
});
