import { setTimeout as paused } from 'node:timers/promises';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { captureKey } from '../../lib/captures.ts';
import { folderCaptureAdmin, folderCaptures } from '../../lib/local/captures.ts';
import type { World } from '../../lib/world.ts';
import { type House, openHouse } from '../support/door.ts';
import { scratch } from '../support/gateway.ts';
import { FORBIDDEN, harmless, type Judge, judged, startJudge } from '../support/judge.ts';
import { labs } from '../support/labs.ts';
import { beginStream, ending, event, refusal, type Script, usage, wholeAnswer } from '../support/upstream.ts';

const { folder, remove } = scratch();
let house: House;
let judge: Judge;
beforeAll(async () => {
  judge = await startJudge();
  const { providers } = labs({ judge: judge.baseUrl });
  const region = 'eu-central-1';
  const baseUrl = new URL(judge.baseUrl).origin;
  const bedrock = { region, baseUrl, allowPrivate: true, credential: 'env:LAB_KEY' };
  const guardrails = {
    moderation: { provider: 'judge', timeoutMs: 500 },
    house: { provider: 'bedrock', guardrail: 'gr1a2b3c', version: '2', timeoutMs: 500 },
  };
  Object.assign(guardrails, { second: { ...guardrails.house, guardrail: 'gr2' } });
  const world = (usual: World): World => ({ ...usual, captures: folderCaptures(folder) });
  house = await openHouse({ config: { providers: { ...providers, bedrock }, guardrails }, world });
});
afterAll(async () => {
  await house?.close();
  await judge?.close();
  remove();
});
beforeEach(() => judge.judgeBy(harmless));

const says = (content: string) => ({ messages: [{ role: 'user', content }] });

/** Says a text in pieces of three characters. */
const speaking =
  (text: string): Script =>
  (asked, response) => {
    if (asked.body.stream !== true) return wholeAnswer(text)(asked, response);
    beginStream(response);
    for (const content of text.match(/[\s\S]{1,3}/g) ?? []) response.write(event({ content }));
    response.end(ending);
  };

type Read = { readonly status: number; readonly text: string; readonly content: string; readonly finish?: string };

/** What a caller reads: all of it, the text, and how it ends. */
async function read(response: Response): Promise<Read & { readonly usage?: object; readonly error?: object }> {
  const text = await response.text();
  if (!text.startsWith('data: ') && !text.startsWith(':')) {
    const { choices, usage, error } = JSON.parse(text);
    const [{ message = {}, finish_reason: finish = undefined } = {}] = choices ?? [];
    return { status: response.status, text, content: message.content ?? '', finish, usage, error };
  }
  const chunks = text.split('\n\n').flatMap((line) => (line.startsWith('data: {') ? [JSON.parse(line.slice(6))] : []));
  const all = chunks.flatMap(({ choices = [] }) => choices);
  return {
    status: response.status,
    text,
    content: all.map(({ delta }) => delta.content ?? '').join(''),
    finish: all.flatMap(({ finish_reason }) => finish_reason ?? []).at(-1),
    usage: chunks.flatMap(({ usage }) => usage ?? []).at(-1),
    error: chunks.flatMap(({ error }) => error ?? []).at(-1),
  };
}

async function recordOf(key: string, response: Response) {
  const ask = () =>
    fetch(`${house.url}/calls/${response.headers.get('x-request-id')}`, {
      headers: { authorization: `Bearer ${key}` },
    });
  await expect.poll(async () => (await ask()).status).toBe(200);
  return JSON.parse(await (await ask()).text());
}

const found = { moderation: 'moderation: violence', house: 'house: topic violence' };

describe.each(['moderation', 'house'] as const)('the guardrail %s', (name) => {
  const both = { budgets: 'none', guard: { input: [name], output: [name] } };
  const billed = name === 'house' ? 300_000 : 0; // a unit by two policies

  describe.each([false, true])('with streaming %s', (stream) => {
    const ask = (key: string, fields: object) =>
      house.ask(key, { stream, stream_options: stream ? { include_usage: true } : undefined, ...fields });

    test('a request that may not pass reaches no model, and is told why', async () => {
      const { key } = await house.keyOf(both);
      const before = house.upstream.asked.length;
      const response = await ask(key, says(`Say ${FORBIDDEN}.`));
      const { status, error, text } = await read(response);
      expect([status, error]).toEqual([
        400,
        expect.objectContaining({ code: 'content_filter', message: expect.stringContaining(found[name]) }),
      ]);
      expect(text).not.toContain('forbidden');
      expect(house.upstream.asked.length).toBe(before);
      expect(await recordOf(key, response)).toMatchObject({
        status: 'failed',
        errorCode: 'content_filter',
        guardrails: {
          input: 'scanned',
          output: 'not scanned',
          blocked: { side: 'input', by: [found[name]] },
          questions: 1,
          nanoUsd: billed,
        },
        bill: { nanoDollars: billed },
      });
    });

    test('a request that may not pass is kept, where its tenant wants it, as one that came to nothing', async () => {
      const { tenant, key } = await house.keyOf({ ...both, capture: true });
      const response = await ask(key, says(`Say ${FORBIDDEN}.`));
      await recordOf(key, response);
      const id = response.headers.get('x-request-id') ?? '';
      const kept = JSON.parse((await folderCaptureAdmin(folder).read(captureKey({ tenant, id }))) ?? '');
      expect(kept).toMatchObject({ complete: false, error: 'content_filter', request: says(`Say ${FORBIDDEN}.`) });
      expect(kept).not.toHaveProperty('answer');
    });

    test('an answer that may not pass ends as filtered, and nothing of what is wrong with it is shown', async () => {
      const { key } = await house.keyOf(both);
      house.upstream.answerWith(speaking(`${'Well. '.repeat(300)}Here is ${FORBIDDEN}. And more.`));
      const response = await ask(key, says('Go on.'));
      const { status, content, finish, usage: told } = await read(response);
      expect([status, finish]).toEqual([200, 'content_filter']);
      expect(told).toMatchObject(usage);
      expect('Well. '.repeat(300).startsWith(content)).toBe(true);
      if (stream) expect(content.length).toBeGreaterThan(800);
      const record = await recordOf(key, response);
      expect(record).toMatchObject({
        status: 'ok',
        finish: 'content_filter',
        guardrails: { input: 'scanned', output: 'scanned', blocked: { side: 'output', by: [found[name]] } },
      });
      expect(record.bill.nanoDollars).toBe(16_000 + record.guardrails.nanoUsd);
    });

    test('what may pass passes whole', async () => {
      const { key } = await house.keyOf(both);
      const text = `${'All is well here, and goes on. '.repeat(100)}The end.`;
      house.upstream.answerWith(speaking(text));
      const response = await ask(key, says('Go on.'));
      expect(await read(response)).toMatchObject({ status: 200, content: text, finish: 'stop', usage });
      const { guardrails } = await recordOf(key, response);
      expect(guardrails).toMatchObject({ input: 'scanned', output: 'scanned' });
      expect(guardrails).not.toHaveProperty('blocked');
      expect(guardrails.questions).toBeGreaterThanOrEqual(stream ? 4 : 2);
    });

    test.each(['input', 'output'] as const)(
      'where its %s cannot be judged nothing passes, unless that is written',
      async (side) => {
        const { key } = await house.keyOf({ budgets: 'none', guard: { [side]: [name] } });
        const open = await house.keyOf({ budgets: 'none', guard: { [side]: [name], onFailure: 'open' } });
        house.upstream.answerWith(speaking('Fine.'));
        judge.judgeBy(() => refusal(500, { message: 'down' }));
        const before = house.upstream.asked.length;
        const closed = await ask(key, says('Hello'));
        const { error, content } = await read(closed);
        expect([error, content]).toEqual([expect.objectContaining({ code: 'gateway_unavailable' }), '']);
        expect(house.upstream.asked.length).toBe(before + (side === 'input' ? 0 : 1));
        const other = side === 'input' ? 'output' : 'input';
        const failed = { [side]: 'failed', [other]: 'not scanned' };
        expect(await recordOf(key, closed)).toMatchObject({ errorCode: 'gateway_unavailable', guardrails: failed });

        const passed = await ask(open.key, says('Hello'));
        expect(await read(passed)).toMatchObject({ status: 200, content: 'Fine.' });
        expect(await recordOf(open.key, passed)).toMatchObject({ status: 'ok', guardrails: failed });
      },
    );
  });

  test('embeddings go through it, too', async () => {
    const { key } = await house.keyOf(both);
    const before = house.upstream.asked.length;
    const response = await fetch(`${house.url}/embeddings`, {
      method: 'POST',
      headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json' },
      body: JSON.stringify({ model: 'lab/m', input: ['harmless', FORBIDDEN] }),
    });
    expect([response.status, (await read(response)).error]).toEqual([
      400,
      expect.objectContaining({ code: 'content_filter' }),
    ]);
    expect(house.upstream.asked.length).toBe(before);
    expect((await recordOf(key, response)).guardrails).toMatchObject({ input: 'scanned', output: 'not scanned' });
  });

  test('one that hangs is waited for as long as its configuration says, and then counts as failed', async () => {
    const { key } = await house.keyOf(both);
    judge.judgeBy(() => () => {});
    const response = await house.ask(key, says('Hello'));
    expect((await read(response)).error).toMatchObject({ code: 'gateway_unavailable' });
    const { guardrails } = await recordOf(key, response);
    expect(guardrails.input).toBe('failed');
    expect(guardrails.ms).toBeGreaterThanOrEqual(499);
  });
});

test('a stream is shown while it goes on, and what is kept back waits no longer than is allowed', async () => {
  const guard = { output: ['moderation'], window: 1000, holdback: 5, delayMs: 200 };
  const { key } = await house.keyOf({ budgets: 'none', guard });
  const gate = Promise.withResolvers<void>();
  house.upstream.answerWith(async (_, response) => {
    beginStream(response);
    for (const content of ['Hello', ' there', ', you', ' all']) response.write(event({ content }));
    await gate.promise;
    response.end(ending);
  });
  const response = await house.ask(key, { ...says('Hi'), stream: true });
  const reader = (response.body ?? new ReadableStream()).pipeThrough(new TextDecoderStream()).getReader();
  let seen = '';
  while (!seen.includes(' there')) seen += (await reader.read()).value; // the provider has not ended
  expect(seen).not.toContain(' all');
  gate.resolve();
  for (let step = await reader.read(); !step.done; step = await reader.read()) seen += step.value;
  expect(seen).toContain(' all');
  const { guardrails } = await recordOf(key, response);
  expect(guardrails.questions).toBe(1); // its end had been judged, and was only kept back
  expect(guardrails.keptBackMs).toBeGreaterThanOrEqual(199);
});

test('without guardrails for answers the first token is not kept back', async () => {
  const { key } = await house.keyOf({ budgets: 'none', guard: { input: ['moderation'] } });
  const gate = Promise.withResolvers<void>();
  house.upstream.answerWith(async (_, response) => {
    beginStream(response);
    response.write(event({ content: 'Hello' }));
    await gate.promise;
    response.end(ending);
  });
  const response = await house.ask(key, { ...says('Hi'), stream: true });
  const reader = (response.body ?? new ReadableStream()).pipeThrough(new TextDecoderStream()).getReader();
  let seen = '';
  while (!seen.includes('Hello')) seen += (await reader.read()).value;
  gate.resolve();
  await reader.cancel();
});

test('a guardrail sees what leaves, and nothing that was taken out of it', async () => {
  const guard = { input: ['moderation'], output: ['moderation'] };
  const { key } = await house.keyOf({ budgets: 'none', guard, redaction: { mode: 'tokens' } });
  house.upstream.answerWith(({ body }, response) =>
    speaking(String((body.messages as { content: string }[])[0]?.content))({ path: '', headers: {}, body }, response),
  );
  const before = judge.heard().length;
  const question = 'Write to ada@planted.example at once.';
  for (const stream of [true, false])
    expect((await read(await house.ask(key, { ...says(question), stream }))).content).toBe(question);
  const heard = judge.heard().slice(before);
  expect(heard).toHaveLength(4);
  for (const { text } of heard) expect(text).toMatch(/Write to \[EMAIL_1_[0-9a-f]{6}\] at once\./);
});

test('a rule over the tenant holds for its guardrails: what breaks it is not asked, and nothing passes', async () => {
  const tenant = { budgets: 'none', guard: { input: ['moderation'] }, requires: { providers: ['lab'] } };
  const { key, tenant: name } = await house.keyOf(tenant);
  const before = [judge.asked.length, house.upstream.asked.length];
  const { status, error } = await read(await house.ask(key, says('Hello')));
  expect([status, error]).toEqual([
    403,
    expect.objectContaining({
      code: 'no_compliant_target',
      message: `The guardrail moderation is called at judge; tenant ${name} requires lab.`,
    }),
  ]);
  expect([judge.asked.length, house.upstream.asked.length]).toEqual(before);
});

test('a guardrail that the configuration does not know lets nothing pass', async () => {
  const { key } = await house.keyOf({ budgets: 'none', guard: { output: ['nowhere'] } });
  const before = house.upstream.asked.length;
  const { status, error } = await read(await house.ask(key, says('Hello')));
  expect([status, error]).toEqual([503, expect.objectContaining({ message: expect.stringContaining('nowhere') })]);
  expect(house.upstream.asked.length).toBe(before);
});

test('a feature that its caller names adds guardrails, and takes none away', async () => {
  const features = { strict: { guard: { output: ['house'] } }, lax: { guard: { input: [], onFailure: 'open' } } };
  const { key } = await house.keyOf({ budgets: 'none', guard: { input: ['moderation'] }, features });
  house.upstream.answerWith(speaking(`Here: ${FORBIDDEN}`));
  const asked = (feature: string, text: string) => house.ask(key, says(text), { 'x-sluice-feature': feature });
  expect(await read(await asked('strict', 'Hello'))).toMatchObject({ finish: 'content_filter', content: '' });
  expect(await read(await asked('lax', 'Hello'))).toMatchObject({ finish: 'stop' });
  expect((await asked('lax', FORBIDDEN)).status).toBe(400);
  expect((await asked('strict', FORBIDDEN)).status).toBe(400);
});

describe('nothing that may not pass is shown', () => {
  const guard = { output: ['moderation'], window: 50, holdback: 100, delayMs: 50 };
  const [one, other] = [FORBIDDEN.slice(0, 9), FORBIDDEN.slice(9)];

  /** What a caller is sent, byte by byte, of an answer in these events, with a pause after each. */
  async function shown(events: readonly string[]): Promise<string> {
    const { key } = await house.keyOf({ budgets: 'none', guard });
    house.upstream.answerWith(async (_, response) => {
      beginStream(response);
      for (const each of events) {
        response.write(each);
        await paused(120); // longer than a text waits for its window to fill
      }
      response.end(ending);
    });
    const text = await (await house.ask(key, { ...says('Hi'), stream: true })).text();
    expect(text).toContain('content_filter');
    return text;
  }

  test('also where a call of a tool comes in between', async () => {
    const call = { index: 0, id: 'call_1', type: 'function', function: { name: 'look', arguments: '{}' } };
    const text = await shown([
      event({ content: `Here it is: ${one}` }),
      event({ tool_calls: [call] }),
      event({ content: `${other}, and more` }),
    ]);
    expect(text).not.toContain('forbid');
    expect(text).not.toContain('Here');
  });

  test('also beside the text: in thoughts, in fields of a provider, in what a tool is called with', async () => {
    const beside = JSON.parse(event({ content: 'x' }).slice('data: '.length));
    const found = `data: ${JSON.stringify({ ...beside, search_results: [{ snippet: FORBIDDEN }] })}\n\n`;
    const details = [{ type: 'reasoning.text', text: FORBIDDEN, index: 0 }];
    const escaped = FORBIDDEN.replace('f', '\\u0066');
    const call = { index: 0, id: 'call_1', type: 'function', function: { name: 'q', arguments: `{"q":"${escaped}"}` } };
    for (const each of [
      found,
      event({ reasoning_details: details }),
      event({ tool_calls: [call] }),
      event({ reasoning_content: FORBIDDEN }),
      event({ refusal: FORBIDDEN }),
    ]) {
      const text = await shown([each]);
      expect(text).not.toContain(FORBIDDEN);
      expect(text).not.toContain(escaped);
    }
  });

  test('and log probabilities, which spell it, are not shown at all', async () => {
    const { key } = await house.keyOf({ budgets: 'none', guard });
    const logprobs = { content: [{ token: FORBIDDEN, logprob: -1, top_logprobs: [] }] };
    const answer = { id: 'c', object: 'chat.completion', created: 1, model: 'm', usage, search: FORBIDDEN };
    const message = { role: 'assistant', content: 'Fine.', refusal: null };
    const choice = { index: 0, message, logprobs, finish_reason: 'stop' };
    const asked = async (completion: object) => {
      house.upstream.answerWith((_, response) => void response.end(JSON.stringify(completion)));
      return (await house.ask(key, says('Hi'))).text();
    };
    const { search: _, ...plain } = answer;
    expect(JSON.parse(await asked({ ...plain, choices: [choice] })).choices[0]).toMatchObject({
      message,
      logprobs: null,
    });
    expect(await asked({ ...answer, choices: [choice] })).not.toContain(FORBIDDEN);
  });

  test('also in the words of a provider that fails', async () => {
    const { key } = await house.keyOf({ budgets: 'none', guard });
    const error = { code: 'content_filter', message: `Stopped at: ${FORBIDDEN}` };
    house.upstream.answerWith((_, response) => {
      beginStream(response);
      response.write(event({ content: 'Hello' }));
      response.end(`data: ${JSON.stringify({ error })}\n\n`);
    });
    const streamed = await (await house.ask(key, { ...says('Hi'), stream: true })).text();
    expect(streamed).toContain('content_filter');
    house.upstream.answerWith(refusal(400, error));
    const whole = await (await house.ask(key, says('Hi'))).text();
    expect(whole).toContain('content_filter');
    expect(`${streamed}${whole}`).not.toContain('forbidden');
  });

  test('also where it only says that it is bytes', async () => {
    const { key } = await house.keyOf({ budgets: 'none', guard: { ...guard, input: ['moderation'] } });
    const disguised = FORBIDDEN.replaceAll(' ', '+');
    judge.judgeBy((text) => !text.includes(disguised));
    const text = `data:text/plain;base64,${disguised}${'+and+so+on'.repeat(10)}`;
    house.upstream.answerWith(speaking(text));
    for (const stream of [true, false]) {
      const { status, finish, content } = await read(await house.ask(key, { ...says('Hi'), stream }));
      expect([status, finish, content]).toEqual([200, 'content_filter', '']);
    }
    expect((await house.ask(key, says(text))).status).toBe(400);
  });

  test('an image is not asked about, and on record as not looked into', async () => {
    const { key } = await house.keyOf({ budgets: 'none', guard });
    const url = `data:image/png;base64,${'iVBOR'.repeat(400)}`;
    const before = judge.heard().length;
    house.upstream.answerWith((_, response) => {
      beginStream(response);
      response.write(event({ images: [{ type: 'image_url', image_url: { url } }] }));
      response.end(ending);
    });
    const response = await house.ask(key, { ...says('Draw'), stream: true });
    expect(await response.text()).toContain(url);
    expect(judge.heard()).toHaveLength(before);
    expect((await recordOf(key, response)).guardrails).toMatchObject({ output: 'not scanned', unscanned: ['image'] });
  });
});

test('all choices of an answer end with the first that may not pass', async () => {
  const { key } = await house.keyOf({ budgets: 'none', guard: { output: ['moderation'] } });
  house.upstream.answerWith((_, response) => {
    beginStream(response);
    response.end(event({ content: FORBIDDEN }) + ending);
  });
  const text = await (await house.ask(key, { ...says('Hi'), stream: true, n: 3 })).text();
  const ends = text.match(/"index":\d,"delta":\{\},"finish_reason":"content_filter"/g) ?? [];
  expect(ends.map((end) => end.slice(8, 9))).toEqual(['0', '1', '2']);
});

test('what a provider says again with each piece is asked about once, and holds nothing up', async () => {
  const { key } = await house.keyOf({ budgets: 'none', guard: { output: ['moderation'], delayMs: 100 } });
  const gate = Promise.withResolvers<void>();
  const piece = JSON.parse(event({ content: 'word '.repeat(30) }).slice('data: '.length));
  const sources = { provider: 'Lab', search_results: [{ title: 'A page of some length' }] };
  house.upstream.answerWith(async (_, response) => {
    beginStream(response);
    for (let at = 0; at < 5; at++) response.write(`data: ${JSON.stringify({ ...piece, ...sources })}\n\n`);
    await gate.promise;
    response.end(ending);
  });
  const response = await house.ask(key, { ...says('Hi'), stream: true });
  const reader = (response.body ?? new ReadableStream()).pipeThrough(new TextDecoderStream()).getReader();
  let seen = '';
  while (!seen.includes('word')) seen += (await reader.read()).value; // its provider has not ended
  gate.resolve();
  for (let step = await reader.read(); !step.done; step = await reader.read()) seen += step.value;
  expect((await recordOf(key, response)).guardrails.questions).toBe(1);
});

test('what cannot be looked into is refused where that is written', async () => {
  const guard = { input: ['moderation'], unread: 'refuse' };
  const { key } = await house.keyOf({ budgets: 'none', guard });
  const before = house.upstream.asked.length;
  const response = await fetch(`${house.url}/embeddings`, {
    method: 'POST',
    headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json' },
    body: JSON.stringify({ model: 'lab/m', input: [[1, 2, 3]] }),
  });
  expect(await read(response)).toMatchObject({ status: 400, error: { message: expect.stringContaining('tokens') } });
  expect(house.upstream.asked.length).toBe(before);
});

describe('of several questions', () => {
  const long = `${FORBIDDEN}${'x'.repeat(24_950)}${'y'.repeat(1_000)}`;

  test.each(['open', 'closed'])(
    'one that blocks counts more than one that fails, where the policy is %s',
    async (onFailure) => {
      const { key } = await house.keyOf({ budgets: 'none', guard: { input: ['moderation'], onFailure } });
      judge.judgeBy((text) => (text.startsWith('x') ? refusal(400, { message: `Invalid: ${text}` }) : harmless(text)));
      const before = house.upstream.asked.length;
      const { status, error } = await read(await house.ask(key, says(long)));
      expect([status, error]).toEqual([400, expect.objectContaining({ code: 'content_filter' })]);
      expect(house.upstream.asked.length).toBe(before);
    },
  );

  test('those that were answered are billed, though another failed', async () => {
    const { key } = await house.keyOf({ budgets: 'none', guard: { input: ['moderation', 'house'] } });
    const slow: Script = async (asked, response) => {
      if (asked.path.endsWith('/moderations')) return refusal(400, { message: 'no' })(asked, response);
      await paused(150);
      judged(true)(asked, response);
    };
    judge.judgeBy(() => slow);
    const response = await house.ask(key, says('Hello'));
    expect((await read(response)).error).toMatchObject({ code: 'gateway_unavailable' });
    expect(await recordOf(key, response)).toMatchObject({
      bill: { nanoDollars: 300_000 },
      guardrails: { questions: 2 },
    });
  });
});

test('a stream whose guardrail fails is told so at once, whatever its provider does', async () => {
  const { key } = await house.keyOf({ budgets: 'none', guard: { output: ['moderation'], window: 50 } });
  judge.judgeBy(() => refusal(400, { message: 'no' }));
  house.upstream.answerWith((_, response) => {
    beginStream(response);
    response.write(event({ content: 'x'.repeat(60) })); // and nothing more
  });
  const response = await house.ask(key, { ...says('Hi'), stream: true });
  const { error, content } = await read(response);
  expect([error, content]).toEqual([expect.objectContaining({ code: 'gateway_unavailable' }), '']);
});

test('an empty budget is no way around a guardrail, and no failure of it', async () => {
  const guard = { input: ['house'], onFailure: 'open' };
  const { key } = await house.keyOf({ budgets: { total: 0.0005 }, guard });
  const before = [judge.asked.length, house.upstream.asked.length];
  const { status, error } = await read(await house.ask(key, { ...says(FORBIDDEN), max_tokens: 5 }));
  expect([status, error]).toEqual([429, expect.objectContaining({ code: 'budget_exceeded' })]);
  expect([judge.asked.length, house.upstream.asked.length]).toEqual(before);
});

test('a cap is not overspent by guardrails that are asked at once', async () => {
  const guard = { output: ['house', 'second'], window: 900, holdback: 0, delayMs: 60_000 };
  const { key, tenant } = await house.keyOf({ budgets: { total: 0.008 }, guard });
  let [judged, next] = [0, () => {}];
  judge.judgeBy(() => {
    judged += 1;
    if (judged % 2 === 0) next(); // both have seen the window
    return true;
  });
  house.upstream.answerWith(async (_, response) => {
    beginStream(response);
    response.on('close', () => next());
    for (let at = 0; at < 20; at++) {
      const seen = new Promise<void>((resolve) => {
        next = resolve;
      });
      response.write(event({ content: 'x'.repeat(900) }));
      await seen;
    }
    response.end(ending);
  });
  const response = await house.ask(key, { ...says('Hi'), stream: true, max_tokens: 5 });
  expect((await read(response)).error).toMatchObject({ code: 'budget_exceeded' });
  const { bill } = await recordOf(key, response);
  expect(bill.nanoDollars).toBeLessThanOrEqual(8_000_000);
  expect(bill.nanoDollars).toBeGreaterThan(4_000_000); // what was promised and not spent is there for others
  await expect.poll(() => house.tables.everything('counters')).toMatch(new RegExp(`${tenant}[^]*${bill.nanoDollars}`));
});

test('what guardrails cost is held before it is spent, and a budget that does not pay for them pays for nothing', async () => {
  const guard = { input: ['house'], output: ['house'], onFailure: 'closed' };
  const { key } = await house.keyOf({ budgets: { total: 0.0005 }, guard });
  house.upstream.answerWith(speaking('Fine.'));
  const before = judge.asked.length;
  const { status, error } = await read(await house.ask(key, { ...says('Hello'), max_tokens: 5 }));
  expect([status, error]).toEqual([429, expect.objectContaining({ code: 'budget_exceeded' })]);
  expect(judge.asked.length).toBe(before);

  const rich = await house.keyOf({ budgets: { total: 0.1 }, guard });
  const spent = async () =>
    (await house.tables.everything('counters'))
      .split('\n')
      .filter((line) => line.includes(rich.id))
      .join('\n');
  const responses = await Promise.all([1, 2, 3].map(() => house.ask(rich.key, { ...says('Hi'), max_tokens: 5 })));
  let sum = 0;
  for (const response of responses) {
    await response.text();
    const { bill } = await recordOf(rich.key, response);
    expect(bill.nanoDollars).toBe(16_000 + 600_000);
    sum += bill.nanoDollars;
  }
  await expect.poll(spent).toContain(String(sum));
});
