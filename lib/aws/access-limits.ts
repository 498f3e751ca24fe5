import { spelled, toBudgets, toRates, type WrittenLimits } from '../config/written-limits.ts';
import { type Limits, rateKinds, windows } from '../ledger/limits.ts';

/** Limits as they count, from how they are written. */
export const toLimits = (written: WrittenLimits): Limits => inherited(written, {});

/** Limits of something that has defaults: each window and each rate is its own where it speaks of it, else the default's. */
export function inherited(own: WrittenLimits, defaults: WrittenLimits): Limits {
  const budgets = toBudgets({ ...spelled(windows, defaults.budgets), ...spelled(windows, own.budgets) });
  const rates = { ...spelled(rateKinds, defaults.rates), ...spelled(rateKinds, own.rates) };
  // `none` caps nothing, and yet it was spoken of: the operator's defaults must not take its place.
  return { ...(budgets && { budgets }), rates: toRates(rates) };
}
