import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { GatewayError } from '../../../lib/errors.ts';
import { cut } from '../../support/bytes.ts';
import { attempt, chunk, delta, done, folded, said, usage } from '../../support/compatible-stream.ts';

const begun = chunk([delta({ role: 'assistant', content: 'half' })]);
const end = chunk([delta({}, 0, 'stop')]);

describe('an answer that began with 200 and fails', () => {
  test.each([
    ['an error object', said({ error: { message: 'sk-canary-0123456789', type: 'server_error', code: 'overloaded' } })],
    ['a bare text', said({ error: 'sk-canary-0123456789' })],
    ['an event named error', 'event: error\ndata: {"message":"sk-canary-0123456789"}\n\n'],
    ['something that is no JSON', 'data: <html>sk-canary-0123456789</html>\n\n'],
    ['something that is no object', 'data: ["sk-canary-0123456789"]\n\n'],
    ['half an object', 'data: {"choices":[{"delta":{"content":"sk-canary-0123456789\n\n'],
  ])('by %s is the failure of the provider, in our words', async (_, failing) => {
    for (const before of ['', begun]) {
      const { chunks, error } = await attempt([before, failing, end, done]);
      expect(error).toBeInstanceOf(GatewayError);
      expect(error).toMatchObject({ code: 'provider_error', source: 'provider', details: { provider: 'lab' } });
      expect(String(error)).not.toContain('canary');
      expect(folded(chunks).choices[0]?.finish ?? null).toBeNull();
    }
  });

  test.each([
    ['an error', said({ error: { message: 'x' } })],
    ['what is no JSON', 'data: <html>\n\n'],
  ])('by %s gives what came before it first, wherever it is cut', async (_, failing) => {
    const whole = begun + failing;
    const expected = await attempt([begun, failing]);
    expect(expected.chunks).toHaveLength(1);
    for (let at = 0; at <= Buffer.byteLength(whole); at++) expect(await attempt(cut(whole, at))).toEqual(expected);
  });

  test('by an error that is one JSON object where a stream should be is that error, wherever it is cut', async () => {
    const body = JSON.stringify({ error: { message: 'slow down', code: 'rate_limit_exceeded' } }, null, 2);
    for (let at = 0; at <= Buffer.byteLength(body); at++)
      expect(await attempt(cut(body, at))).toMatchObject({
        chunks: [],
        error: { code: 'rate_limit_exceeded', details: { inBand: true } },
      });
  });

  test('tells the word the provider has for it, when it is a word', async () => {
    const failing = (error: object) => attempt([begun, said({ error })]);
    expect((await failing({ code: 'overloaded', type: 'x' })).error).toMatchObject({
      message: expect.stringContaining('(overloaded)'),
    });
    expect((await failing({ code: 503, type: 'server_error' })).error).toMatchObject({
      message: expect.stringContaining('(server_error)'),
    });
    expect((await failing({ code: 'Has sk-canary-0123456789' })).error).toMatchObject({
      message: 'lab failed while it answered.',
    });
  });

  test('has not failed when it says that there is no error', async () => {
    const calm = [
      chunk([delta({ content: 'x' })], { error: null }),
      chunk([delta({}, 0, 'stop')], { error: null }),
      done,
    ];
    const { chunks, error } = await attempt(calm);
    expect(error).toBeUndefined();
    expect(folded(chunks).choices).toEqual({ 0: { text: 'x', finish: 'stop', role: 'assistant' } });
  });
});

const answers = fc
  .array(fc.record({ text: fc.string({ minLength: 1, maxLength: 4, unit: 'binary' }), index: fc.nat(2) }), {
    minLength: 1,
    maxLength: 8,
  })
  .map((pieces) => {
    const indexes = [...new Set(pieces.map(({ index }) => index))];
    const opened = indexes.map((index) => chunk([delta({ role: 'assistant', content: '' }, index)]));
    const spoken = pieces.map(({ text, index }) => chunk([delta({ content: text }, index)]));
    const finished = indexes.map((index) => chunk([delta({}, index, 'stop')]));
    return { events: [...opened, ...spoken], finished };
  });

describe('any answer that ends early', () => {
  test('fails, for every number of choices and every byte it may end at', async () => {
    const shortened = answers.chain(({ events, finished }) => {
      const bytes = Buffer.from([...events, ...finished].join(''));
      return fc.record({ bytes: fc.constant(bytes), at: fc.nat(bytes.length - 1) });
    });
    await fc.assert(
      fc.asyncProperty(shortened, async ({ bytes, at }) => {
        const { chunks, error } = await attempt([bytes.subarray(0, at)]);
        expect(error).toMatchObject({ code: 'provider_cut' });
        const { choices, usages } = folded(chunks);
        expect(usages).toEqual([]);
        expect(Object.values(choices).every(({ finish }) => finish !== null) && at > 0 && chunks.length > 0).toBe(
          false,
        );
      }),
      { numRuns: 200 },
    );
  });

  test('of nothing but a usage is cut too', async () => {
    expect((await attempt([chunk([], { usage }), done])).error).toMatchObject({ code: 'provider_cut' });
  });
});

test('any bytes at all give chunks or a failure of the provider, never a fault of ours', async () => {
  const junk = fc.oneof(
    fc.jsonValue().map((value) => said(value)),
    fc.record({ choices: fc.jsonValue(), usage: fc.jsonValue(), id: fc.jsonValue() }).map((value) => said(value)),
    fc
      .array(fc.record({ index: fc.jsonValue(), delta: fc.jsonValue(), finish_reason: fc.jsonValue() }))
      .map((choices) => said({ choices })),
    fc.string({ unit: 'binary' }),
  );
  await fc.assert(
    fc.asyncProperty(fc.array(junk, { maxLength: 4 }), async (events) => {
      const { error } = await attempt(events);
      if (error !== undefined) expect(error).toMatchObject({ name: 'GatewayError', source: 'provider' });
    }),
    { numRuns: 300 },
  );
});
