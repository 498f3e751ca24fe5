import * as z from 'zod/mini';
import { toUsd } from '../catalog/price.ts';
import { type Budgets, deployedBudgets, windows } from '../ledger/limits.ts';
import { budgets, toBudgets, type WrittenBudgets } from './written-limits.ts';

/** Budgets as a person writes them: dollars by window, or `none` where nothing is capped. */
export function writtenBudgets(budgets: Budgets): NonNullable<WrittenBudgets> {
  const capped = windows.flatMap((window) => {
    const nanoDollars = budgets[window];
    return nanoDollars === undefined ? [] : [[window, Number(toUsd(nanoDollars))]];
  });
  return capped.length === 0 ? 'none' : Object.fromEntries(capped);
}

/** A deployed gateway's default budgets as the text by which it tells them: JSON of what a person writes, or the word none. */
export function tellBudgets(budgets: Budgets = deployedBudgets): string {
  const written = writtenBudgets(budgets);
  return written === 'none' ? written : JSON.stringify(written);
}

/** The budgets told by such a text; throws for any other. */
export const budgetsTold = (text: string): Budgets =>
  toBudgets(z.parse(budgets, text === 'none' ? text : JSON.parse(text))) ?? {};
