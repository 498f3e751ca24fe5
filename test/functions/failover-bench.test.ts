import { afterAll, beforeAll, describe, test } from 'vitest';
import type { Timeouts } from '../../lib/config/route.ts';
import { type Bench, openBench } from '../support/faults/bench.ts';
import { cuts, ends, stalls } from '../support/faults/strikes.ts';
import { streaming, tokens, writing } from '../support/faults/tokens.ts';
import { ending, event, refusal, type Script, usage, wholeAnswer } from '../support/upstream.ts';

/** Of a route: what FailoverBench waits for in seconds takes less than one here. Everything else is as a gateway comes. */
const toBegin = { firstTokenMs: 400 };
const toGoOn = { betweenTokensMs: 400 };
const hurried = (id: string, timeouts: Timeouts) => ({ inOrder: [{ use: `one/${id}`, timeouts }, `two/${id}`] });

let bench: Bench;
beforeAll(async () => {
  bench = await openBench({
    's06-false': hurried('s06-false', toBegin),
    's06-true': hurried('s06-true', toBegin),
    's06-alone': { use: 'one/s06-alone', tries: 1, timeouts: toBegin },
    s07: { inOrder: [{ use: 'one/s07', timeouts: { firstTokenMs: 20_000 } }, 'two/s07'] },
    's09-false': hurried('s09-false', toGoOn),
    's09-true': hurried('s09-true', toGoOn),
    s12: { inOrder: ['openai/gpt-4o-mini'], larger: 'openai/gpt-4.1-mini' },
  });
});
afterAll(() => bench?.close());

/** A second target for a call, as its caller names it. */
const thenTwo = (id: string) => ({ 'x-sluice-fallback': `two/${id}` });
const both = [false, true];
/** An answer as it was asked for. */
const answers: Script = (asked, response) =>
  asked.body.stream ? streaming(60)(asked, response) : wholeAnswer(tokens(60).join(''))(asked, response);
const SIXTY = tokens(60).join('');
const FORTY = tokens(40).join('');
const says = (status: number, headers = {}): Script => refusal(status, { message: 'No.' }, headers);
const resets: Script = (_, { socket }) => void socket?.resetAndDestroy();
const silent: Script = () => {};
/** Ten tokens in and three out, at 1,000 and 2,000 nano-dollars. */
const USUAL = 16_000;

describe('FailoverBench', () => {
  test.concurrent('S01: a 429 that asks for two seconds is waited for where nobody else could answer', async ({
    expect,
  }) => {
    bench.tell('one/s01', says(429, { 'retry-after': '2' }), answers);
    const heard = await bench.ask({ model: 'one/s01' });
    expect(heard).toMatchObject({ status: 200, content: SIXTY, attempts: 'one:429,one:200' });
    expect(heard.ms).toBeGreaterThan(1_990);
  });

  test.concurrent('S01: and is not, where another answers at once', async ({ expect }) => {
    bench.tell('one/s01-first', says(429, { 'retry-after': '2' }), answers);
    const heard = await bench.ask({ model: 'one/s01-first', headers: thenTwo('s01-first') });
    expect(heard).toMatchObject({ status: 200, attempts: 'one:429,two:200', model: 'two/s01-first' });
    expect(heard.ms).toBeLessThan(1_900);
  });

  test.concurrent('S02: a 429 that stays is left for another target', async ({ expect }) => {
    bench.tell('one/s02', says(429));
    const heard = await bench.ask({ model: 'one/s02', headers: thenTwo('s02') });
    expect(heard).toMatchObject({ status: 200, attempts: 'one:429,two:200' });
  });

  test.concurrent('S02: and where there is none, the caller is told when to come again', async ({ expect }) => {
    bench.tell('one/s02-alone', says(429, { 'retry-after': '30' }));
    const heard = await bench.ask({ model: 'one/s02-alone' });
    expect(heard).toMatchObject({ status: 429, error: { code: 'rate_limit_exceeded' }, retryAfter: '30' });
    expect(heard.attempts).toBe('one:429'); // thirty seconds are longer than a call waits
  });

  test.concurrent.for(both)('S03: one 500 is tried again (streamed: %s)', async (stream, { expect }) => {
    bench.tell(`one/s03-${stream}`, says(500), answers);
    const heard = await bench.ask({ model: `one/s03-${stream}`, stream });
    expect(heard).toMatchObject({ status: 200, content: SIXTY, attempts: 'one:500,one:200' });
  });

  test.concurrent('S04: a 503 that stays is answered by the same model elsewhere, without any route', async ({
    expect,
  }) => {
    bench.tell('openai/gpt-4o', says(503));
    const heard = await bench.ask({ model: 'openai/gpt-4o' });
    expect(heard).toMatchObject({ status: 200, attempts: 'openai:503,azure:200', model: 'azure/gpt-4o' });
  });

  test.concurrent('S04: and where there is none, the failure is told after a second try', async ({ expect }) => {
    bench.tell('one/s04', says(503));
    const heard = await bench.ask({ model: 'one/s04' });
    expect(heard).toMatchObject({ status: 503, error: { source: 'provider' }, attempts: 'one:503,one:503' });
  });

  test.concurrent.for(both)(
    'S05: a reset before the headers is tried again (streamed: %s)',
    async (stream, { expect }) => {
      bench.tell(`one/s05-${stream}`, resets, answers);
      const heard = await bench.ask({ model: `one/s05-${stream}`, stream });
      expect(heard).toMatchObject({ status: 200, content: SIXTY, attempts: 'one:reset,one:200' });
    },
  );

  test.concurrent.for(both)('S06: who never answers is left for another (streamed: %s)', async (stream, { expect }) => {
    bench.tell(`one/s06-${stream}`, silent);
    bench.tell(`two/s06-${stream}`, answers);
    const heard = await bench.ask({ model: `s06-${stream}`, stream });
    expect(heard).toMatchObject({ status: 200, content: SIXTY, attempts: 'one:timeout,two:200' });
  });

  test.concurrent('S06: and where there is no other, the call ends with 504', async ({ expect }) => {
    bench.tell('one/s06-alone', silent);
    const heard = await bench.ask({ model: 's06-alone' });
    expect(heard).toMatchObject({
      status: 504,
      error: { code: 'timeout', source: 'provider' },
      attempts: 'one:timeout',
    });
  });

  test.concurrent('S07: a first token that comes late, but in its time, is the answer', async ({ expect }) => {
    bench.tell('one/s07', (asked, response) => void setTimeout(() => answers(asked, response), 1_500));
    const heard = await bench.ask({ model: 's07', stream: true });
    expect(heard).toMatchObject({ status: 200, content: SIXTY, done: true, attempts: 'one:200' });
    expect(bench.asked('two/s07')).toEqual([]);
  });

  test.concurrent('S08: a stream cut after 40 of 60 tokens ends with an error, and nobody else is asked', async ({
    expect,
  }) => {
    bench.tell('one/s08-stream', streaming(40, cuts));
    const heard = await bench.ask({ model: 'one/s08-stream', stream: true, headers: thenTwo('s08-stream') });
    expect(heard).toMatchObject({ status: 200, content: FORTY, finish: null, done: false });
    expect(heard.error).toMatchObject({
      source: 'provider',
      attempts: [{ target: 'one/s08-stream', status: 'reset' }],
    });
    expect([bench.asked('one/s08-stream').length, bench.asked('two/s08-stream').length]).toEqual([1, 0]);
  });

  test.concurrent('S08: so does one that is cut as if it had ended', async ({ expect }) => {
    bench.tell('one/s08-end', streaming(40, ends));
    const heard = await bench.ask({ model: 'one/s08-end', stream: true, headers: thenTwo('s08-end') });
    expect(heard).toMatchObject({ content: FORTY, finish: null, done: false, error: { code: 'provider_cut' } });
    expect(bench.asked('two/s08-end')).toEqual([]);
  });

  test.concurrent('S08: who waits for the whole answer gets it from another', async ({ expect }) => {
    bench.tell('one/s08', writing(40, cuts));
    bench.tell('two/s08', answers);
    const heard = await bench.ask({ model: 'one/s08', headers: thenTwo('s08') });
    expect(heard).toMatchObject({ status: 200, content: SIXTY, finish: 'stop', attempts: 'one:reset,two:200' });
  });

  test.concurrent('S09: a stream that stalls ends with an error, and nobody else is asked', async ({ expect }) => {
    bench.tell('one/s09-true', streaming(40, stalls));
    const heard = await bench.ask({ model: 's09-true', stream: true });
    expect(heard).toMatchObject({ status: 200, content: FORTY, finish: null, done: false, error: { code: 'timeout' } });
    expect(bench.asked('two/s09-true')).toEqual([]);
  });

  test.concurrent('S09: who waits for a whole answer that stalls gets it from another', async ({ expect }) => {
    bench.tell('one/s09-false', writing(40, stalls));
    bench.tell('two/s09-false', answers);
    const heard = await bench.ask({ model: 's09-false' });
    expect(heard).toMatchObject({ status: 200, content: SIXTY, attempts: 'one:timeout,two:200' });
  });

  test.concurrent('S10: a malformed chunk is never passed on: first it moves on, later it ends the stream with an error', async ({
    expect,
  }) => {
    const malformed = 'data: {"id":"chatcmpl-1","choi\n\n';
    bench.tell(
      'one/s10-first',
      streaming(0, (response) => void response.end(malformed + event({ content: 'x' }) + ending)),
    );
    bench.tell('two/s10-first', answers);
    const first = await bench.ask({ model: 'one/s10-first', stream: true, headers: thenTwo('s10-first') });
    expect(first).toMatchObject({ content: SIXTY, done: true, attempts: 'one:failed,two:200' });

    bench.tell(
      'one/s10',
      streaming(40, (response) => void response.end(malformed + event({ content: 'x' }) + ending)),
    );
    const later = await bench.ask({ model: 'one/s10', stream: true, headers: thenTwo('s10') });
    expect(later).toMatchObject({ content: FORTY, finish: null, done: false, error: { code: 'provider_error' } });
    expect(bench.asked('two/s10')).toEqual([]);
  });

  test.concurrent('S11: a stream that finishes without [DONE] is whole, and one with [DONE] that never finished is not', async ({
    expect,
  }) => {
    bench.tell(
      'one/s11',
      streaming(60, (response) => void response.end(event({}, 'stop'))),
    );
    expect(await bench.ask({ model: 'one/s11', stream: true })).toMatchObject({
      content: SIXTY,
      finish: 'stop',
      done: true,
      error: undefined,
    });
    bench.tell(
      'one/s11-done',
      streaming(60, (response) => void response.end('data: [DONE]\n\n')),
    );
    expect(await bench.ask({ model: 'one/s11-done', stream: true })).toMatchObject({
      content: SIXTY,
      finish: null,
      done: false,
      error: { code: 'provider_cut' },
    });
  });

  const tooLong = refusal(400, {
    message: "This model's maximum context length is 1 token.",
    code: 'context_length_exceeded',
  });

  test.concurrent('S12: a prompt too long for a model goes to the larger one of its route, and not to the same again', async ({
    expect,
  }) => {
    bench.tell('openai/gpt-4o-mini', tooLong);
    const heard = await bench.ask({ model: 's12' });
    expect(heard).toMatchObject({ status: 200, attempts: 'openai:400,openai:200', model: 'openai/gpt-4.1-mini' });
    expect(bench.asked('openai/gpt-4o-mini')).toHaveLength(1);
  });

  test.concurrent('S12: one that is known to read no more is not asked', async ({ expect }) => {
    bench.tell('openai/gpt-4-turbo', tooLong);
    const instead = 'openai/gpt-3.5-turbo,openai/gpt-4-turbo-2024-04-09,openai/gpt-4.1';
    const heard = await bench.ask({ model: 'openai/gpt-4-turbo', headers: { 'x-sluice-fallback': instead } });
    expect(heard).toMatchObject({ status: 200, attempts: 'openai:400,openai:200', model: 'openai/gpt-4.1' });
  });

  test.concurrent('S12: where nothing larger is known, the caller is told why', async ({ expect }) => {
    bench.tell('one/s12', tooLong);
    const heard = await bench.ask({ model: 'one/s12' });
    expect(heard).toMatchObject({ status: 400, error: { code: 'context_length_exceeded' }, attempts: 'one:400' });
  });

  test.concurrent.for(both)(
    'S13: what a content filter refuses is refused, and nobody else is asked (streamed: %s)',
    async (stream, { expect }) => {
      const id = `s13-${stream}`;
      bench.tell(`one/${id}`, refusal(400, { message: 'Not that.', code: 'content_filter', param: 'prompt' }));
      const heard = await bench.ask({ model: `one/${id}`, stream, headers: thenTwo(id) });
      expect(heard).toMatchObject({
        status: 400,
        error: { code: 'content_filter', message: 'Not that.', param: 'prompt' },
        attempts: 'one:400',
      });
      expect(bench.asked(`two/${id}`)).toEqual([]);
    },
  );

  const prefilled = {
    messages: [
      { role: 'user', content: 'Hello' },
      { role: 'assistant', content: 'Well,' },
    ],
  };

  test.concurrent('S14: where a fallback refuses an assistant prefill, the first failure is told, and both attempts', async ({
    expect,
  }) => {
    bench.tell('one/s14', says(503));
    bench.tell('two/s14', refusal(400, { message: 'This model does not support assistant message prefill.' }));
    const heard = await bench.ask({ model: 'one/s14', headers: thenTwo('s14'), fields: prefilled });
    expect(heard).toMatchObject({ status: 503, attempts: 'one:503,two:400' });
    expect(heard.error).toMatchObject({
      code: 'provider_overloaded',
      attempts: [
        { target: 'one/s14', status: 503 },
        { target: 'two/s14', status: 400, message: expect.stringContaining('prefill') },
      ],
    });
  });

  test.concurrent('S14: one that is known to refuse it is not even asked', async ({ expect }) => {
    bench.tell('one/s14-known', says(503));
    const instead = { 'x-sluice-fallback': 'anthropic/claude-opus-4-8,two/s14-known' };
    const heard = await bench.ask({ model: 'one/s14-known', headers: instead, fields: prefilled });
    expect(heard).toMatchObject({ status: 200, attempts: 'one:503,two:200' });
  });

  test.concurrent('S15: a provider that is down is left alone, costs no caller anything, and is returned to by itself', async ({
    expect,
  }) => {
    bench.tell('one/s15', says(503));
    const request = { model: 'one/s15', headers: thenTwo('s15') };
    const { key } = await bench.keyOf({});
    for (let call = 0; call < 20; call++)
      expect(await bench.ask(request, key)).toMatchObject({ status: 200, model: 'two/s15' });
    expect(bench.asked('one/s15')).toHaveLength(3); // three failures are no accident: then it rests, ten seconds at first
    bench.tell('one/s15', answers);
    await expect.poll(async () => (await bench.ask(request, key)).model, { interval: 250 }).toBe('one/s15');
    expect(await bench.ask(request, key)).toMatchObject({ status: 200, attempts: 'one:200' });
  });

  test.concurrent.for(both)(
    'S16: what is reported is the model, the usage and the price of who answered, and no failure is billed (streamed: %s)',
    async (stream, { expect }) => {
      const id = `s16-${stream}`;
      bench.tell(`one/${id}`, says(500));
      bench.tell(`two/${id}-else`, answers);
      const { tenant, ...heard } = await bench.ask({
        model: `one/${id}`,
        stream,
        headers: thenTwo(`${id}-else`),
        fields: stream ? { stream_options: { include_usage: true } } : {},
      });
      expect(heard).toMatchObject({ model: `two/${id}-else`, attempts: 'one:500,two:200' });
      expect(heard.usage).toMatchObject({
        ...usage,
        cost: 0.000016,
        cost_details: { model: `two/${id}-else`, provider_model: `${id}-else`, attempts: 'one:500,two:200' },
      });
      await expect.poll(async () => (await bench.tables.spent(`tenant#${tenant}`)).total).toBe(USUAL);
      expect(await bench.tables.calls(tenant)).toMatchObject([{ bill: { nanoDollars: USUAL, estimated: false } }]);
    },
  );
});
