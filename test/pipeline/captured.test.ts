import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { CapturePlace } from '../../lib/captures.ts';
import { redactionOver, usualRedaction } from '../../lib/config/redaction-policy.ts';
import type { ChatChunk, ChatStream, Delta } from '../../lib/openai/answer.ts';
import { MOST_CAPTURE_BYTES } from '../../lib/pipeline/capture-text.ts';
import { type Capture, toCapture } from '../../lib/pipeline/captured.ts';
import { KEEPING_MS } from '../../lib/pipeline/kept-in-time.ts';
import type { ChatAnswer } from '../../lib/pipeline/open-chat.ts';
import { redacted } from '../../lib/pipeline/redacted.ts';
import type { CallRecord } from '../../lib/world.ts';
import { computing } from '../support/computing.ts';
import { requestOf, tallyOf } from '../support/labs.ts';
import { plantedTexts } from '../support/planted.ts';
import { caller, fakeWorld, visitOf } from '../support/world.ts';

const wanting = { ...caller, capture: true };
const noUsage = { input: 0, cacheRead: 0, cacheWrite5m: 0, cacheWrite1h: 0, output: 0, reasoning: 0 };
const ended = {
  id: 'req_1',
  at: 1_800_000_000_000,
  tenant: 'acme',
  keyId: 'key_1',
  endpoint: '/v1/chat/completions',
  stream: true,
  requestedModel: 'one/m',
  attempts: [],
  status: 'ok',
  bill: { usage: noUsage, nanoDollars: 0, estimated: false },
  totalMs: 1,
  ownMs: 1,
} as unknown as CallRecord;

/** A world that keeps captures in memory. */
function keeping() {
  const kept: { readonly place: CapturePlace; readonly text: string }[] = [];
  const captures = {
    keep: async (place: CapturePlace, text: string) => {
      kept.push({ place, text });
      return `captures/${place.id}`;
    },
  };
  return { kept, world: fakeWorld({ captures }) };
}

const chunk = (delta: Delta, finish_reason: 'stop' | null = null): ChatChunk => ({
  id: 'c',
  object: 'chat.completion.chunk',
  created: 1,
  model: 'm',
  choices: [{ index: 0, delta, finish_reason }],
});
async function* streamOf(...chunks: readonly ChatChunk[]): ChatStream {
  for (const each of chunks) yield [each];
}
const streaming = (chunks: ChatStream): ChatAnswer => ({ kind: 'stream', chunks });

async function read(answer: ChatAnswer): Promise<readonly ChatChunk[]> {
  return answer.kind === 'stream' ? (await Array.fromAsync(answer.chunks)).flat() : [];
}

async function keptBy(capture: Capture | undefined, more: Partial<CallRecord> = {}) {
  const { kept, world } = keeping();
  expect(await capture?.keep({ ...ended, ...more }, world)).toEqual({ capture: { key: 'captures/req_1' } });
  return { ...kept[0], capture: JSON.parse(kept[0]?.text ?? '') };
}

/** Every string in a value. */
function stringsIn(value: unknown): readonly string[] {
  if (typeof value === 'string') return [value];
  return typeof value === 'object' && value !== null
    ? [...Object.keys(value), ...Object.values(value).flatMap(stringsIn)]
    : [];
}

describe.each(['mask', 'tokens'] as const)('%s', (mode) => {
  test('wherever values stand, and wherever the stream is cut, none is kept', async () => {
    const policy = redactionOver(usualRedaction, { mode });
    const cuts = fc.array(fc.integer({ min: 1, max: 12 }), { minLength: 1, maxLength: 20 });
    await fc.assert(
      fc.asyncProperty(plantedTexts, cuts, fc.boolean(), async ({ text, values }, sizes, broken) => {
        const request = requestOf({ messages: [{ role: 'user', content: text }], stream: true });
        const ask = { ...tallyOf().ask, request };
        const guarded = await redacted(ask, policy, { visit: visitOf({}), caller: wanting }, fakeWorld());
        const capture = toCapture(guarded.ask.request, wanting);
        const said = String(guarded.ask.request.messages[0]?.content);
        const chunks: ChatChunk[] = [];
        for (let at = 0, turn = 0; at < said.length; turn++) {
          const size = sizes[turn % sizes.length] ?? 1;
          chunks.push(chunk({ content: said.slice(at, at + size) }));
          at += size;
        }
        if (!broken) chunks.push(chunk({}, 'stop'));
        const given = guarded.restore(capture?.seen(streaming(streamOf(...chunks))) ?? streaming(streamOf()));
        const heard = (await read(given)).map(({ choices }) => choices[0]?.delta.content ?? '').join('');
        if (mode === 'tokens' && !broken) expect(heard).toBe(text);

        const found = await keptBy(capture, broken ? { errorCode: 'provider_cut' } : {});
        expect(found.capture).toMatchObject({ complete: !broken, request: { messages: [{ content: said }] } });
        expect(found.capture.answer.choices[0].message.content).toBe(said);
        const strings = stringsIn(found.capture).join('\n');
        for (const { value } of values) expect(strings).not.toContain(value);
      }),
      { numRuns: 60 },
    );
  });
});

describe('a capture', () => {
  test('is none where the tenant wants none, and nothing looks at the answer then', () => {
    for (const tenant of [caller, { ...caller, capture: false }])
      expect(toCapture({ model: 'm' }, tenant)).toBeUndefined();
  });

  test('lets a whole answer pass as the very object it is, and each batch of a stream', async () => {
    const capture = toCapture({ model: 'm' }, wanting);
    const whole: ChatAnswer = {
      kind: 'whole',
      completion: { id: 'c', object: 'chat.completion', created: 1, model: 'm', choices: [] },
    };
    expect(capture?.seen(whole)).toBe(whole);
    const chunks = [chunk({ content: 'a' }), chunk({ content: 'b' }, 'stop')];
    const passed = await read(capture?.seen(streaming(streamOf(...chunks))) ?? whole);
    expect(passed.map((each, at) => each === chunks[at])).toEqual([true, true]);
  });

  test('asks a stream for no more than its reader does', async () => {
    let asked = 0;
    async function* counting(): ChatStream {
      for (; ; asked++) yield [chunk({ content: 'a' })];
    }
    const answer = toCapture({ model: 'm' }, wanting)?.seen(streaming(counting()));
    if (answer?.kind !== 'stream') throw new Error('It is no stream.');
    for await (const _ of answer.chunks) break;
    expect(asked).toBe(0);
  });

  test('lets pass, and does not fail the call for, what it cannot put together', async () => {
    const capture = toCapture({ model: 'm' }, wanting);
    const odd = {
      ...chunk({ content: 'a' }),
      choices: [{ index: 0, delta: { tool_calls: [null] }, finish_reason: null }],
    };
    const chunks = [odd as unknown as ChatChunk, chunk({ content: 'b' }, 'stop')];
    expect(await read(capture?.seen(streaming(streamOf(...chunks))) ?? streaming(streamOf()))).toEqual(chunks);
    const { kept, world } = keeping();
    expect(await capture?.keep(ended, world)).toEqual({ capture: { failed: true } });
    expect([kept, world.written.counted]).toEqual([[], ['CaptureFailed']]);
  });

  test('that its place does not take in time is given up, and whoever writes there is told', async () => {
    let told: AbortSignal | undefined;
    const world = fakeWorld({
      captures: {
        keep: (_, __, signal) => {
          told = signal;
          return new Promise(() => {});
        },
      },
    });
    const keep = toCapture({ model: 'm', messages: ['a private word'] }, wanting)?.keep(ended, world);
    world.pass(KEEPING_MS);
    expect(await keep).toEqual({ capture: { failed: true } });
    expect(told?.aborted).toBe(true);
    expect(world.timers()).toBe(0);
    expect(world.written.lines).toMatchObject([{ level: 'error', fields: { id: 'req_1', tenant: 'acme' } }]);
    expect(JSON.stringify(world.written.lines)).not.toContain('a private word');
  });

  test('of what is too long has its beginning, and says so', async () => {
    const long = '"\u{1f600}'.repeat(1_500_000);
    const capture = toCapture({ model: 'm', messages: [{ role: 'user', content: 'short' }] }, wanting);
    capture?.seen({
      kind: 'whole',
      completion: {
        id: 'c',
        object: 'chat.completion',
        created: 1,
        model: 'm',
        choices: [{ index: 0, message: { role: 'assistant', content: long, refusal: null }, finish_reason: 'stop' }],
      },
    });
    const { text = '', capture: found } = await keptBy(capture);
    expect(Buffer.byteLength(text)).toBeLessThanOrEqual(MOST_CAPTURE_BYTES);
    expect(found).toMatchObject({ cut: true, request: { messages: [{ content: 'short' }] } });
    expect(found.answerCut.length).toBeGreaterThan(500_000);
    expect(found.answerCut).toMatch(/^\{"id":"c".*\u{1f600}/su);
    expect(found.answerCut).not.toContain('\u{fffd}');
    expect(found).not.toHaveProperty('answer');
  });

  test('of a stream that is too long has its beginning, and says so, while all of it passes', async () => {
    const piece = 'x'.repeat(1024 * 1024);
    const chunks = Array.from({ length: 12 }, () => chunk({ content: piece }));
    const capture = toCapture({ model: 'm' }, wanting);
    expect(await read(capture?.seen(streaming(streamOf(...chunks))) ?? streaming(streamOf()))).toHaveLength(12);
    const { text = '', capture: found } = await keptBy(capture);
    expect(Buffer.byteLength(text)).toBeLessThanOrEqual(MOST_CAPTURE_BYTES);
    expect(found).toMatchObject({ cut: true, answerCut: expect.stringContaining('xxx') });
  });

  test('is complete when its call ended well and each choice has a finish', async () => {
    const [first, second] = [0, 1].map((index) => (finish_reason: 'stop' | null) => ({
      ...chunk({}),
      choices: [{ index, delta: { content: 'a' }, finish_reason }],
    }));
    if (first === undefined || second === undefined) throw new Error('There are two.');
    const completeOf = async (chunks: readonly ChatChunk[], errorCode?: CallRecord['errorCode']) => {
      const capture = toCapture({ model: 'm' }, wanting);
      await read(capture?.seen(streaming(streamOf(...chunks))) ?? streaming(streamOf()));
      return (await keptBy(capture, errorCode === undefined ? {} : { errorCode })).capture.complete;
    };
    expect(await completeOf([first('stop'), second('stop')])).toBe(true);
    expect(await completeOf([first('stop'), second(null)])).toBe(false);
    expect(await completeOf([first('stop'), second('stop')], 'client_closed')).toBe(false);
  });

  test('tells the limit that the gateway set, and the model that answered', async () => {
    const capture = toCapture({ model: 'route' }, wanting);
    const { kept, world } = keeping();
    await capture?.keep({ ...ended, model: 'one/m', limit: 512 }, world);
    expect(JSON.parse(kept[0]?.text ?? '')).toMatchObject({ model: 'one/m', limit: 512, request: { model: 'route' } });
  });

  test('has the time it may take begin before its text is written', async () => {
    const { world } = keeping();
    const written: number[] = [];
    const request = {
      get model() {
        written.push(world.timers());
        return 'm';
      },
    };
    await toCapture(request, wanting)?.keep(ended, world);
    expect(written).toEqual([1]);
    expect(world.timers()).toBe(0);
  });

  test('of forty thousand log probabilities is written in one go', async () => {
    const piece: ChatChunk = {
      ...chunk({ content: 'a' }),
      choices: [
        {
          index: 0,
          delta: { content: 'a' },
          logprobs: { content: [{ token: 'a', logprob: -0.25, bytes: [97], top_logprobs: [] }], refusal: null },
          finish_reason: null,
        },
      ],
    };
    const capture = toCapture({ model: 'm' }, wanting);
    const tookMs = computing();
    const chunks = streamOf(...Array.from({ length: 40_000 }, () => piece), chunk({}, 'stop'));
    await read(capture?.seen(streaming(chunks)) ?? streaming(streamOf()));
    const { capture: found } = await keptBy(capture);
    expect(tookMs()).toBeLessThan(3_000); // it was more than twenty seconds
    expect(found).toMatchObject({ complete: true });
    expect(found.answer.choices[0].logprobs.content).toHaveLength(40_000);
  });

  test('of more log probabilities than there is room for has those of the beginning', async () => {
    const token = { token: 'a', logprob: -0.25, bytes: [97], top_logprobs: [] };
    const piece = {
      ...chunk({}),
      choices: [{ index: 0, delta: {}, logprobs: { content: Array(1_000).fill(token) }, finish_reason: null }],
    };
    const capture = toCapture({ model: 'm' }, wanting);
    const chunks = streamOf(...Array.from({ length: 400 }, () => piece));
    await read(capture?.seen(streaming(chunks)) ?? streaming(streamOf()));
    const tookMs = computing();
    const { text = '', capture: found } = await keptBy(capture);
    expect(tookMs()).toBeLessThan(2_000); // 25 MB came by
    expect(Buffer.byteLength(text)).toBeLessThanOrEqual(MOST_CAPTURE_BYTES);
    expect(found).toMatchObject({ complete: false, cut: true });
  });
});
