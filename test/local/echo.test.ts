import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { toRates } from '../../lib/catalog/price.ts';
import { usualLedger } from '../../lib/config/config.ts';
import { ECHO_BASE_URL, withEcho } from '../../lib/local/echo.ts';
import { toChatRequest } from '../../lib/openai/request.ts';
import { fromWhole } from '../../lib/providers/compatible/whole.ts';
import { findProvider } from '../../lib/providers/index.ts';
import { readText } from '../../lib/wire/text.ts';
import { lab, stamp } from '../support/compatible-stream.ts';

const provider = findProvider('sluice', {
  providers: { sluice: { kind: 'openai-compatible', baseUrl: ECHO_BASE_URL } },
  prices: {},
  models: {},
  ledger: usualLedger,
});
if (provider === undefined) throw new Error('The echo is a provider.');
const price = toRates({ input: 0, output: 0 });
const target = { name: 'sluice/echo', provider, model: 'echo', price };
const origin = { provider: 'sluice', stamp };
const away = new Error('This left the house.');
const send = withEcho(() => Promise.reject(away));
const says = (content: unknown, more: object = {}) => ({ messages: [{ role: 'user', content }], ...more });
const tools = ['get_weather', 'get_time'].map((name) => ({ type: 'function', function: { name, parameters: {} } }));

const ask = (fields: object) => {
  const request = toChatRequest({ model: 'sluice/echo', ...fields } as never);
  return send(lab.toProvider(request, target).outbound, new AbortController().signal);
};
async function whole(fields: object) {
  const { choices, usage } = fromWhole(await readText((await ask(fields)).body), origin);
  const [choice] = choices;
  return {
    text: choice?.message.content ?? '',
    tools: choice?.message.tool_calls,
    finish: choice?.finish_reason,
    usage,
  };
}
async function folded(fields: object) {
  const { body } = await ask({ ...fields, stream: true });
  const chunks = (await Array.fromAsync(lab.fromStream(body, origin))).flat();
  const deltas = chunks.flatMap(({ choices }) => choices);
  const calls = deltas.flatMap(({ delta }) => delta.tool_calls ?? []).map(({ index: _, ...call }) => call);
  return {
    text: deltas.map(({ delta }) => delta.content ?? '').join(''),
    tools: calls.length > 0 ? calls : undefined,
    finish: deltas.at(-1)?.finish_reason,
    usage: chunks.at(-1)?.usage,
  };
}

describe('the echo', () => {
  test('says back what the user said last, and counts words', async () => {
    const messages = [
      { role: 'system', content: 'Be brief' },
      { role: 'user', content: 'first' },
      { role: 'assistant', content: 'yes' },
      { role: 'user', content: 'Hello  there\nyou' },
    ];
    expect(await whole({ messages })).toEqual({
      text: 'Hello  there\nyou',
      tools: undefined,
      finish: 'stop',
      usage: { prompt_tokens: 7, completion_tokens: 3, total_tokens: 10 },
    });
  });

  test('reads text in parts, and finds nothing in what holds no words', async () => {
    expect(
      (
        await whole(
          says([
            { type: 'text', text: 'a' },
            { type: 'image_url', image_url: {} },
            { type: 'text', text: 'b' },
          ]),
        )
      ).text,
    ).toBe('a\nb');
    expect((await whole(says(' \n '))).text).toBe('(nothing)');
    expect((await whole(says([]))).text).toBe('(nothing)');
  });

  test('calls the tool that is named, and answers once the tool has', async () => {
    const named = says('please get_time now', { tools });
    expect(await whole(named)).toMatchObject({
      finish: 'tool_calls',
      tools: [{ id: 'call_get_time', type: 'function', function: { name: 'get_time', arguments: '{}' } }],
      usage: { completion_tokens: 1 },
    });
    expect((await whole(says('what now', { tools }))).finish).toBe('stop');
    const messages = [
      ...named.messages,
      { role: 'assistant', tool_calls: [] },
      { role: 'tool', content: 'get_time: noon', tool_call_id: 'x' },
    ];
    expect(await whole({ messages, tools })).toMatchObject({ text: 'get_time: noon', finish: 'stop' });
  });

  test.each([
    [{ max_tokens: 2 }, 'a b', 'length'],
    [{ max_completion_tokens: 2, max_tokens: 1 }, 'a b', 'length'],
    [{ max_tokens: 3 }, 'a b c', 'stop'],
    [{ max_tokens: null }, 'a b c', 'stop'],
  ])('stops at its limit: %j', async (limit, text, finish) => {
    expect(await whole(says('a b c', limit))).toMatchObject({ text, finish });
  });

  test('says the same whole and streamed', async () => {
    const words = fc
      .array(fc.constantFrom('hello', 'get_weather', '漢字', '😀', ' ', '\n'))
      .map((each) => each.join(' '));
    const limit = fc.option(fc.integer({ min: 1, max: 5 }), { nil: null });
    await fc.assert(
      fc.asyncProperty(words, limit, fc.boolean(), async (text, max_tokens, withTools) => {
        const fields = says(text, { max_tokens, ...(withTools ? { tools } : {}) });
        expect(await folded(fields)).toEqual(await whole(fields));
      }),
    );
  });

  test('streams a token a word', async () => {
    const { body } = await ask(says('one two three', { stream: true }));
    expect((await Array.fromAsync(body)).length).toBeGreaterThanOrEqual(3);
  });

  test('answers nobody but those who ask it', async () => {
    const signal = new AbortController().signal;
    for (const url of ['https://api.openai.com/v1/chat/completions', 'https://echo.sluice.invalid.example/v1'])
      await expect(send({ via: 'http', method: 'POST', url, headers: {}, body: '{}' }, signal)).rejects.toBe(away);
  });
});

test('says its words as slowly as it is asked to, so that it can be seen whether they stream', async () => {
  const at: number[] = [];
  for await (const _ of (await ask(says('one two three', { stream: true, pace_ms: 30 }))).body)
    at.push(performance.now());
  const gaps = at.slice(1).map((ms, index) => ms - (at[index] ?? 0));
  expect(gaps.length).toBeGreaterThan(4);
  expect(Math.min(...gaps)).toBeGreaterThan(25);
});
