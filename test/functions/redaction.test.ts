import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { unhurried } from '../support/cachings.ts';
import { type House, openHouse } from '../support/door.ts';
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
const EMPLOYEE = 'EMP-204117';

let house: House;
let spare: Upstream;
beforeAll(async () => {
  spare = await startUpstream();
  const { providers } = labs({ spare: spare.baseUrl });
  const models = { support: { inOrder: [{ use: 'lab/m', tries: 1 }, 'spare/m'] } };
  house = await openHouse({ config: { providers, models, cache: { ...unhurried, mode: 'exact', toolCalls: true } } });
});
afterAll(async () => {
  await house?.close();
  await spare?.close();
});

/** Says back what was said to it last, in pieces of three characters where it streams, and calls a tool with it, too. */
const mirror: Script = ({ body }, response) => {
  const heard = String((body.messages as { content: string }[]).at(-1)?.content);
  const spoken = JSON.stringify({ to: heard });
  if (body.stream !== true) {
    const call = { id: 'call_1', type: 'function', function: { name: 'send', arguments: spoken } };
    const message = { role: 'assistant', content: heard, refusal: null, tool_calls: [call] };
    const choices = [{ index: 0, message, finish_reason: 'tool_calls' }];
    const answer = { id: 'chatcmpl-1', object: 'chat.completion', created: 1, model: 'm', choices, usage };
    response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(answer));
    return;
  }
  beginStream(response);
  for (const piece of pieces(heard)) response.write(event({ content: piece }));
  const head = { index: 0, id: 'call_1', type: 'function', function: { name: 'send', arguments: '' } };
  response.write(event({ tool_calls: [head] }));
  for (const piece of pieces(spoken))
    response.write(event({ tool_calls: [{ index: 0, function: { arguments: piece } }] }));
  response.end(ending);
};
const pieces = (text: string) => text.match(/[\s\S]{1,3}/g) ?? [];

beforeEach(() => {
  house.upstream.answerWith(mirror);
  spare.answerWith(mirror);
});

const says = (text: string) => ({ messages: [{ role: 'user', content: text }] });

/** What a caller reads: the text and the tool's arguments, streamed or not. */
async function read(response: Response): Promise<{ readonly content: string; readonly spoken: string }> {
  const text = await response.text();
  expect([response.status, text]).toEqual([200, expect.anything()]);
  if (!response.headers.get('content-type')?.startsWith('text/event-stream')) {
    const { message } = JSON.parse(text).choices[0];
    return { content: message.content, spoken: message.tool_calls[0].function.arguments };
  }
  let content = '';
  let spoken = '';
  for (const line of text.split('\n\n').filter((each) => each.startsWith('data: {'))) {
    const delta = JSON.parse(line.slice('data: '.length)).choices[0]?.delta ?? {};
    content += delta.content ?? '';
    spoken += delta.tool_calls?.[0]?.function?.arguments ?? '';
  }
  return { content, spoken };
}

const sent = (upstream: Upstream) => JSON.stringify(upstream.asked);

/** All that stands in the tables, compressed things unpacked. */
const stored = async () =>
  JSON.stringify(await Promise.all([house.tables.everything('calls'), house.tables.everything('cache')]));

const record = async (key: string, response: Response) => {
  const asked = () =>
    fetch(`${house.url}/calls/${response.headers.get('x-request-id')}`, {
      headers: { authorization: `Bearer ${key}` },
    });
  await expect.poll(async () => (await asked()).status).toBe(200);
  return JSON.parse(await (await asked()).text());
};

describe.each([false, true])('with streaming %s', (stream) => {
  test.each(['mask', 'tokens'] as const)('%s: nothing planted leaves, by whichever way the call goes', async (mode) => {
    const { key } = await house.keyOf({ budgets: 'none', redaction: { mode, patterns: { employee: 'EMP-[0-9]{6}' } } });
    const question = `Write to ${EMAIL} about ${CARD} and ${EMPLOYEE}, ${mode} ${stream}.`;
    const ask = (fields: object = {}, headers = {}) =>
      house.ask(key, { ...says(question), stream, ...fields }, headers);

    const primary = await ask();
    const answers = [await read(primary.clone())];
    const recorded = await record(key, primary);
    expect(recorded.redaction).toEqual({ mode, found: { email: 1, card: 1, employee: 1 }, unscanned: [] });

    await expect.poll(async () => (await ask()).headers.get('x-sluice-cache')).toBe('hit');
    const hit = await ask();
    answers.push(await read(hit.clone()));
    expect((await record(key, hit)).redaction).toEqual(recorded.redaction);

    house.upstream.answerWith(refusal(503, { message: 'down' }));
    const fallback = await ask({ model: 'support' }, { 'x-sluice-cache': 'off' });
    answers.push(await read(fallback.clone()));
    expect(fallback.headers.get('x-sluice-model')).toBe('spare/m');
    expect((await record(key, fallback)).redaction).toEqual(recorded.redaction);

    const seen = `${sent(house.upstream)}${sent(spare)}${await stored()}`;
    for (const planted of [EMAIL, CARD, EMPLOYEE]) expect(seen).not.toContain(planted);
    for (const { content, spoken } of answers) {
      const expected =
        mode === 'tokens' ? question : `Write to [EMAIL] about [CARD] and [EMPLOYEE], ${mode} ${stream}.`;
      expect([content, JSON.parse(spoken)]).toEqual([expected, { to: expected }]);
    }
  });

  test('block: the request is refused by what it holds, and reaches nobody', async () => {
    const { key } = await house.keyOf({ budgets: 'none', redaction: { mode: 'block' } });
    const before = house.upstream.asked.length;
    const response = await house.ask(key, { ...says(`Write to ${EMAIL}`), stream });
    const { error } = JSON.parse(await response.text());
    expect([response.status, error.code]).toEqual([400, 'content_filter']);
    expect(error.message).toContain('email');
    expect(error.message).not.toContain('ada');
    expect(house.upstream.asked.length).toBe(before);
    expect((await house.ask(key, { ...says('Write to nobody'), stream })).status).toBe(200);
  });

  test('repeated with its idempotency key, the answer has its values again, and they stand nowhere meanwhile', async () => {
    const { key } = await house.keyOf({ budgets: 'none', redaction: { mode: 'tokens' } });
    const question = `Once more to ${EMAIL}, ${stream}.`;
    const headers = { 'idempotency-key': `again-${stream}`, 'x-sluice-cache': 'off' };
    const first = await read(await house.ask(key, { ...says(question), stream }, headers));
    let again = await house.ask(key, { ...says(question), stream }, headers);
    await expect
      .poll(async () => {
        again = await house.ask(key, { ...says(question), stream }, headers);
        return again.headers.get('idempotent-replayed');
      })
      .toBe('true');
    expect(await read(again)).toEqual(first);
    expect(first.content).toBe(question);
    expect(await stored()).not.toContain(EMAIL);
  });
});

describe('whose policy it is', () => {
  const modeOf = async (tenant: object, key: object, headers: Record<string, string>) => {
    const made = await house.keyOf({ budgets: 'none', ...tenant }, key);
    const response = await house.ask(made.key, says('Hello'), headers);
    await response.text();
    return (await record(made.key, response)).redaction?.mode ?? 'off';
  };
  const features = { lax: { redaction: { mode: 'off' } }, strict: { redaction: { mode: 'block' } } };

  test("a feature that its caller names makes the tenant's stricter, and never laxer", async () => {
    const tenant = { redaction: { mode: 'mask' }, features };
    expect(await modeOf(tenant, {}, { 'x-sluice-feature': 'lax' })).toBe('mask');
    expect(await modeOf(tenant, {}, { 'x-sluice-feature': 'strict' })).toBe('block');
    expect(await modeOf({ features }, {}, { 'x-sluice-feature': 'strict' })).toBe('block');
  });

  test('a feature that the key is bound to may say anything', async () => {
    expect(await modeOf({ redaction: { mode: 'mask' }, features }, { feature: 'lax' }, {})).toBe('off');
  });

  test('a pattern that cannot be read lets nothing leave, and says whose it is', async () => {
    const before = house.upstream.asked.length;
    const { key, tenant } = await house.keyOf({ redaction: { mode: 'mask', patterns: { wrong: '(' } } });
    const response = await house.ask(key, says('Hello'));
    expect(response.status).toBe(503);
    expect(JSON.parse(await response.text()).error.message).toMatch(new RegExp(`${tenant}.*wrong`));
    expect(house.upstream.asked.length).toBe(before);
  });
});

test('embeddings are asked for with what may leave', async () => {
  const { key } = await house.keyOf({ budgets: 'none', redaction: { mode: 'tokens' } });
  house.upstream.answerWith((_, response) => {
    const data = [{ object: 'embedding', index: 0, embedding: [0.1, 0.2] }];
    const answer = { object: 'list', data, model: 'm', usage: { prompt_tokens: 3, total_tokens: 3 } };
    response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(answer));
  });
  const response = await fetch(`${house.url}/embeddings`, {
    method: 'POST',
    headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json' },
    body: JSON.stringify({ model: 'lab/m', input: `I am ${EMAIL}` }),
  });
  expect(response.status).toBe(200);
  expect(JSON.stringify(house.upstream.asked.at(-1)?.body)).toMatch(/I am \[EMAIL_1_[a-z0-9]{6}\]/);
});

test('who is called by an address is on record by a mark, always the same', async () => {
  const { key } = await house.keyOf({ budgets: 'none', redaction: { mode: 'mask' } });
  const headers = { 'x-sluice-user': EMAIL, 'x-sluice-metadata': JSON.stringify({ from: EMAIL, run: 'r1' }) };
  const users = [];
  for (let call = 0; call < 2; call++) {
    const response = await house.ask(key, says(`Hello ${call}`), headers);
    await response.text();
    const { user, metadata } = await record(key, response);
    users.push(user);
    expect(metadata).toEqual({ from: user, run: 'r1' });
  }
  expect(users[0]).toMatch(/^\[EMAIL-[0-9a-f]{12}\]$/);
  expect(users[1]).toBe(users[0]);
  expect(await stored()).not.toContain(EMAIL);
});

test('a prompt is the same from call to call, for those who keep what they read', async () => {
  const { key } = await house.keyOf({ budgets: 'none', redaction: { mode: 'tokens' } });
  for (let call = 0; call < 2; call++) {
    const response = await house.ask(key, says(`Write to ${EMAIL}`), { 'x-sluice-cache': 'off' });
    await response.text();
  }
  const [one, other] = house.upstream.asked.slice(-2);
  expect(one?.body).toEqual(other?.body);
});

test('what nobody can look into is on record', async () => {
  const { key } = await house.keyOf({ budgets: 'none', redaction: { mode: 'mask' } });
  const image = { type: 'image_url', image_url: { url: 'data:image/png;base64,iVBORw0KGgo=' } };
  const content = [{ type: 'text', text: 'What is it?' }, image];
  const response = await house.ask(key, { messages: [{ role: 'user', content }] });
  await response.text();
  expect((await record(key, response)).redaction).toEqual({ mode: 'mask', found: {}, unscanned: ['image'] });
});
