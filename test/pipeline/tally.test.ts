import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { noUsage } from '../../lib/catalog/usage.ts';
import { GatewayError } from '../../lib/errors.ts';
import type { ChatChunk, Delta } from '../../lib/openai/answer.ts';
import { metered } from '../../lib/pipeline/metered.ts';
import { quoted } from '../../lib/pipeline/quoted.ts';
import { openTally } from '../../lib/pipeline/tally.ts';
import { arriving, breaking, failureOf } from '../support/bytes.ts';
import { outgoing, requestOf, tallyOf, targets } from '../support/labs.ts';

const [target] = targets({ one: 'https://one.example/v1' });
if (target === undefined) throw new Error('There is a target.');
const head = { id: 'c', object: 'chat.completion.chunk', created: 1, model: 'm' } as const;
const says = (delta: Delta): ChatChunk => ({ ...head, choices: [{ index: 0, delta, finish_reason: null }] });
const uses = (prompt_tokens: number, completion_tokens: number): ChatChunk => ({
  ...head,
  choices: [],
  usage: { prompt_tokens, completion_tokens, total_tokens: prompt_tokens + completion_tokens },
});
const cut = new GatewayError('provider_cut', { provider: 'one', message: 'cut' });
const twice = { times: 2, over: 1 };
const opened = (fields: object = {}, body = '{}') => {
  const tally = tallyOf(fields);
  tally.sent(target, outgoing(body));
  return tally;
};

describe('the bill', () => {
  test('is what was reported, to the nano-dollar', async () => {
    await fc.assert(
      fc.asyncProperty(fc.nat(1e6), fc.nat(1e6), async (input, output) => {
        const tally = opened();
        await Array.fromAsync(metered(arriving([[says({ content: 'x' })], [uses(input, output)]]), tally));
        expect(tally.bill()).toEqual({
          usage: { ...noUsage, input, output },
          nanoDollars: input * 1000 + output * 2000,
          estimated: false,
        });
        expect([tally.failure(), tally.unread()]).toEqual([undefined, false]);
      }),
    );
  });

  test('is nothing before anybody was called, and after a refusal', () => {
    expect(tallyOf().bill()).toEqual({ usage: noUsage, nanoDollars: 0, estimated: false });
    const tally = opened();
    tally.failed(new GatewayError('rate_limit_exceeded', { message: 'x', provider: 'one', upstreamStatus: 429 }));
    expect(tally.bill()).toEqual({ usage: noUsage, nanoDollars: 0, estimated: false });
    expect(tally.attempts()).toMatchObject([{ target: 'one/m', status: 429, message: 'x' }]);
  });

  test('of an answer cut short is an upper bound: no token is shorter than a byte', async () => {
    const texts = fc.array(fc.string({ unit: 'binary', minLength: 1 }), { minLength: 1, maxLength: 10 });
    await fc.assert(
      fc.asyncProperty(texts, fc.string({ minLength: 2 }), async (pieces, body) => {
        const tally = opened({}, body);
        const kinds = ['content', 'reasoning_content', 'refusal', 'something_new'];
        const chunks = pieces.map((text, at) => [says({ [kinds[at % kinds.length] ?? '']: text })]);
        await failureOf(metered(breaking(chunks, cut), tally));
        const { usage, nanoDollars, estimated } = tally.bill();
        expect(estimated).toBe(true);
        expect(usage.input).toBe(Buffer.byteLength(body));
        expect(usage.output).toBeGreaterThanOrEqual(Buffer.byteLength(pieces.join('')));
        expect(nanoDollars).toBe(usage.input * 1000 + usage.output * 2000);
        expect(tally.failure()).toBe(cut);
      }),
    );
  });

  test('that is an upper bound takes tokens for the dearest kind, served in the dearest way that was asked for', () => {
    const price = { ...target.price, cacheWrite: 7_000_000, reasoning: 5_000_000, factors: { priority: twice } };
    const dear = { ...target, price };
    const request = requestOf({ max_tokens: 4, service_tier: 'priority' });
    const tally = openTally({ ...tallyOf(), boundsFor: (each) => quoted(request, [each]), tick: () => 0 });
    tally.sent(dear, outgoing('{"a":1}'));
    tally.received(3);
    tally.failed(cut);
    expect(tally.bill()).toMatchObject({ nanoDollars: 2 * (7 * 7_000 + 3 * 5_000), estimated: true });
  });

  test('of tool calls cut short counts their arguments', async () => {
    const tally = opened();
    const calls = [{ index: 0, id: 'c1', function: { name: 'look', arguments: '{"a":"漢字"}' } }];
    await failureOf(metered(breaking([[says({ tool_calls: calls })]], cut), tally));
    expect(tally.bill().usage.output).toBeGreaterThanOrEqual(Buffer.byteLength('look{"a":"漢字"}'));
  });

  test('is what was reported even when the stream breaks after it', async () => {
    const tally = opened();
    await failureOf(metered(breaking([[says({ content: 'x' })], [uses(10, 3)]], cut), tally));
    expect(tally.bill()).toMatchObject({ nanoDollars: 16_000, estimated: false });
  });

  test('of an answer without usage is an estimate, and says so', async () => {
    const tally = opened();
    const message = { role: 'assistant', content: 'Hello', refusal: null } as const;
    tally.received(200);
    tally.sawWhole({ ...head, object: 'chat.completion', choices: [{ index: 0, message, finish_reason: 'stop' }] });
    const { usage, estimated } = tally.bill();
    expect([estimated, usage.input, usage.output]).toEqual([true, 2, 200]);
  });

  test('is the sum over all attempts', async () => {
    const tally = opened({}, 'x'.repeat(100));
    tally.failed(new GatewayError('timeout', { message: 'slow', provider: 'one' }));
    tally.sent(target, outgoing('x'));
    await Array.fromAsync(metered(arriving([[uses(10, 3)]]), tally));
    expect(tally.bill()).toMatchObject({
      nanoDollars: 100 * 1000 + 16_000,
      estimated: true,
      usage: { input: 110, output: 3 },
    });
    expect(tally.attempts().map(({ status }) => status)).toEqual(['timeout', 200]);
  });

  // A provider that was asked for a whole answer writes, and bills, up to the limit before its first byte leaves.
  test.each(['timeout', 'client_closed'] as const)(
    'of a whole answer that never came (%s) is no less than the provider may ask: all it was allowed to write',
    (code) => {
      const tally = opened({ max_completion_tokens: 1000 });
      tally.failed(new GatewayError(code, { message: 'x', provider: 'one' }));
      expect(tally.bill()).toMatchObject({ estimated: true });
      expect(tally.bill().usage.output).toBeGreaterThanOrEqual(1000);
    },
  );

  test('of a connection that breaks is nothing before the head of an answer is here, and an upper bound after it', () => {
    const [before, within] = [opened(), opened()];
    within.reached();
    const broken = new GatewayError('provider_unreachable', { message: 'x', provider: 'one' });
    for (const tally of [before, within]) tally.failed(broken);
    expect(before.bill()).toMatchObject({ nanoDollars: 0, estimated: false });
    expect(within.bill()).toMatchObject({ estimated: true });
  });

  test('of an answer that ends is nothing where nothing of it came, and an upper bound where something did', () => {
    const [empty, begun] = [opened(), opened()];
    begun.received(10);
    for (const tally of [empty, begun]) tally.failed(cut);
    expect([empty.bill(), begun.bill()]).toMatchObject([{ nanoDollars: 0, estimated: false }, { estimated: true }]);
  });

  test('of an error a provider tells inside its stream is nothing before it said anything, and an upper bound after it', async () => {
    const failing = async function* (text: string) {
      yield [says({ role: 'assistant', content: text })];
      throw new GatewayError('provider_overloaded', { message: 'x', provider: 'one', inBand: true });
    };
    const bills = [];
    for (const text of ['', 'Hi']) {
      const tally = opened({ stream: true });
      await Array.fromAsync(metered(failing(text), tally)).catch(() => {});
      bills.push(tally.bill());
    }
    expect(bills).toMatchObject([{ nanoDollars: 0, estimated: false }, { estimated: true }]);
  });
});

describe('metering', () => {
  test('changes nothing: the same batches, the same chunks, in the same order', async () => {
    const batches = [[says({ content: 'a' }), says({ content: 'b' })], [], [uses(1, 1)]];
    const passed = await Array.fromAsync(metered(arriving(batches), opened()));
    expect(passed).toHaveLength(3);
    passed.forEach((batch, at) => {
      expect(batch).toBe(batches[at]);
    });
  });

  test('rethrows the very failure it saw', async () => {
    const tally = opened();
    expect(await failureOf(metered(breaking([[says({ content: 'a' })]], cut), tally))).toBe(cut);
    expect(tally.attempts()).toMatchObject([{ status: 'cut', message: 'cut' }]);
  });

  test('of an answer nobody reads to its end knows that, and lets go of it', async () => {
    const tally = opened();
    const source = arriving([[says({ content: 'a' })], [uses(1, 1)]]);
    for await (const _ of metered(source, tally)) break;
    expect([tally.unread(), tally.bill().estimated]).toEqual([true, true]);
    expect((await source.next()).done).toBe(true);
  });
});

test('our own time is what the providers did not take', () => {
  let now = 0;
  const tally = tallyOf({}, () => now);
  now = 5;
  tally.sent(target, outgoing('{}'));
  now = 105;
  tally.failed(cut);
  now = 108;
  tally.sent(target, outgoing('{}'));
  now = 308;
  tally.began();
  now = 1000;
  expect([tally.ownMs(), tally.firstContentMs(), tally.totalMs()]).toEqual([8, 308, 1000]);
});

describe('a stream that is cut', () => {
  const thinker = { ...target, thinksUnseen: true, mostOutputTokens: 32_000 };
  const cutAfter = async (delta: Delta, more: object = {}) => {
    const tally = tallyOf({ stream: true, ...more });
    tally.sent(thinker, outgoing('{}'));
    await failureOf(metered(breaking([[says(delta)]], cut), tally));
    return tally.bill().usage.output;
  };

  test('of a model that thinks unseen may have cost all it was allowed to write', async () => {
    expect(await cutAfter({ content: 'hi' }, { max_completion_tokens: 50_000 })).toBe(50_000);
    expect(await cutAfter({ content: 'hi' })).toBe(32_000);
  });

  test('of a model whose thinking shows cost no more than what was shown', async () => {
    expect(await cutAfter({ reasoning_content: 'hmm' }, { max_completion_tokens: 50_000 })).toBeLessThan(100);
  });
});
