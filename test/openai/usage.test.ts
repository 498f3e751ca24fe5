import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { costOf } from '../../lib/catalog/price.ts';
import type { Usage } from '../../lib/catalog/usage.ts';
import { isUsage, toUsage } from '../../lib/openai/usage.ts';

const tokens = fc.nat(1_000_000);
const rates = { input: 1, output: 1, cacheRead: 1, cacheWrite: 1 };
const sum = ({ input, cacheRead, cacheWrite, output, reasoning }: Usage) =>
  input + cacheRead + cacheWrite + output + reasoning;

describe('usage', () => {
  test('falls into buckets that never overlap: together they are all that was read and written', () => {
    const parts = fc.record({ read: tokens, write: tokens, fresh: tokens, thought: tokens, said: tokens });
    fc.assert(
      fc.property(parts, ({ read, write, fresh, thought, said }) => {
        const view = {
          prompt_tokens: read + write + fresh,
          completion_tokens: thought + said,
          total_tokens: 0,
          prompt_tokens_details: { cached_tokens: read, cache_write_tokens: write },
          completion_tokens_details: { reasoning_tokens: thought },
        };
        expect(toUsage(view)).toEqual({
          input: fresh,
          cacheRead: read,
          cacheWrite: write,
          output: said,
          reasoning: thought,
        });
        expect(sum(toUsage(view))).toBe(view.prompt_tokens + view.completion_tokens);
      }),
    );
  });

  test.each([{}, { prompt_tokens_details: null, completion_tokens_details: null }, { prompt_tokens_details: {} }])(
    'without details (%j) is all input and output',
    (details) => {
      expect(toUsage({ prompt_tokens: 7, completion_tokens: 5, total_tokens: 12, ...details })).toEqual({
        input: 7,
        cacheRead: 0,
        cacheWrite: 0,
        output: 5,
        reasoning: 0,
      });
    },
  );

  test('whose details say more than their whole is billed in full, and never less than nothing', () => {
    const view = {
      prompt_tokens: 3,
      completion_tokens: 2,
      total_tokens: 5,
      prompt_tokens_details: { cached_tokens: 9 },
      completion_tokens_details: { reasoning_tokens: 8 },
    };
    expect(toUsage(view)).toEqual({ input: 0, cacheRead: 9, cacheWrite: 0, output: 0, reasoning: 8 });
  });

  test('that a provider reports with any nonsense in its details can still be priced, at no less than its totals', () => {
    const nonsense = fc.oneof(
      fc.constantFrom(-1, 1.5, Number.MAX_VALUE, '7', true, [], {}, null, undefined),
      fc.jsonValue({ maxDepth: 1 }),
    );
    const details = fc.record({ cached_tokens: nonsense, cache_write_tokens: nonsense, reasoning_tokens: nonsense });
    const reported = fc.record({ prompt_tokens: tokens, completion_tokens: tokens, a: details, b: details });
    fc.assert(
      fc.property(reported, ({ prompt_tokens, completion_tokens, a, b }) => {
        const view: unknown = {
          prompt_tokens,
          completion_tokens,
          prompt_tokens_details: a,
          completion_tokens_details: b,
        };
        if (!isUsage(view)) throw new Error('The totals are good.');
        const usage = toUsage(view);
        expect(sum(usage)).toBeGreaterThanOrEqual(prompt_tokens + completion_tokens);
        expect(costOf(rates, usage)).toBeGreaterThanOrEqual(0);
      }),
    );
  });

  test.each([
    [{ prompt_tokens: 1, completion_tokens: 0 }, true],
    [{ prompt_tokens: 1, completion_tokens: 0, total_tokens: 'x', more: {} }, true],
    [{ prompt_tokens: 1 }, false],
    [{ completion_tokens: 1 }, false],
    [{ prompt_tokens: -1, completion_tokens: 1 }, false],
    [{ prompt_tokens: 1.5, completion_tokens: 1 }, false],
    [{ prompt_tokens: '1', completion_tokens: 1 }, false],
    [{ prompt_tokens: null, completion_tokens: 1 }, false],
    [{ input_tokens: 1, output_tokens: 1 }, false],
    [null, false],
    [[], false],
    ['usage', false],
  ])('is recognised by its two counts: %j', (value, is) => {
    expect(isUsage(value)).toBe(is);
  });

  test('is never recognised in what is no object with two whole counts', () => {
    fc.assert(
      fc.property(fc.anything(), (value) => {
        if (isUsage(value))
          expect(
            [value.prompt_tokens, value.completion_tokens].every((each) => Number.isSafeInteger(each) && each >= 0),
          ).toBe(true);
      }),
    );
  });
});
