import { readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { pathToFileURL } from 'node:url';
import { parseArgs } from 'node:util';
import { findProvider, type ModelInfo, type ModelPrice } from '@pydantic/genai-prices';
import { toNames } from './clauses.ts';
import type { Price, Rates } from './price.ts';
import { type Row, writeRow } from './rows.ts';
import { otherTrades, type Source, sources } from './sources.ts';

/** The table of models as it is kept in `models.json`. */
export type Table = {
  /** The version of the source. */
  readonly version: string;
  /** The day whose prices these are. */
  readonly date: string;
  readonly borrows: Readonly<Record<string, readonly string[]>>;
  readonly providers: Readonly<Record<string, readonly string[]>>;
};

/** The table of all current chat models, at the prices in force at the start of a day. */
export function compile(date: string = newestStart()): Table {
  if (!/^\d{4}-\d{2}-\d{2}$/.test(date)) throw new RangeError(`${date} is not a day; write it as 2026-11-23`);
  const named = Object.entries(sources);
  return {
    version: sourceVersion(),
    date,
    borrows: Object.fromEntries(named.flatMap(([name, { borrows }]) => (borrows ? [[name, borrows]] : []))),
    providers: Object.fromEntries(
      named.map(([name, source]) => [
        name,
        modelsIn(source)
          .flatMap((model) => toRow(model, source, date))
          .map(writeRow),
      ]),
    ),
  };
}

/** The table as the text of its file. */
export const toText = (table: Table) => `${JSON.stringify(table, null, 1)}\n`;

function modelsIn({ from }: Source): readonly ModelInfo[] {
  const provider = findProvider({ providerId: from });
  if (provider === undefined) throw new Error(`The price data has no provider ${from}; correct lib/catalog/sources.ts`);
  return provider.models;
}

function toRow(model: ModelInfo, source: Source, date: string): readonly Row[] {
  if (model.deprecated || otherTrades.test(model.id) || source.omits?.test(model.id)) return [];
  const price = toPrice(pricesOn(model, date));
  // No price in the source may mean free or unknown: the operator says which.
  if (price === undefined) return [];
  const names = toNames(source.rename?.(model.id) ?? model.id, model.match);
  return [{ names, price, ...(model.context_window !== undefined && { contextWindow: model.context_window }) }];
}

function pricesOn({ prices }: ModelInfo, date: string): ModelPrice {
  if (!Array.isArray(prices)) return prices;
  // Surcharges and discounts by the hour of the day are not in the table.
  const begun = prices.filter(
    ({ constraint }) => !constraint || (constraint.type === 'start_date' && constraint.start_date <= date),
  );
  return begun.at(-1)?.prices ?? {};
}

function toPrice(prices: ModelPrice): Price | undefined {
  const base = ratesFor(prices, 0);
  if (base === undefined || Object.keys(prices).some((key) => /^output_(audio|image|video)/.test(key)))
    return undefined;
  const starts = Object.values(prices).flatMap((price) =>
    typeof price === 'object' ? price.tiers.map(({ start }) => start) : [],
  );
  const tiers = [...new Set(starts)]
    .sort((one, other) => one - other)
    .map((above) => ({ above, ...base, ...ratesFor(prices, above + 1) }));
  return { ...base, ...(tiers.length > 0 && { tiers }) };
}

/** The rates of a call with so many input tokens. */
function ratesFor(prices: ModelPrice, inputTokens: number): Rates | undefined {
  const rate = (key: string) => {
    const price = prices[key];
    if (typeof price !== 'object') return price === undefined ? undefined : toMicroDollars(price);
    return toMicroDollars(price.tiers.findLast(({ start }) => inputTokens > start)?.price ?? price.base);
  };
  const [input, output] = [rate('input_mtok'), rate('output_mtok')];
  if (input === undefined || output === undefined) return undefined;
  return { input, output, cacheRead: rate('cache_read_mtok') ?? input, cacheWrite: rate('cache_write_mtok') ?? input };
}

// The source's numbers are decimals held as floats: their noise is cut off before what is left is rounded up.
const toMicroDollars = (dollars: number) => Math.ceil(Number((dollars * 1e6).toFixed(3)));

/** The newest day on which the source says a price begins. */
function newestStart(): string {
  const models = Object.values(sources).flatMap(modelsIn);
  const prices = models.flatMap((model) => (Array.isArray(model.prices) ? model.prices : []));
  const starts = prices.flatMap(({ constraint }) => (constraint?.type === 'start_date' ? [constraint.start_date] : []));
  return starts.sort().at(-1) ?? '';
}

function sourceVersion(): string {
  const entry = createRequire(import.meta.url).resolve('@pydantic/genai-prices');
  const { version } = JSON.parse(readFileSync(new URL('../package.json', pathToFileURL(entry)), 'utf8'));
  return String(version);
}

if (import.meta.main) {
  const { date } = parseArgs({ options: { date: { type: 'string' } } }).values;
  writeFileSync(new URL('models.json', import.meta.url), toText(compile(date)));
}
