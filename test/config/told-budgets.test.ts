import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { budgetsTold, tellBudgets } from '../../lib/config/told-budgets.ts';

describe('the default budgets a deployed gateway tells', () => {
  test('are dollars by window, or none; where the config says nothing, the usual cap', () => {
    expect(tellBudgets({ minute: 1, day: 2_500_000_000 })).toBe('{"minute":1e-9,"day":2.5}');
    expect(tellBudgets({ total: 0 })).toBe('{"total":0}');
    expect(tellBudgets({})).toBe('none');
    expect(tellBudgets(undefined)).toBe('{"day":25}');
  });

  test('are read as they were told, to the nano-dollar', () => {
    fc.assert(
      fc.property(fc.nat({ max: 999_999_999_999_999 }), (day) => {
        expect(budgetsTold(tellBudgets({ day, month: 1 }))).toEqual({ day, month: 1 });
      }),
    );
    expect(budgetsTold('none')).toEqual({});
  });

  test.each(['', '25', '{"day":-1}', '{"week":1}', 'nothing'])('are not what else may stand there: %j', (text) => {
    expect(() => budgetsTold(text)).toThrow();
  });
});
