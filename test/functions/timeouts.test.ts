import { once } from 'node:events';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { Timeouts } from '../../lib/config/route.ts';
import { type House, openHouse } from '../support/door.ts';
import { answer } from '../support/flaky.ts';
import { labs } from '../support/labs.ts';
import { beginStream, ending, event, type Script, startUpstream, type Upstream } from '../support/upstream.ts';

let house: House;
let spare: Upstream;
let key: string;
const SHORT_MS = 150;

beforeAll(async () => {
  spare = await startUpstream(answer('spare'));
  const { providers } = labs({ spare: spare.baseUrl });
  const pair = (name: string, timeouts: Timeouts) => [
    name,
    { inOrder: [{ use: `lab/${name}`, timeouts }, `spare/${name}`] },
  ];
  const models = Object.fromEntries([
    pair('first-true', { firstTokenMs: SHORT_MS }),
    pair('first-false', { firstTokenMs: SHORT_MS }),
    pair('role', { firstTokenMs: 2 * SHORT_MS, betweenTokensMs: SHORT_MS / 3 }),
    pair('between', { betweenTokensMs: SHORT_MS }),
    pair('call', { callMs: SHORT_MS }),
    ['route', { timeouts: { callMs: SHORT_MS }, inOrder: ['lab/route', 'spare/route'] }],
    ['alone', { use: 'lab/alone', timeouts: { callMs: SHORT_MS }, tries: 1 }],
  ]);
  house = await openHouse({ config: { providers, models } });
});
beforeEach(async () => {
  key = (await house.keyOf({ budgets: 'none' })).key;
});
afterAll(async () => {
  await house?.close();
  await spare?.close();
});

const silent: Script = () => {};
const silentAfter =
  (...texts: readonly string[]): Script =>
  (_, response) => {
    beginStream(response);
    for (const text of texts) response.write(text);
  };
/** Goes on and on. */
const endless: Script = (_, response) => {
  beginStream(response);
  const writing = setInterval(() => response.write(event({ content: 'more ' })), 10);
  response.on('close', () => clearInterval(writing));
};

async function asked(model: string, script: Script, stream: boolean, headers: Record<string, string> = {}) {
  house.upstream.answerWith(script);
  const response = await house.ask(key, { model, stream }, headers);
  return { response, text: await response.text(), attempts: response.headers.get('x-sluice-attempts') };
}

describe('a provider that does not begin', () => {
  test.each([true, false])('in the time of its route is left, and the next answers (streamed: %s)', async (stream) => {
    const { response, text, attempts } = await asked(`first-${stream}`, silent, stream);
    expect([response.status, attempts]).toEqual([200, 'lab:timeout,spare:200']);
    expect(text).toContain('"content":"spare"');
    await house.upstream.aborted();
  });

  test('but sends its role ahead is waited for until the first token is due, and no shorter', async () => {
    const startedAt = performance.now();
    const { attempts } = await asked('role', silentAfter(), true);
    expect(attempts).toBe('lab:timeout,spare:200');
    expect(performance.now() - startedAt).toBeGreaterThanOrEqual(2 * SHORT_MS - 5); // a timer may ring a little early
  });
});

test('a provider that falls silent in the midst ends the stream with an error, and nobody else is asked', async () => {
  const before = spare.asked.length;
  const { response, text } = await asked('between', silentAfter(event({ content: 'Hello' })), true);
  expect(response.status).toBe(200);
  const events = text.trim().split('\n\n');
  expect(events.at(-2)).toContain('"content":"Hello"');
  expect(JSON.parse(events.at(-1)?.replace(/^data: /, '') ?? '')).toMatchObject({
    error: {
      code: 'timeout',
      source: 'provider',
      provider: 'lab',
      message: `lab did not go on with its answer within ${SHORT_MS} ms.`,
    },
  });
  expect(text).not.toContain('[DONE]');
  expect(spare.asked.length).toBe(before);
  await house.upstream.aborted();
});

test('a reader that takes its time is no provider that is silent', async () => {
  const long = event({ content: 'x'.repeat(256 * 1024) });
  let written = 0;
  house.upstream.answerWith(async (_, response) => {
    beginStream(response);
    for (; written < 64; written++) if (!response.write(long)) await once(response, 'drain');
    response.end(ending);
  });
  const response = await house.ask(key, { model: 'between', stream: true });
  const reader = response.body?.getReader();
  await reader?.read();
  const stoppedAt = performance.now();
  await expect.poll(() => performance.now() - stoppedAt).toBeGreaterThan(3 * SHORT_MS);
  expect(written).toBeLessThan(64); // it is the reader who is waited for
  let last = '';
  for (let next = await reader?.read(); next?.value; next = await reader?.read())
    last = (last + Buffer.from(next.value).toString()).slice(-200);
  expect(last).toMatch(/data: \[DONE\]\n\n$/);
});

describe('a provider that does not end', () => {
  test('in the time of a target ends the stream with an error that says whose time it was', async () => {
    const { text } = await asked('call', endless, true);
    expect(text).toContain('"content":"more "');
    expect(text).toContain(`lab did not end its answer within ${SHORT_MS} ms.`);
    expect(text).not.toContain('[DONE]');
    await house.upstream.aborted();
  });

  test('is left for the next while nothing of it was passed on', async () => {
    const half: Script = (_, response) => {
      response.writeHead(200, { 'content-type': 'application/json' });
      response.write('{"choices":[');
    };
    const { response, attempts } = await asked('call', half, false);
    expect([response.status, attempts]).toEqual([200, 'lab:timeout,spare:200']);
  });

  test('and stands alone is a 504 that says whose time it was', async () => {
    const { response, text } = await asked('alone', silent, false);
    expect([response.status, JSON.parse(text).error.message]).toEqual([
      504,
      `The call took longer than the ${SHORT_MS} ms its route allows.`,
    ]);
  });

  test('nor begin is left for the next while half of the time of the route is left', async () => {
    const { response, text, attempts } = await asked('route', silent, true);
    expect([response.status, attempts]).toEqual([200, 'lab:timeout,spare:200']);
    expect(text).toContain('data: [DONE]');
  });

  test('in the time of its caller is a 504 that says so', async () => {
    const { response, text } = await asked('between', silent, false, { 'x-sluice-timeout-ms': String(SHORT_MS) });
    expect([response.status, JSON.parse(text).error.message]).toEqual([
      504,
      `The call took longer than the ${SHORT_MS} ms its caller allows.`,
    ]);
  });
});
