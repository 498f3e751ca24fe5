import * as z from 'zod/mini';
import {
  type Budgets,
  parseNanoDollars,
  type RateKind,
  type Rates,
  rateKinds,
  type Window,
  windows,
} from '../ledger/limits.ts';

/** Tells in one sentence what to write where something else stands. */
export const must = (sentence: string) => ({ error: () => sentence });

const dollars = { error: ({ input }: { readonly input?: unknown }) => whyNoAmount(input) };
const none = z.literal('none', must('must be a map of its limits, or "none"'));
const amount = z.optional(
  z.union([
    z.literal('none', dollars),
    z.number().check(
      z.nonnegative({ ...dollars, abort: true }), // in a check of its own, because the JSON Schema can say it
      z.refine((value) => whyNoAmount(value) === undefined, dollars),
    ),
  ]),
);
const whole = (sentence: string) => z.int(must(sentence)).check(z.nonnegative(must(sentence)));
const WHOLE_OR_NONE = 'must be a whole number, not negative, or "none"';
const rate = z.optional(z.union([z.literal('none', must(WHOLE_OR_NONE)), whole(WHOLE_OR_NONE)]));

/** A whole number of requests, tokens or calls. */
export const count = z.optional(whole('must be a whole number, not negative'));

/** Budgets as a person writes them: dollars by window, `none` where there shall be no cap, or `none` for all. */
export const budgets = z.optional(
  z.union([none, z.strictObject({ minute: amount, hour: amount, day: amount, month: amount, total: amount })]),
);

/** Rates as a person writes them. */
export const rates = z.optional(z.union([none, z.strictObject({ rpm: rate, tpm: rate, concurrent: rate })]));

export type WrittenBudgets = z.infer<typeof budgets>;

/** Limits as they are written: dollars and whole numbers, or `none`. */
export type WrittenLimits = { readonly budgets?: WrittenBudgets; readonly rates?: z.infer<typeof rates> };

type Written<Name extends string> = { readonly [name in Name]?: number | 'none' | undefined };

/** The limits that are spoken of, each by its name: `none` for the whole is `none` for each. */
export function spelled<Name extends string>(
  names: readonly Name[],
  written: Written<Name> | 'none' | undefined,
): { [name in Name]?: number | 'none' } {
  const found: { [name in Name]?: number | 'none' } = {};
  for (const name of names) {
    const limit = written === 'none' ? 'none' : written?.[name];
    if (limit !== undefined) found[name] = limit;
  }
  return found;
}

/** Budgets as they count. `none` is a decision like any amount: it leaves no cap, where nothing said leaves what is usual, and is undefined. */
export function toBudgets(written: WrittenBudgets): Budgets | undefined {
  const spoken = spelled(windows, written);
  if (Object.keys(spoken).length === 0) return undefined;
  const budgets: { [window in Window]?: number } = {};
  for (const window of windows) {
    const dollars = spoken[window];
    if (typeof dollars === 'number') budgets[window] = parseNanoDollars(dollars);
  }
  return budgets;
}

/** Rates as they count. */
export function toRates(written: Written<RateKind>): Rates {
  const rates: { [kind in RateKind]?: number } = {};
  for (const kind of rateKinds) {
    const limit = written[kind];
    if (typeof limit === 'number') rates[kind] = limit;
  }
  return rates;
}

function whyNoAmount(value: unknown): string | undefined {
  if (value === 'none') return undefined;
  if (typeof value !== 'number') return 'must be a number of dollars such as 2.5, or "none"';
  try {
    parseNanoDollars(value);
    return undefined;
  } catch (error) {
    return error instanceof Error ? error.message : 'is no amount';
  }
}
