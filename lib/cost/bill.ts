import type { Door } from './doors.ts';
import { type Price, type Priced, prices, unpriced } from './prices.ts';
import { type Use, uses } from './uses.ts';
import type { Workload } from './workload.ts';

/** What a month asks for one thing; undefined where AWS does not say what it asks. */
export type Line = { readonly name: string; readonly nanoDollars: number | undefined };

/** A month's bill: its lines, and what those of known prices add up to. */
export type Bill = { readonly lines: readonly Line[]; readonly nanoDollars: number; readonly whole: boolean };

/** What a month costs at list prices, by line, behind one of the doors. */
export function bill(door: Door, workload: Workload): Bill {
  const used = uses(door, workload);
  const names = [...new Set(used.map(({ line }) => line))];
  const known = names.map((name) => ({ name, nanoDollars: total(used.filter(({ line }) => line === name)) }));
  const unknown = door === 'web-function' && workload.calls > 0 ? unpriced.names : [];
  const lines: readonly Line[] = [
    ...unknown.map((name) => ({ name, nanoDollars: undefined })),
    ...known,
    ...(workload.freeTier ? [{ name: 'Free for every account', nanoDollars: 0 - givenFree(used) }] : []),
  ];
  const nanoDollars = counted(lines.reduce((sum, line) => sum + BigInt(line.nanoDollars ?? 0), 0n));
  return { lines, nanoDollars, whole: unknown.length === 0 };
}

const total = (used: readonly Use[]): number =>
  counted(used.reduce((sum, { priced, units }) => sum + cost(prices[priced], units), 0n));

/** What is given for nothing of each kind, whichever line it is of. */
function givenFree(used: readonly Use[]): number {
  const units = new Map<Priced, number>();
  for (const { priced, units: more } of used) units.set(priced, (units.get(priced) ?? 0) + more);
  return counted(
    [...units].reduce((sum, [priced, many]) => {
      const price: Price = prices[priced];
      return sum + cost(price, Math.min(many, price.free ?? 0));
    }, 0n),
  );
}

/** Rounded up: a bill is no lower than what it is made of. The product of units and price is too large for a number. */
function cost({ nanoDollars, per }: Price, units: number): bigint {
  const asked = BigInt(Math.ceil(units)) * BigInt(nanoDollars);
  return (asked + BigInt(per) - 1n) / BigInt(per);
}

function counted(sum: bigint): number {
  const nanoDollars = Number(sum);
  if (Number.isSafeInteger(nanoDollars)) return nanoDollars;
  throw new RangeError('That is more than $9 million a month, and nobody pays list prices for so much.');
}
