import { createHash } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type House, openHouse } from '../support/door.ts';
import { FORBIDDEN, type Judge, startJudge } from '../support/judge.ts';
import { labs } from '../support/labs.ts';
import { refusal, startUpstream, type Upstream } from '../support/upstream.ts';

const VALUES = [
  'ada@planted.example',
  '4111 1111 1111 1111',
  '+49 170 1234567',
  `sk-ant-api03-${createHash('sha512').digest('base64url')}`,
];

let house: House;
let judge: Judge;
let claude: Upstream;
beforeAll(async () => {
  judge = await startJudge();
  claude = await startUpstream(refusal(400, { message: 'Enough.' }));
  const { providers } = labs({ judge: judge.baseUrl });
  const anthropic = { baseUrl: new URL(claude.baseUrl).origin, allowPrivate: true, credential: 'env:LAB_KEY' };
  house = await openHouse({
    config: { providers: { ...providers, anthropic }, guardrails: { moderation: { provider: 'judge' } } },
  });
});
afterAll(async () => {
  await house?.close();
  await judge?.close();
  await claude?.close();
});

const escaped = (text: string) => Buffer.from(text).toString('hex').replace(/../g, '%$&');
const base64 = (text: string) => Buffer.from(text).toString('base64');

/** Ways to give a file that the gateway itself makes a text of. */
const ways: readonly (readonly [string, (text: string) => string])[] = [
  ['as it is', (text) => `data:text/plain,${encodeURIComponent(text)}`],
  ['each byte escaped', (text) => `data:text/plain,${escaped(text)}`],
  ['behind a long head', (text) => `data:text/plain;a=${'b'.repeat(300)};base64,${base64(text)}`],
  ['in capitals', (text) => `DATA:TEXT/PLAIN;BASE64,${base64(text)}`],
  ['in base64 alone', base64],
  ['in base64 of nothing in particular', (text) => `data:;base64,${base64(text)}`],
  ['in lines', (text) => base64(text).replace(/.{60}/g, '$&\n')],
  ['in UTF-16', (text) => `data:text/plain;charset=utf-16;base64,${Buffer.from(text, 'utf16le').toString('base64')}`],
];

const ask = async (key: string, file_data: string) => {
  const content = [{ type: 'file', file: { filename: 'a.txt', file_data } }];
  const before = claude.asked.length;
  const messages = [{ role: 'user', content }];
  const response = await house.ask(key, { model: 'anthropic/claude-opus-4-8', messages });
  const { error } = JSON.parse(await response.text());
  const found = () =>
    fetch(`${house.url}/calls/${response.headers.get('x-request-id')}`, {
      headers: { authorization: `Bearer ${key}` },
    });
  return { error, sent: JSON.stringify(claude.asked.slice(before).map(({ body }) => body)), found };
};

const record = async (found: () => Promise<Response>) => {
  await expect.poll(async () => (await found()).status).toBe(200);
  return JSON.parse(await (await found()).text());
};

describe.each(ways)('a file given %s', (_, write) => {
  test('leaves without its values, and is on record as looked into', async () => {
    const { key } = await house.keyOf({ budgets: 'none', redaction: { mode: 'mask' } });
    const { sent, found } = await ask(key, write(`Hello, ${VALUES.join(' and ')}!`));
    expect(sent).toContain('"data":"Hello, [EMAIL] and [CARD] and [PHONE] and [SECRET]!"');
    const counts = { email: 1, card: 1, phone: 1, secret: 1 };
    expect((await record(found)).redaction).toEqual({ mode: 'mask', found: counts, unscanned: [] });
  });

  test('is read by the guardrails', async () => {
    const guard = { input: ['moderation'], unread: 'refuse' };
    const { key } = await house.keyOf({ budgets: 'none', guard });
    const { error, sent } = await ask(key, write(`Say ${FORBIDDEN}.`));
    expect([error.message, sent]).toEqual([expect.stringContaining('moderation: violence'), '[]']);
    expect((await ask(key, write('Say hello.'))).sent).toContain('Say hello.');
  });
});

test.each(['gs://bucket/a.png', 's3://bucket/a.png'])(
  'what stands at %s is refused where nothing may be unread',
  async (url) => {
    const { key } = await house.keyOf({ budgets: 'none', guard: { input: ['moderation'], unread: 'refuse' } });
    const content = [{ type: 'image_url', image_url: { url } }];
    const response = await house.ask(key, { messages: [{ role: 'user', content }] });
    expect([response.status, await response.text()]).toEqual([400, expect.stringContaining('(image)')]);
  },
);
