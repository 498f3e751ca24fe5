/** The spans of time a budget is for, the shortest first. `total` never ends. */
export const windows = ['minute', 'hour', 'day', 'month', 'total'] as const;

export type Window = (typeof windows)[number];

/** The most that may be spent in each window, in nano-dollars; a window that is left out has no cap. */
export type Budgets = { readonly [window in Window]?: number };

export const rateKinds = ['rpm', 'tpm', 'concurrent'] as const;

export type RateKind = (typeof rateKinds)[number];

/** The most requests and tokens a minute, and calls at once; what is left out is not limited. */
export type Rates = { readonly [kind in RateKind]?: number };

/** What a scope may use. Budgets that are left out were never spoken of, which is not the same as none: the operator's defaults then hold. */
export type Limits = { readonly budgets?: Budgets; readonly rates: Rates };

export const noLimits: Limits = { rates: {} };

export const priorities = ['low', 'standard', 'high'] as const;

/** Whose calls come first where a provider's capacity is short. */
export type Priority = (typeof priorities)[number];

/** What a tenant may spend that speaks of no budget, where the configuration of a deployed gateway speaks of none either: nothing in the cloud is without a cap by mistake. */
export const deployedBudgets: Budgets = { day: 25_000_000_000 };

/** What each scope of a caller may use. */
export type CallerLimits = {
  readonly tenant: Limits;
  readonly key: Limits;
  /** For each end user. */
  readonly user: Limits;
  /** For the features that have limits of their own. */
  readonly features: Readonly<Record<string, Limits>>;
};

export const unlimited: CallerLimits = { tenant: noLimits, key: noLimits, user: noLimits, features: {} };

/** Reads plain dollars as whole nano-dollars; a RangeError, in words a person can act on, for anything else. */
export function parseNanoDollars(dollars: number): number {
  const [, whole, fraction = ''] = /^(\d+)(?:\.(\d{1,9}))?$/.exec(plain(dollars)) ?? [];
  if (whole === undefined)
    throw new RangeError(`${dollars} is not an amount: write dollars, not negative, with at most nine decimals`);
  const nano = BigInt(whole + fraction.padEnd(9, '0'));
  if (nano > Number.MAX_SAFE_INTEGER)
    throw new RangeError(`${dollars} is too much to be counted exactly: the most is 9007199 dollars`);
  return Number(nano);
}

/** A number in digits: JavaScript writes small ones as `1e-9`. */
const plain = (value: number) =>
  Math.abs(value) < 1e-6 && value !== 0 ? value.toFixed(15).replace(/0+$/, '') : String(value);
