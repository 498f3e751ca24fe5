import { readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import OpenAI from 'openai';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { Captures } from '../../lib/captures.ts';
import { folderCaptureAdmin, folderCaptures } from '../../lib/local/captures.ts';
import { KEEPING_MS } from '../../lib/pipeline/kept-in-time.ts';
import { unhurried } from '../support/cachings.ts';
import { type House, openHouse } from '../support/door.ts';
import { embeds } from '../support/embeds.ts';
import { gated } from '../support/gated.ts';
import { labs } from '../support/labs.ts';
import {
  beginStream,
  ending,
  event,
  refusal,
  type Script,
  startUpstream,
  type Upstream,
  usage,
} from '../support/upstream.ts';

const EMAIL = 'ada.lovelace@planted.example';
const CARD = '4111 1111 1111 1111';

let house: House;
let spare: Upstream;
/** Where captures are kept at this moment. */
let place: Captures | undefined;
let keepingMs = KEEPING_MS;
const counted: string[] = [];
const errors: unknown[] = [];

beforeAll(async () => {
  spare = await startUpstream();
  const { providers } = labs({ spare: spare.baseUrl });
  house = await openHouse({
    config: {
      providers,
      models: { support: { inOrder: [{ use: 'lab/m', tries: 1 }, 'spare/m'] }, once: { use: 'lab/m', tries: 1 } },
      cache: { ...unhurried, mode: 'exact', scope: 'tenant', waitSeconds: 0, toolCalls: true },
    },
    world: (world) => ({
      ...world,
      get captures() {
        return place;
      },
      timer: (ms, ring) => world.timer(ms === KEEPING_MS ? keepingMs : ms, ring),
      metrics: { ...world.metrics, count: (metric) => void counted.push(metric) },
      log: { ...world.log, error: (...line) => void errors.push(line) },
    }),
  });
});
afterAll(async () => {
  await house?.close();
  await spare?.close();
});
beforeEach(() => {
  place = folderCaptures(house.dataDir);
  keepingMs = KEEPING_MS;
  counted.length = 0;
  errors.length = 0;
  house.upstream.answerWith(mirror);
  spare.answerWith(mirror);
});

/** Says back what was said to it last, in pieces of three characters where it streams, and calls a tool with it, too. */
const mirror: Script = ({ body }, response) => {
  const heard = String((body.messages as { content: string }[]).at(-1)?.content);
  const spoken = JSON.stringify({ to: heard });
  if (body.stream !== true) {
    const call = { id: 'call_1', type: 'function', function: { name: 'send', arguments: spoken } };
    const message = { role: 'assistant', content: heard, refusal: null, tool_calls: [call] };
    const choices = [{ index: 0, message, finish_reason: 'tool_calls' }];
    response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify({ choices, usage }));
    return;
  }
  beginStream(response);
  for (const content of heard.match(/[\s\S]{1,3}/g) ?? []) response.write(event({ content }));
  response.write(event({ tool_calls: [{ index: 0, id: 'call_1', type: 'function', function: { name: 'send' } }] }));
  for (const piece of spoken.match(/[\s\S]{1,3}/g) ?? [])
    response.write(event({ tool_calls: [{ index: 0, function: { arguments: piece } }] }));
  response.end(ending);
};

const says = (content: string, more: object = {}) => ({ messages: [{ role: 'user', content }], ...more });

/** A key of a fresh tenant that wants its prompts and answers kept. */
const capturing = (more: object = {}) => house.keyOf({ budgets: { day: 100 }, capture: true, ...more });

/** The record of a call. */
async function recordOf(tenant: string, { headers }: Pick<Response, 'headers'>) {
  const id = headers.get('x-request-id') ?? '';
  await expect.poll(() => house.tables.item('calls', `tenant#${tenant}`, id)).toBeDefined();
  const found = await house.tables.item('calls', `tenant#${tenant}`, id);
  return { id, ...found } as { readonly id: string; readonly capture?: { readonly key?: string } };
}

/** What was kept of a call. */
async function keptOf(tenant: string, response: Pick<Response, 'headers'>) {
  const { id, capture } = await recordOf(tenant, response);
  expect(capture?.key).toMatch(new RegExp(`^captures/${tenant}/(nobody|u-[0-9a-f]{32})/${id}\\.json\\.gz$`));
  return JSON.parse((await folderCaptureAdmin(house.dataDir).read(String(capture?.key))) ?? '');
}

/** The files that are kept of a tenant. */
async function filesOf(tenant: string): Promise<readonly string[]> {
  const folder = join(house.dataDir, 'captures', tenant);
  const found = await readdir(folder, { recursive: true, withFileTypes: true }).catch(() => []);
  return found.filter((each) => each.isFile()).map(({ parentPath, name }) => join(parentPath, name));
}

const contentOf = (heard: string) => ({
  choices: [
    {
      index: 0,
      message: {
        content: heard,
        tool_calls: [{ function: { name: 'send', arguments: JSON.stringify({ to: heard }) } }],
      },
    },
  ],
});

describe.each([false, true])('with streaming %s', (stream) => {
  test.each(['mask', 'tokens'] as const)('%s: a call is kept as it left, by whichever way it goes', async (mode) => {
    const { tenant, key } = await capturing({ redaction: { mode } });
    const question = `Write to ${EMAIL} about ${CARD}, ${mode} ${stream}.`;
    const ask = async (fields: object = {}, headers = {}) => {
      const response = await house.ask(key, says(question, { stream, user: EMAIL, ...fields }), headers);
      const text = await response.text();
      if (mode === 'tokens' && !stream) expect(text).toContain(EMAIL); // its caller has the values back
      return response;
    };
    const own = await ask();
    const kept = await keptOf(tenant, own);
    const left = kept.request.messages[0].content;
    expect(left).toMatch(mode === 'mask' ? /^Write to \[EMAIL\] about \[CARD\]/ : /^Write to \[EMAIL_1_\w+\] about/);
    const user = expect.stringMatching(/^\[EMAIL-[0-9a-f]{12}\]$/);
    expect(kept).toMatchObject({
      v: 1,
      tenant,
      user,
      endpoint: '/v1/chat/completions',
      model: 'lab/m',
      redaction: mode,
    });
    expect(kept).toMatchObject({ complete: true, request: { model: 'lab/m' }, answer: contentOf(left) });
    expect(Date.parse(kept.at)).toBeGreaterThan(0);
    expect(kept).not.toHaveProperty('error');

    await expect.poll(async () => (await ask()).headers.get('x-sluice-cache')).toBe('hit');
    expect(await keptOf(tenant, await ask())).toMatchObject({ complete: true, answer: contentOf(left) });

    house.upstream.answerWith(refusal(503, { message: 'down' }));
    const fallback = await keptOf(tenant, await ask({ model: 'support' }, { 'x-sluice-cache': 'off' }));
    expect(fallback).toMatchObject({ model: 'spare/m', complete: true, answer: contentOf(left) });

    const files = await filesOf(tenant);
    expect(files.length).toBeGreaterThanOrEqual(4);
    for (const file of files) {
      expect(file).not.toContain('lovelace');
      const text = gunzipSync(await readFile(file)).toString();
      for (const planted of [EMAIL, CARD]) expect(text).not.toContain(planted);
    }
  });

  test('calls that share one answer are kept each', async () => {
    const { held, open } = gated(mirror);
    house.upstream.answerWith(held);
    const { tenant, key } = await capturing();
    const before = house.upstream.asked.length;
    const asked = [1, 2].map(() => house.ask(key, says(`together ${stream}`, { stream })));
    const live = async () => Number((await house.tables.spent(`tenant#${tenant}`)).item.live ?? 0);
    await expect.poll(live).toBe(2);
    await expect.poll(() => house.upstream.asked.length).toBe(before + 1);
    open();
    const answers = await Promise.all(asked);
    await Promise.all(answers.map((answer) => answer.text()));
    const kept = await Promise.all(answers.map((answer) => keptOf(tenant, answer)));
    expect(new Set(kept.map(({ id }) => id)).size).toBe(2);
    for (const each of kept) expect(each).toMatchObject({ complete: true, answer: contentOf(`together ${stream}`) });
    expect(house.upstream.asked.length).toBe(before + 1);
  });
});

test('the SDK has its hidden values in a tool call, and the capture has not', async () => {
  const { tenant, key } = await capturing({ redaction: { mode: 'tokens' } });
  const openai = new OpenAI({ baseURL: house.url, apiKey: key, maxRetries: 0 });
  const messages = [{ role: 'user' as const, content: `Hello ${EMAIL}` }];
  const asked = openai.chat.completions.create({ model: 'lab/m', messages, stream: true });
  const { data, response } = await asked.withResponse();
  let spoken = '';
  for await (const { choices } of data) spoken += choices[0]?.delta.tool_calls?.[0]?.function?.arguments ?? '';
  expect(JSON.parse(spoken)).toEqual({ to: `Hello ${EMAIL}` });
  expect(JSON.stringify(await keptOf(tenant, response))).not.toContain(EMAIL);
});

describe('an answer that is not whole', () => {
  test('is kept as far as it was given, when its provider broke it off', async () => {
    house.upstream.answerWith((_, response) => {
      beginStream(response);
      response.write(event({ content: 'Half a' }), () => response.destroy());
    });
    const { tenant, key } = await capturing();
    const response = await house.ask(key, says('broken', { model: 'once', stream: true }));
    expect(await response.text()).toContain('"error"');
    const kept = await keptOf(tenant, response);
    expect(kept).toMatchObject({ complete: false, error: 'provider_unreachable' });
    expect(kept.answer.choices).toMatchObject([{ message: { content: 'Half a' }, finish_reason: null }]);
  });

  test('is kept as far as it was given, when its reader left', async () => {
    house.upstream.answerWith((_, response) => {
      beginStream(response);
      response.write(event({ content: 'Half a' }));
    });
    const { tenant, key } = await capturing();
    const leaving = new AbortController();
    const response = await house.ask(key, says('left', { stream: true }), {}, leaving.signal);
    await response.body?.getReader().read();
    leaving.abort();
    expect(await keptOf(tenant, response)).toMatchObject({
      complete: false,
      error: 'client_closed',
      answer: { choices: [{ message: { content: 'Half a' }, finish_reason: null }] },
    });
  });

  test('leaves the request and why there is none, when there is none', async () => {
    house.upstream.answerWith(refusal(400, { message: 'no' }));
    const { tenant, key } = await capturing();
    const response = await house.ask(key, says('refused', { model: 'once' }));
    const kept = await keptOf(tenant, response);
    expect(kept).toMatchObject({ complete: false, error: JSON.parse(await response.text()).error.code });
    expect(kept).toMatchObject({ request: says('refused') });
    expect(kept).not.toHaveProperty('answer');
  });
});

test('of embeddings the request is kept, as it left', async () => {
  house.upstream.answerWith(embeds);
  const { tenant, key } = await capturing({ redaction: { mode: 'mask' } });
  const response = await fetch(`${house.url}/embeddings`, {
    method: 'POST',
    headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json', 'x-sluice-user': 'ann' },
    body: JSON.stringify({ model: 'lab/e', input: [`of ${EMAIL}`] }),
  });
  expect(response.status).toBe(200);
  const kept = await keptOf(tenant, response);
  expect(kept).toMatchObject({
    endpoint: '/v1/embeddings',
    complete: true,
    user: 'ann',
    request: { input: ['of [EMAIL]'] },
  });
  expect(kept).not.toHaveProperty('answer');
  const { capture } = await recordOf(tenant, response);
  expect(capture?.key).not.toContain('ann');
});

test('what was refused before it left is not kept', async () => {
  const blocking = await capturing({ redaction: { mode: 'block' } });
  const poor = await capturing({ budgets: { day: 0 } });
  expect((await house.ask(blocking.key, says(`Write to ${EMAIL}`))).status).toBe(400);
  expect((await house.ask(poor.key, says('Hello'))).status).toBe(429);
  for (const { tenant } of [blocking, poor]) expect(await filesOf(tenant)).toEqual([]);
});

test('of a tenant that does not want it nothing is kept, and its records say nothing of it', async () => {
  for (const more of [{}, { capture: false }]) {
    const { tenant, key } = await house.keyOf({ budgets: 'none', ...more });
    const response = await house.ask(key, says(`unseen ${tenant}`, { stream: true }));
    await response.text();
    expect(await recordOf(tenant, response)).not.toHaveProperty('capture');
    expect(await filesOf(tenant)).toEqual([]);
  }
});

test('what is kept can be read by the owner of the folder alone', async () => {
  const { tenant, key } = await capturing();
  await keptOf(tenant, await house.ask(key, says('private')));
  const [file = ''] = await filesOf(tenant);
  expect((await stat(file)).mode & 0o777).toBe(0o600);
  expect((await stat(join(house.dataDir, 'captures'))).mode & 0o777).toBe(0o700);
});

describe('a call is answered, booked and written down as ever', () => {
  const secret = 'a word nobody may log';
  const places: Readonly<Record<string, Captures | undefined>> = {
    'and its record says that it was not kept, when there is no place for it': undefined,
    'and its record says that it was not kept, when its place refuses it': {
      keep: async () => Promise.reject(new Error('AccessDenied')),
    },
    'and its record says that it was not kept, when its place never answers': { keep: () => new Promise(() => {}) },
  };
  test.each(Object.entries(places))('%s', async (_, broken) => {
    place = broken;
    keepingMs = 20;
    const { tenant, key } = await capturing();
    const response = await house.ask(key, says(secret, { stream: true }));
    expect(await response.text()).toContain('[DONE]');
    const record = await recordOf(tenant, response);
    expect(record).toMatchObject({ capture: { failed: true }, status: 'ok', bill: { nanoDollars: 16_000 } });
    await expect.poll(() => house.tables.spent(`tenant#${tenant}`)).toMatchObject({ total: 16_000, calls: 1 });
    expect(counted).toEqual(['CaptureFailed']);
    expect(errors).toEqual([['A capture could not be kept.', expect.objectContaining({ id: record.id, tenant })]]);
    expect(JSON.stringify(errors)).not.toContain(secret);
  });
});
