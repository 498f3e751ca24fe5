import type { Usage } from './usage.ts';

/** What each kind of token costs, in whole micro-dollars per million tokens. */
export type Rates = {
  readonly input: number;
  readonly output: number;
  readonly cacheRead: number;
  readonly cacheWrite: number;
};

/** The rates of a whole call whose input, cached or not, is longer than `above` tokens. */
export type Tier = Rates & { readonly above: number };

/** What a model costs: its rates, and those for longer inputs, shortest first. */
export type Price = Rates & { readonly tiers?: readonly Tier[] };

/** What a call costs, in whole nano-dollars, rounded up once; a RangeError for what cannot be told exactly. */
export function costOf(price: Price, usage: Usage): number {
  // Micro-dollars per million tokens, times tokens, are pico-dollars.
  const rates = ratesFor(price, usage);
  const pico =
    count(usage.input) * BigInt(rates.input) +
    count(usage.cacheRead) * BigInt(rates.cacheRead) +
    count(usage.cacheWrite) * BigInt(rates.cacheWrite) +
    (count(usage.output) + count(usage.reasoning)) * BigInt(rates.output);
  return exact((pico + 999n) / 1000n);
}

/** Reads dollars per million tokens as whole micro-dollars; a RangeError for anything finer, negative or not a plain number. */
export function parseDollars(perMillion: number | string): number {
  const [, whole, fraction = ''] = /^(\d+)(?:\.(\d{1,6}))?$/.exec(String(perMillion)) ?? [];
  if (whole === undefined) {
    throw new RangeError(`${perMillion} is not a price: write dollars per million tokens, with at most six decimals`);
  }
  return exact(BigInt(whole + fraction.padEnd(6, '0')));
}

/** Whole nano-dollars as dollars, exactly, without trailing zeros: `0.001234567`. */
export function toUsd(nanoDollars: number): string {
  const digits = BigInt(Math.abs(nanoDollars)).toString().padStart(10, '0');
  const fraction = digits.slice(-9).replace(/0+$/, '');
  return `${nanoDollars < 0 ? '-' : ''}${digits.slice(0, -9)}${fraction && `.${fraction}`}`;
}

function ratesFor(price: Price, usage: Usage): Rates {
  const input = usage.input + usage.cacheRead + usage.cacheWrite;
  return price.tiers?.findLast(({ above }) => input > above) ?? price;
}

function count(tokens: number): bigint {
  if (!Number.isSafeInteger(tokens) || tokens < 0) throw new RangeError(`${tokens} is not a number of tokens`);
  return BigInt(tokens);
}

function exact(amount: bigint): number {
  if (amount > Number.MAX_SAFE_INTEGER) throw new RangeError(`${amount} is too large an amount to be held exactly`);
  return Number(amount);
}
