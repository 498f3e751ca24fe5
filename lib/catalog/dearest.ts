import type { ModelInfo, ModelPrice } from '@pydantic/genai-prices';
import { type Price, type Rates, toRates } from './price.ts';
import { type Bucket, buckets } from './usage.ts';

const YEAR_MS = 366 * 24 * 3600 * 1000;

/**
 * The most a model may cost from a day on, until the table is made anew, which must be within a year: prices by the
 * hour of the day and prices that are yet to begin count with those in force. We may bill too much, never too little.
 */
export function dearestPrice(prices: ModelInfo['prices'], date: string): Price | undefined {
  const possible = possiblePrices(prices, date).filter((each) => ratesAbove(each, -1) !== undefined);
  const base = dearest(possible, -1);
  if (base === undefined) return undefined;
  const starts = possible.flatMap((each) => Object.values(each)).flatMap(tierStarts);
  const tiers = [...new Set(starts)]
    .sort((one, other) => one - other)
    .map((above) => ({ above, ...base, ...dearest(possible, above) }));
  return {
    ...base,
    ...fee('search', 'web_searches_kcount', possible),
    ...fee('request', 'requests_kcount', possible),
    ...(tiers.length > 0 && { tiers }),
  };
}

function possiblePrices(prices: ModelInfo['prices'], date: string): readonly ModelPrice[] {
  if (!Array.isArray(prices)) return [prices];
  const startOf = ({ constraint }: (typeof prices)[number]) =>
    constraint?.type === 'start_date' ? constraint.start_date : '';
  const daily = prices.filter(({ constraint }) => constraint?.type === 'time_of_date');
  const dated = prices.filter((each) => !daily.includes(each));
  const inYear = new Date(Date.parse(date) + YEAR_MS).toISOString().slice(0, 10);
  const inForce = dated.findLast((each) => startOf(each) <= date);
  const coming = dated.filter((each) => startOf(each) > date && startOf(each) <= inYear);
  return [...(inForce ? [inForce] : []), ...coming, ...daily].map((each) => each.prices);
}

function dearest(possible: readonly ModelPrice[], above: number): Rates | undefined {
  const all = possible.flatMap((each) => ratesAbove(each, above) ?? []);
  const [first] = all;
  if (first === undefined) return undefined;
  const most: Record<Bucket, number> = { ...first };
  for (const rates of all) for (const bucket of buckets) most[bucket] = Math.max(most[bucket], rates[bucket]);
  return most;
}

/** The rates of a call with one input token more than `above`. */
function ratesAbove(prices: ModelPrice, above: number): Rates | undefined {
  const rate = (key: string) => {
    const price = prices[key];
    if (typeof price !== 'object') return price === undefined ? undefined : toMicroDollars(price);
    return toMicroDollars(price.tiers.findLast(({ start }) => above + 1 > start)?.price ?? price.base);
  };
  const [input, output] = [rate('input_mtok'), rate('output_mtok')];
  if (input === undefined || output === undefined) return undefined;
  const known = Object.entries(keys).flatMap(([bucket, key]) => {
    const found = rate(key);
    return found === undefined ? [] : [[bucket, found] as const];
  });
  return toRates({ ...Object.fromEntries(known), input, output });
}

/** The source's names for what a rate may be known of beside input and output. */
const keys: Partial<Record<Bucket, string>> = {
  cacheRead: 'cache_read_mtok',
  cacheWrite: 'cache_write_mtok',
  cacheWrite1h: 'cache_write_1h_mtok',
  audioInput: 'input_audio_mtok',
  audioOutput: 'output_audio_mtok',
  reasoning: 'output_reasoning_mtok',
  citation: 'output_citation_mtok',
};

const tierStarts = (price: ModelPrice[string]) =>
  typeof price === 'object' ? price.tiers.map(({ start }) => start) : [];

/** Dollars for a thousand are nano-dollars apiece as dollars for a million are micro-dollars. */
function fee(name: 'search' | 'request', key: string, possible: readonly ModelPrice[]) {
  const found = possible.flatMap(({ [key]: price }) => (typeof price === 'number' ? toMicroDollars(price) : []));
  return found.length > 0 && { [name]: Math.max(...found) };
}

// The source's numbers are decimals held as floats: their noise is cut off before what is left is rounded up.
const toMicroDollars = (dollars: number) => Math.ceil(Number((dollars * 1e6).toFixed(3)));
