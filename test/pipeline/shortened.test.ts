import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { toRates } from '../../lib/catalog/price.ts';
import type { ChatRequest } from '../../lib/openai/request.ts';
import { quoted } from '../../lib/pipeline/quoted.ts';
import { shortened } from '../../lib/pipeline/shortened.ts';
import type { Target } from '../../lib/providers/provider.ts';
import { hold, requestOf, targets } from '../support/labs.ts';

const plan = targets({ one: 'https://one.example/v1', two: 'https://two.example/v1' });
const [first, second] = plan;
if (first === undefined || second === undefined) throw new Error('There are two targets.');
/** A target that gives so many tokens at most, at these dollars a million. */
const targetOf = (target: Target, mostOutputTokens?: number, input = 1, output = 2): Target => ({
  ...target,
  price: toRates({ input: input * 1_000_000, output: output * 1_000_000 }),
  ...(mostOutputTokens !== undefined && { mostOutputTokens }),
});
const unknown = targetOf(first);
const small = targetOf(second, 1_000);
const cost = (request: ChatRequest, target: Target) => quoted(request, [target]).nanoDollars;

/** A request as it leaves when so much of its ceiling is held, all of it unless said otherwise. */
function shorten(request: ChatRequest, over: readonly Target[], capped: boolean, nanoDollars?: number) {
  const quote = quoted(request, over);
  const held = { ...hold, nanoDollars: nanoDollars ?? quote.nanoDollars };
  return shortened(request, () => quote, { hold: held, standing: {}, capped });
}

describe('a call that no dollar limit is over', () => {
  test.each([[{}], [{ n: 3 }], [{ max_tokens: 100_000 }]])('stays as it is, whatever it asks: %j', (fields) => {
    const request = requestOf(fields);
    const { requestFor, limitFor } = shorten(request, [unknown, small], false, 0);
    for (const target of [unknown, small]) {
      expect(requestFor(target)).toBe(request);
      expect(limitFor(target)).toBeUndefined();
    }
  });

  test('is bounded by nothing where nobody sets a limit, and by its limit where somebody does', () => {
    expect(shorten(requestOf(), [unknown], false).boundsFor(unknown).outputTokens).toBe(Number.POSITIVE_INFINITY);
    expect(shorten(requestOf({ max_tokens: 7, n: 2 }), [unknown], false).boundsFor(unknown).outputTokens).toBe(14);
    expect(shorten(requestOf(), [small], false).boundsFor(small).outputTokens).toBe(1_000);
  });
});

describe('a call under a budget that can pay for all of it', () => {
  test('gets 4096 tokens at a target whose maximum nobody knows, and says so', () => {
    const request = requestOf();
    const { requestFor, limitFor, boundsFor } = shorten(request, [unknown, small], true);
    expect(requestFor(unknown)).toEqual({ ...request, max_tokens: 4096 });
    expect(limitFor(unknown)).toBe(4096);
    expect(requestFor(small)).toBe(request);
    expect(limitFor(small)).toBeUndefined();
    expect(boundsFor(unknown).outputTokens).toBe(4096);
  });

  test('gets as many in each of its choices', () => {
    const { requestFor, boundsFor } = shorten(requestOf({ n: 3 }), [unknown], true);
    expect(requestFor(unknown)).toMatchObject({ n: 3, max_tokens: 4096 });
    expect(boundsFor(unknown).outputTokens).toBe(3 * 4096);
  });

  test.each([{ max_tokens: 50_000 }, { max_completion_tokens: 9 }, { max_completion_tokens: 9, max_tokens: 5 }])(
    'stays as it is where it sets a limit itself: %j',
    (fields) => {
      const request = requestOf(fields);
      const { requestFor, limitFor } = shorten(request, [unknown, small], true);
      expect([requestFor(unknown), requestFor(small)]).toEqual([request, request]);
      expect(limitFor(unknown)).toBeUndefined();
    },
  );
});

describe('a call under a budget that has less left', () => {
  test('is limited to what is left, and says so', () => {
    const request = requestOf({ max_tokens: 2_000 });
    const full = cost(request, unknown);
    const { requestFor, limitFor, boundsFor } = shorten(request, [unknown], true, full - 2_000_001);
    // Two thousand nano-dollars a token: a thousand tokens less, and one for the nano-dollar.
    expect(requestFor(unknown)).toEqual({ ...request, max_tokens: 999 });
    expect(limitFor(unknown)).toBe(999);
    expect(boundsFor(unknown).outputTokens).toBe(999);
  });

  test('is limited in each of its choices', () => {
    const request = requestOf({ max_completion_tokens: 2_000, n: 4 });
    const { requestFor, limitFor, boundsFor } = shorten(request, [unknown], true, cost(request, unknown) - 8_000_000);
    expect(requestFor(unknown)).toEqual({ ...request, max_completion_tokens: 1_000 });
    expect([limitFor(unknown), boundsFor(unknown).outputTokens]).toEqual([1_000, 4_000]);
  });

  test('stays as it is at a target whose own maximum is less', () => {
    const request = requestOf();
    const { requestFor, limitFor } = shorten(
      request,
      [unknown, small],
      true,
      cost(requestOf({ max_tokens: 3_000 }), unknown),
    );
    expect([limitFor(unknown), limitFor(small)]).toEqual([3_000, undefined]);
    expect(requestFor(small)).toBe(request);
  });

  const asked = fc.option(fc.integer({ min: 1, max: 20_000 }), { nil: undefined });
  const fields = fc.record({
    max_tokens: asked,
    max_completion_tokens: asked,
    n: fc.option(fc.integer({ min: 1, max: 5 }), { nil: undefined }),
  });
  const terms = fc.record({
    most: fc.option(fc.integer({ min: 1, max: 20_000 }), { nil: undefined }),
    input: fc.nat(100),
    output: fc.integer({ min: 1, max: 200 }),
  });

  test('cannot come to more than is held, at whichever target, and still asks for a useful answer', () => {
    fc.assert(
      fc.property(
        fields,
        fc.array(terms, { minLength: 1, maxLength: 4 }),
        fc.double({ min: 0, max: 1, noNaN: true }),
        (given, each, part) => {
          const request = requestOf(
            Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined)),
          );
          const over = each.map(({ most, input, output }, index) => ({
            ...targetOf(first, most, input, output),
            name: `lab/${index}`,
          }));
          const { nanoDollars: full, leastNanoDollars: least } = quoted(request, over);
          const held = least + Math.floor((full - least) * part);
          const { requestFor, limitFor } = shorten(request, over, true, held);
          for (const target of over) {
            const sent = requestFor(target);
            expect(cost(sent, target)).toBeLessThanOrEqual(held);
            expect(quoted(sent, [target]).limit).toBeUndefined(); // nothing leaves without a limit
            const limit = limitFor(target);
            expect(limit === undefined).toBe(sent === request);
            if (limit === undefined) continue;
            const own = given.max_tokens ?? given.max_completion_tokens ?? target.mostOutputTokens ?? 4096;
            expect(limit).toBeGreaterThanOrEqual(Math.min(256, own));
          }
        },
      ),
      { numRuns: 1_000 },
    );
  });

  test('wastes less than a token of what is held', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 300, max: 20_000 }),
        fc.integer({ min: 1, max: 4 }),
        fc.double({ min: 0, max: 1, noNaN: true }),
        (max_tokens, n, part) => {
          const request = requestOf({ max_tokens, n });
          const { nanoDollars: full, leastNanoDollars: least } = quoted(request, [unknown]);
          const held = least + Math.floor((full - 1 - least) * part);
          const sent = shorten(request, [unknown], true, held).requestFor(unknown);
          const longer = { ...sent, max_tokens: (sent.max_tokens ?? 0) + 1 };
          expect(cost(sent, unknown)).toBeLessThanOrEqual(held);
          expect(cost(longer, unknown)).toBeGreaterThan(held);
        },
      ),
    );
  });
});
