import { bill } from './bill.ts';
import type { Door } from './doors.ts';
import { baseline } from './prices.ts';
import type { Workload } from './workload.ts';

/** The least number of calls a month at which a door costs as much as the baseline; undefined where its prices are not known. */
export function breakEven(door: Door, workload: Workload): number | undefined {
  const asMuch = (calls: number) => bill(door, { ...workload, calls }).nanoDollars >= baseline.nanoDollars;
  if (!bill(door, { ...workload, calls: 1 }).whole) return undefined;
  let most = 1;
  while (!asMuch(most)) most *= 2;
  let least = 0;
  while (least < most) {
    const middle = Math.floor((least + most) / 2);
    if (asMuch(middle)) most = middle;
    else least = middle + 1;
  }
  return least;
}
