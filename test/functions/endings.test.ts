import type { ServerResponse } from 'node:http';
import { connect } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type House, openHouse } from '../support/door.ts';
import { beginStream, event, refusal, type Script, wholeAnswer } from '../support/upstream.ts';

let house: House;
beforeAll(async () => {
  house = await openHouse({ config: { models: { once: { use: 'lab/m', tries: 1 } } } });
});
afterAll(() => house?.close());

/** Ten tokens in and three out, at 1,000 and 2,000 nano-dollars. */
const USUAL = 16_000;
/** What is held for "Hello" and 50 tokens out: 21 tokens at the dearest 1,250, and 50 at 2,000. */
const HELD = 126_250;

const chunk = (more: object) =>
  `data: ${JSON.stringify({ id: 'c', object: 'chat.completion.chunk', created: 1, model: 'm', choices: [], ...more })}\n\n`;
const usage = { prompt_tokens: 10, completion_tokens: 3, total_tokens: 13 };
const cached = { ...usage, prompt_tokens_details: { cached_tokens: 4 } };
const done = 'data: [DONE]\n\n';

/** A stream that says these pieces, and then ends as it is told. */
const saying =
  (pieces: readonly string[], end: (response: ServerResponse) => void = (response) => response.end()): Script =>
  async (_, response) => {
    beginStream(response);
    for (const piece of pieces) {
      response.write(piece);
      await pause(1); // each a read of its own
    }
    end(response);
  };
const cut = (response: ServerResponse) => response.destroy();
const never = () => {};

type Ending = {
  readonly script: Script;
  readonly fields?: object;
  readonly headers?: Readonly<Record<string, string>>;
  /** Whether the client hangs up once something was said. */
  readonly leaves?: boolean;
  /** Nano-dollars, or between which two. */
  readonly bill: number | readonly [number, number];
  readonly status?: string;
};

const stream = { stream: true };
const said = event({ content: 'Hi' });

const endings: Readonly<Record<string, Ending>> = {
  'an ordinary answer': { script: wholeAnswer('Hi'), bill: USUAL },
  'an ordinary stream': {
    script: saying([said, event({}, 'stop'), chunk({ usage }), done]),
    fields: stream,
    bill: USUAL,
  },
  'tokens read from the cache': {
    script: saying([said, event({}, 'stop'), chunk({ usage: cached }), done]),
    fields: stream,
    bill: 6 * 1_000 + 4 * 100 + 3 * 2_000,
  },
  'a refusal of the provider': { script: refusal(400, { message: 'no' }), bill: 0, status: 'failed' },
  'an overloaded provider': { script: refusal(503, { message: 'later' }), bill: 0, status: 'failed' },
  'a failure before content, with usage': {
    script: saying([chunk({ usage }), chunk({ error: { message: 'broken' } })]),
    fields: stream,
    bill: USUAL,
    status: 'failed',
  },
  'a failure before content, without usage': {
    script: saying([chunk({ error: { message: 'broken' } })]),
    fields: stream,
    bill: 0,
    status: 'failed',
  },
  'a failure after content, with usage': {
    script: saying([said, chunk({ usage }), chunk({ error: { message: 'broken' } })]),
    fields: stream,
    bill: USUAL,
    status: 'failed',
  },
  'a cut after content, with usage': {
    script: saying([said, chunk({ usage })], cut),
    fields: stream,
    bill: USUAL,
    status: 'failed',
  },
  'a cut after content, without usage': {
    script: saying([said], cut),
    fields: stream,
    bill: [23_000, HELD],
    status: 'failed',
  },
  'a client that hung up, when usage was reported before': {
    script: saying([chunk({ usage }), said], never),
    fields: stream,
    leaves: true,
    bill: USUAL,
    status: 'failed',
  },
  'a client that hung up': {
    script: saying([said], never),
    fields: stream,
    leaves: true,
    bill: [4_000, HELD],
    status: 'failed',
  },
  'a client that hung up while nothing was said': {
    script: saying([], never),
    fields: stream,
    leaves: true,
    bill: [1, HELD],
    status: 'failed',
  },
  'a provider too slow for the caller’s patience': {
    script: saying([said], never),
    fields: stream,
    headers: { 'x-sluice-timeout-ms': '150' },
    bill: [4_000, HELD],
    status: 'failed',
  },
  'a provider that never answers a whole call': {
    script: never,
    headers: { 'x-sluice-timeout-ms': '150' },
    bill: [1, HELD],
    status: 'failed',
  },
};

describe('what the ledger books', () => {
  test.each(Object.entries(endings))(
    'of %s is what the record says, in every scope, and nothing stays held',
    async (_, ending) => {
      const { script, fields = {}, headers = {}, leaves = false, bill, status = 'ok' } = ending;
      const limits = { budgets: { day: 1 }, rates: { rpm: 100, tpm: 100_000, concurrent: 10 } };
      const more = { userDefaults: limits, features: { search: limits } };
      const { key, tenant, id } = await house.keyOf({ ...limits, ...more }, limits);
      house.upstream.answerWith(script);
      const before = house.upstream.asked.length;
      const named = { 'x-sluice-user': 'ann', 'x-sluice-feature': 'search', ...headers };
      if (leaves) await leave(key, { max_tokens: 50, ...fields }, named, before);
      else await (await house.ask(key, { model: 'once', max_tokens: 50, ...fields }, named)).text();

      await expect.poll(() => house.tables.calls(tenant)).toHaveLength(1);
      const [call] = await house.tables.calls(tenant);
      const booked = call?.bill as { nanoDollars: number; estimated: boolean };
      if (typeof bill === 'number') expect(booked).toMatchObject({ nanoDollars: bill, estimated: false });
      else {
        expect(booked.estimated).toBe(true);
        expect(booked.nanoDollars).toBeGreaterThanOrEqual(bill[0]);
        expect(booked.nanoDollars).toBeLessThanOrEqual(bill[1]);
      }
      expect(call?.status).toBe(status);
      for (const scope of [`tenant#${tenant}`, `key#${id}`, `user#${tenant}#ann`, `feature#${tenant}#search`]) {
        await expect.poll(async () => (await house.tables.spent(scope)).calls).toBe(1);
        const { item, total } = await house.tables.spent(scope);
        expect([scope, total]).toEqual([scope, booked.nanoDollars]);
        expect([item.live, Object.keys(item).filter((name) => name.startsWith('r#'))]).toEqual([0, []]);
      }
    },
  );
});

test('a reader who stops reading is waited for as long as its call may take, and keeps neither its place nor more than it used', async () => {
  const limits = { budgets: { day: 1 }, rates: { concurrent: 1 } };
  const { key, tenant } = await house.keyOf(limits);
  house.upstream.answerWith(wholeAnswer('x'.repeat(20_000_000)));
  const body = JSON.stringify({ model: 'lab/m', max_tokens: 50, messages: [{ role: 'user', content: 'Hello' }] });
  const head = `POST /v1/chat/completions HTTP/1.1\r\nhost: x\r\nauthorization: Bearer ${key}\r\ncontent-type: application/json\r\nx-sluice-timeout-ms: 1000\r\ncontent-length: ${body.length}\r\n\r\n`;
  const socket = connect(Number(new URL(house.url).port), '127.0.0.1').pause(); // it will never read
  socket.write(head + body);
  await expect.poll(async () => (await house.tables.spent(`tenant#${tenant}`)).calls).toBe(1);
  expect(await house.tables.spent(`tenant#${tenant}`)).toMatchObject({ total: USUAL, item: { live: 0 } });
  expect(await house.tables.calls(tenant)).toMatchObject([{ bill: { nanoDollars: USUAL, estimated: false } }]);
  socket.destroy();
});

/** Asks, and hangs up once the provider was asked and, if it says anything, something was heard. */
async function leave(
  key: string,
  fields: object,
  headers: Readonly<Record<string, string>>,
  before: number,
): Promise<void> {
  const gone = new AbortController();
  const asking = fetch(`${house.url}/chat/completions`, {
    method: 'POST',
    signal: gone.signal,
    headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json', ...headers },
    body: JSON.stringify({ model: 'lab/m', messages: [{ role: 'user', content: 'Hello' }], ...fields }),
  });
  const heard = asking.then((answer) => answer.body?.getReader().read());
  while (house.upstream.asked.length === before) await pause(1);
  await Promise.race([heard, pause(100)]);
  gone.abort();
  await heard.catch(() => {});
}
