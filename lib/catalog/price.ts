import { type Bucket, buckets, promptTokens, type Usage } from './usage.ts';

/** What each kind of token costs, in whole micro-dollars per million tokens. */
export type Rates = Readonly<Record<Bucket, number>>;

/** The rates of a whole call whose input, cached or not, is longer than `above` tokens. */
export type Tier = Rates & { readonly above: number };

/** What being served in some way does to all rates but those it spares: they are multiplied by `times` / `over`. */
export type Factor = {
  readonly times: number;
  readonly over: number;
  readonly sparing?: readonly Bucket[];
  /** True where a call may be served this way without a word of it in the request. */
  readonly unasked?: true;
};

/** What a model costs: its rates, those for longer inputs, shortest first, and what is paid by the piece, in nano-dollars. */
export type Price = Rates & {
  readonly tiers?: readonly Tier[];
  /** For each web search. */
  readonly search?: number;
  /** For each call; the most it can be where it depends on the search. */
  readonly request?: number;
  /** For each call, where it depends on how much a search reads. */
  readonly requestBySearch?: Readonly<Record<string, number>>;
  /** By how a call was served; anything not named here is served at list price. */
  readonly factors?: Readonly<Record<string, Factor>>;
};

/** All rates from those that are known: caches and audio cost what input does, thinking and speech what output does. */
export function toRates({ input, output, ...known }: Pick<Rates, 'input' | 'output'> & Partial<Rates>): Rates {
  const { cacheRead = input, cacheWrite = input, audioInput = input, citation = input } = known;
  const { cacheWrite1h = cacheWrite, reasoning = output, audioOutput = output } = known;
  return { input, cacheRead, cacheWrite, cacheWrite1h, audioInput, output, reasoning, audioOutput, citation };
}

/** What a call costs, in whole nano-dollars, rounded up once; a RangeError for what cannot be told exactly. */
export function costOf(price: Price, usage: Usage): number {
  const rates = ratesFor(price, usage);
  const factors = factorsFor(price, usage);
  // Micro-dollars per million tokens, times tokens, are pico-dollars, here in fractions of `over`.
  const over = factors.reduce((product, each) => product * BigInt(each.over), 1n);
  let pico = 0n;
  for (const bucket of buckets) {
    const used = count(usage[bucket]);
    if (used > 0n) pico += used * BigInt(rates[bucket]) * timesOf(factors, bucket);
  }
  const perNano = over * 1000n;
  return exact((pico + perNano - 1n) / perNano + feesOf(price, usage));
}

/** Whether it is known what being served this way costs. */
export function knowsService({ factors = {} }: Price, served: string): boolean {
  return Object.hasOwn(factors, served);
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
  if (price.tiers === undefined) return price;
  const input = promptTokens(usage);
  return price.tiers.findLast(({ above }) => input > above) ?? price;
}

function factorsFor({ factors = {} }: Price, { served = [] }: Usage): readonly Factor[] {
  return served.flatMap((word) => (Object.hasOwn(factors, word) ? (factors[word] ?? []) : []));
}

function timesOf(factors: readonly Factor[], bucket: Bucket): bigint {
  return factors.reduce(
    (product, { times, over, sparing }) => product * BigInt(sparing?.includes(bucket) ? over : times),
    1n,
  );
}

/** A call that used nothing was not made, and pays no fee. */
function feesOf({ search = 0, request = 0, requestBySearch = {} }: Price, usage: Usage): bigint {
  const searches = count(usage.searches) * BigInt(search);
  if (!buckets.some((bucket) => usage[bucket] > 0)) return searches;
  const { searchContext = '' } = usage;
  const fee = Object.hasOwn(requestBySearch, searchContext) ? requestBySearch[searchContext] : undefined;
  return searches + BigInt(fee ?? request);
}

function count(tokens: number): bigint {
  if (!Number.isSafeInteger(tokens) || tokens < 0) throw new RangeError(`${tokens} is not a number of tokens`);
  return BigInt(tokens);
}

function exact(amount: bigint): number {
  if (amount > Number.MAX_SAFE_INTEGER) throw new RangeError(`${amount} is too large an amount to be held exactly`);
  return Number(amount);
}
