import OpenAI from 'openai';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { unhurried } from '../support/cachings.ts';
import { type House, openHouse } from '../support/door.ts';
import { answer } from '../support/flaky.ts';
import { beginStream, ending, event, type Script, usage } from '../support/upstream.ts';

let house: House;
beforeAll(async () => {
  house = await openHouse({
    config: {
      cache: { ...unhurried, mode: 'exact' },
      models: {
        fresh: { use: 'lab/m', cache: { mode: 'off' } },
        any: { use: 'lab/m', cache: { temperature: 'any' } },
        tools: { use: 'lab/m', cache: { toolCalls: true } },
      },
    },
  });
});
afterAll(() => house?.close());

/** Answers a text as a model does: streamed in pieces, or whole. */
const wordByWord =
  (text: string): Script =>
  (asked, response) => {
    if (asked.body.stream !== true) return answer(text)(asked, response);
    beginStream(response);
    for (const word of text.split(/(?<= )/)) response.write(event({ content: word }));
    response.end(ending);
  };

/** Counts what was asked since. */
const counting = () => {
  const before = house.upstream.asked.length;
  return () => house.upstream.asked.length - before;
};

type Told = { readonly status: number; readonly cache: string | null; readonly text: string; readonly body: Body };
type Body = {
  readonly id: string;
  readonly created: number;
  readonly choices: readonly { readonly message: { readonly content: string }; readonly finish_reason: string }[];
  readonly usage: { readonly cost: number; readonly total_tokens: number };
};

async function ask(key: string, fields: object = {}, headers: Readonly<Record<string, string>> = {}): Promise<Told> {
  const response = await house.ask(key, fields, headers);
  const text = await response.text();
  const body = text.startsWith('{') ? JSON.parse(text) : undefined;
  return { status: response.status, cache: response.headers.get('x-sluice-cache'), text, body };
}

const words = (told: Told) => told.body.choices[0]?.message.content;
const sdk = (key: string) => new OpenAI({ apiKey: key, baseURL: house.url, maxRetries: 0 });
const hello = { model: 'lab/m', messages: [{ role: 'user' as const, content: 'Hello' }] };

describe('a repeated question', () => {
  test('is answered from the cache: the same answer, under an id of its own, at no cost', async () => {
    house.upstream.answerWith(answer('Good day.'));
    const { key, tenant, id } = await house.keyOf({ budgets: { day: 1 }, rates: { rpm: 100, tpm: 10_000 } });
    const asked = counting();
    const first = await ask(key);
    const again = await house.ask(key);
    const body: Body = JSON.parse(await again.text());
    expect(asked()).toBe(1);
    expect(first.cache).toBe('miss');
    expect(Object.fromEntries(again.headers)).toMatchObject({
      'x-sluice-cache': 'hit',
      age: '0',
      'x-sluice-model': 'lab/m',
      'x-sluice-attempts': '',
      'x-sluice-cost-usd': '0',
    });
    expect(body.choices).toEqual(first.body.choices);
    expect(body.id).not.toBe(first.body.id);
    expect(body.id).toContain(again.headers.get('x-request-id'));
    expect(body.usage).toMatchObject({
      ...usage,
      cost: 0,
      cost_details: { model: 'lab/m', attempts: '', cache: 'hit' },
    });
    // One is paid for, both are requests, and the tokens of one count.
    const cost = 10 * 1000 + 3 * 2000;
    await expect.poll(() => house.tables.spent(`tenant#${tenant}`)).toMatchObject({ total: cost, calls: 2 });
    const { item } = await house.tables.spent(`tenant#${tenant}`);
    const sum = (letters: string) =>
      Object.entries(item).reduce((all, [name, value]) => (name.startsWith(letters) ? all + Number(value) : all), 0);
    expect([sum('rq'), sum('tk'), item.live]).toEqual([2, usage.total_tokens, 0]);
    await expect
      .poll(() => house.tables.calls(tenant))
      .toMatchObject([
        { cache: 'miss', keyId: id, bill: { nanoDollars: cost } },
        {
          cache: 'hit',
          status: 'ok',
          finish: 'stop',
          model: 'lab/m',
          attempts: [],
          bill: { nanoDollars: 0 },
          savedNanoUsd: cost,
        },
      ]);
    const [made, given] = await house.tables.calls(tenant);
    expect(given).toMatchObject({ cacheSource: made?.id, cacheKey: made?.cacheKey });
    expect(given?.savedMs).toBeGreaterThan(0);
  });

  test.each([
    [false, true],
    [true, false],
    [true, true],
  ])(
    'asked streamed (%s), then streamed (%s), is the same answer to the SDK, in natural pieces',
    async (one, other) => {
      const long = 'Caches are kept by those who know what they ask, and the rest of us wait our turn in line. '.repeat(
        3,
      );
      house.upstream.answerWith(wordByWord(long));
      const { key } = await house.keyOf({ budgets: 'none' });
      const asked = counting();
      const read = async (stream: boolean) => {
        if (!stream) {
          const whole = await sdk(key).chat.completions.create(hello);
          return { text: whole.choices[0]?.message.content, usage: whole.usage, pieces: 1 };
        }
        const pieces: string[] = [];
        let counted: OpenAI.CompletionUsage | null | undefined;
        const chunks = await sdk(key).chat.completions.create({
          ...hello,
          stream,
          stream_options: { include_usage: true },
        });
        for await (const chunk of chunks) {
          pieces.push(chunk.choices[0]?.delta.content ?? '');
          counted = chunk.usage ?? counted;
        }
        return { text: pieces.join(''), usage: counted, pieces: pieces.filter(Boolean).length };
      };
      const first = await read(one);
      const second = await read(other);
      expect(asked()).toBe(1);
      expect(first.text).toBe(long);
      expect(second.text).toBe(long);
      expect(second.usage).toMatchObject({ ...usage, cost: 0 });
      if (other) expect(second.pieces).toBeGreaterThan(3);
    },
  );

  test('is another question with one more word, parameter or key, and the same in another order', async () => {
    house.upstream.answerWith(answer('Yes.'));
    const { key, tenant } = await house.keyOf({ budgets: 'none' });
    const { key: second } = await house.tables.admin.createKey({ tenant });
    const fields = { seed: 1, top_p: 0.5, temperature: 0 };
    expect((await ask(key, fields)).cache).toBe('miss');
    expect((await ask(key, { temperature: 0, top_p: 0.5, seed: 1, user: 'bob', stop: null })).cache).toBe('hit');
    expect((await ask(key, { ...fields, seed: 2 })).cache).toBe('miss');
    expect((await ask(key, { ...fields, unheard_of: true })).cache).toBe('miss');
    expect((await ask(key, fields, { 'x-sluice-strict': 'true' })).cache).toBe('miss');
    expect((await ask(second, fields)).cache).toBe('miss');
  });
});

describe('an answer that is not complete and ordinary', () => {
  const finishing =
    (finish: string | null, more: object = {}): Script =>
    (_, response) => {
      const message = { role: 'assistant', content: 'Well', refusal: null, ...more };
      const choices = [{ index: 0, message, finish_reason: finish }];
      const head = { id: 'c', object: 'chat.completion', created: 1, model: 'm' };
      response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify({ ...head, choices, usage }));
    };
  const tool_calls = [{ id: 'call_1', type: 'function', function: { name: 'pay', arguments: '{}' } }];
  test.each<[string, Script]>([
    ['cut by its limit', finishing('length')],
    ['filtered', finishing('content_filter')],
    ['a refusal', finishing('stop', { refusal: 'I will not.' })],
    ['empty', finishing('stop', { content: '' })],
    ['a call of a tool', finishing('tool_calls', { content: null, tool_calls })],
  ])('is asked for again: %s', async (_, script) => {
    house.upstream.answerWith(script);
    const { key } = await house.keyOf({ budgets: 'none' });
    const asked = counting();
    expect((await ask(key)).status).toBe(200);
    expect((await ask(key)).cache).toBe('miss');
    expect(asked()).toBe(2);
  });

  test('is asked for again when its stream broke off', async () => {
    const { key } = await house.keyOf({ budgets: 'none' });
    house.upstream.answerWith((_, response) => {
      beginStream(response);
      response.write(event({ content: 'Half' }), () => response.destroy());
    });
    expect((await ask(key, { stream: true })).text).toContain('"error"');
    house.upstream.answerWith(answer('Whole.'));
    const again = await ask(key);
    expect([again.cache, words(again)]).toEqual(['miss', 'Whole.']);
  });

  test('but calls a tool is given again where its operator allows it', async () => {
    house.upstream.answerWith(finishing('tool_calls', { content: null, tool_calls }));
    const { key } = await house.keyOf({ budgets: 'none' });
    const first = await ask(key, { model: 'tools' });
    const again = await ask(key, { model: 'tools', stream: true });
    expect([first.cache, again.cache]).toEqual(['miss', 'hit']);
    expect(again.text).toContain('"name":"pay"');
    expect(again.text).toContain('"finish_reason":"tool_calls"');
    expect((await ask(key)).cache).toBe('miss'); // the same model, where nobody allows it
  });
});

describe('what a caller and an operator say', () => {
  const kept = async (headers: Readonly<Record<string, string>>, fields: object = {}) => {
    house.upstream.answerWith(answer('Yes.'));
    const { key } = await house.keyOf({ budgets: 'none' });
    await ask(key, fields);
    return (await ask(key, fields, headers)).cache;
  };
  test.each([
    [{}, {}, 'hit'],
    [{ 'x-sluice-cache': 'off' }, {}, 'off'],
    [{ 'x-sluice-cache': 'exact; ttl=60' }, {}, 'hit'],
    [{ 'x-sluice-cache': 'exact; scope=tenant' }, {}, 'hit'],
    [{ 'cache-control': 'no-store' }, {}, 'off'],
    [{ 'cache-control': 'no-cache' }, {}, 'miss; reason=no-cache'],
    [{ 'cache-control': 'max-age=0' }, {}, 'miss; reason=no-cache'],
    [{ 'cache-control': 'max-age=60, something-else' }, {}, 'hit'],
    [{}, { temperature: 0.7 }, 'off; reason=temperature'],
    [{}, { temperature: 0.7, model: 'any' }, 'hit'],
    [{}, { temperature: 0 }, 'hit'],
    [{}, { model: 'fresh' }, 'off'],
    [{ 'x-sluice-cache': 'exact' }, { model: 'fresh' }, 'off'],
  ])('%j of %j is %s', async (headers, fields, outcome) => {
    expect(await kept(headers, fields)).toBe(outcome);
  });

  test.each(['on', 'exact; ttl=0', 'exact; ttl=a', 'exact; scope=all', 'semantic; threshold=2', 'exact; more=1', ''])(
    'that is no sense is refused by name: %j',
    async (header) => {
      const { key } = await house.keyOf({});
      const { status, text } = await ask(key, {}, { 'x-sluice-cache': header });
      expect([status, JSON.parse(text).error.param]).toEqual([400, 'x-sluice-cache']);
    },
  );

  test('with no-cache is answered anew, and leaves its answer to the next', async () => {
    const { key } = await house.keyOf({ budgets: 'none' });
    house.upstream.answerWith(answer('Old.'));
    await ask(key);
    house.upstream.answerWith(answer('New.'));
    expect(words(await ask(key, {}, { 'cache-control': 'no-cache' }))).toBe('New.');
    await expect.poll(async () => words(await ask(key))).toBe('New.');
  });

  test('of a tenant holds for the tenant: off, and shared between its keys', async () => {
    house.upstream.answerWith(answer('Yes.'));
    const { key } = await house.keyOf({ cache: { mode: 'off' } });
    await ask(key);
    expect((await ask(key)).cache).toBe('off');
    const shared = await house.keyOf({ cache: { scope: 'tenant' } });
    const { key: second } = await house.tables.admin.createKey({ tenant: shared.tenant });
    await ask(shared.key);
    expect((await ask(second)).cache).toBe('hit');
    expect((await ask(second, {}, { 'x-sluice-cache': 'exact; scope=key' })).cache).toBe('miss');
  });
});

describe('who may not ask', () => {
  test('gets no answer from the cache either: no money, no leave, no key', async () => {
    house.upstream.answerWith(answer('Yes.'));
    const { key, tenant, id } = await house.keyOf({ rates: { rpm: 2 } });
    await ask(key);
    expect((await ask(key)).cache).toBe('hit');
    expect((await ask(key)).status).toBe(429);
    await house.tables.admin.setTenant(tenant, [
      { path: ['rates'], value: undefined },
      { path: ['models'], value: ['other/*'] },
    ]);
    await expect.poll(async () => (await ask(key)).status, { timeout: 10_000 }).toBe(403);
    await house.tables.admin.revokeKey(id);
    await expect.poll(async () => (await ask(key)).status, { timeout: 10_000 }).toBe(401);
  });
});
