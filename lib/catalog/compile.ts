import { readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { pathToFileURL } from 'node:url';
import { parseArgs } from 'node:util';
import { findProvider, type ModelInfo, type ModelPrice } from '@pydantic/genai-prices';
import { additions } from './additions.ts';
import { toNames } from './clauses.ts';
import { dearestPrice } from './dearest.ts';
import type { Price } from './price.ts';
import { plainNames, type Row, writeRow } from './rows.ts';
import { embeds, otherTrades, type Source, sources, speaks } from './sources.ts';

/** The table of models as it is kept in `models.json`. */
export type Table = {
  /** The version of the source. */
  readonly version: string;
  /** The day from which its prices are the dearest that may be in force. */
  readonly date: string;
  readonly borrows: Readonly<Record<string, readonly string[]>>;
  readonly providers: Readonly<Record<string, readonly string[]>>;
};

/** The table of all current models, at the dearest prices they may have from a day on; good for a year. */
export function compile(date: string): Table {
  if (!/^\d{4}-\d{2}-\d{2}$/.test(date)) throw new RangeError(`${date} is not a day; write it as 2026-11-23`);
  const named = Object.entries(sources);
  return {
    version: sourceVersion(),
    date,
    borrows: Object.fromEntries(named.flatMap(([name, { borrows }]) => (borrows ? [[name, borrows]] : []))),
    providers: Object.fromEntries(named.map(([name, source]) => [name, rowsOf(name, source, date).map(writeRow)])),
  };
}

/** The table as the text of its file. */
export const toText = (table: Table) => `${JSON.stringify(table, null, 1)}\n`;

function rowsOf(name: string, source: Source, date: string): readonly Row[] {
  const found = modelsIn(source).flatMap((model) => toRow(model, source, date));
  const known = new Set(found.flatMap(({ names }) => names));
  const missing = (additions[name] ?? []).filter(({ names: [first = ''] }) => !known.has(first));
  return [...found, ...missing];
}

function modelsIn({ from }: Source): readonly ModelInfo[] {
  const provider = findProvider({ providerId: from });
  if (provider === undefined) throw new Error(`The price data has no provider ${from}; correct lib/catalog/sources.ts`);
  return provider.models;
}

function toRow(model: ModelInfo, source: Source, date: string): readonly Row[] {
  if (model.deprecated || otherTrades.test(model.id) || source.omits?.test(model.id)) return [];
  const price = toPrice(model, date);
  // No price in the source may mean free or unknown: the operator says which.
  if (price === undefined) return [];
  const id = source.rename?.(model.id) ?? model.id;
  const known = toNames(id, model.match).filter((name) => !misplaced(name, price));
  const names = id === model.id ? known : [...new Set([id, ...known])];
  if (names.length === 0) return [];
  return [{ names, price, ...(model.context_window !== undefined && { contextWindow: model.context_window }) }];
}

/** A plain name of another trade, or of a model that hears and speaks where only text is priced. */
function misplaced(name: string, { audioInput, input }: Price): boolean {
  const plain = plainNames([name]).length > 0;
  return plain && (otherTrades.test(name) || (speaks.test(name) && audioInput === input));
}

function toPrice({ id, prices }: ModelInfo, date: string): Price | undefined {
  const all = Array.isArray(prices) ? prices.map((each) => each.prices) : [prices];
  if (all.some((each) => Object.keys(each).some((key) => /^output_(image|video)/.test(key)))) return undefined;
  if (speaks.test(id) && all.some((each) => each.input_audio_mtok === undefined)) return undefined;
  const free = (each: ModelPrice) => (embeds.test(id) ? { output_mtok: 0, ...each } : each);
  const complete = Array.isArray(prices)
    ? prices.map((each) => ({ ...each, prices: free(each.prices) }))
    : free(prices);
  const price = dearestPrice(complete, date);
  return price === undefined || !/claude/.test(id) ? price : withHourlyWrites(price);
}

/**
 * Writing Claude's cache for an hour costs twice the input, on every cloud; the source says so of some only.
 * https://platform.claude.com/docs/en/build-with-claude/prompt-caching#pricing (read 2026-11-23)
 */
function withHourlyWrites(price: Price): Price {
  if (price.cacheWrite === price.input) return price; // it has no cache
  const hourly = <R extends { readonly input: number; readonly cacheWrite1h: number }>(rates: R): R => ({
    ...rates,
    cacheWrite1h: Math.max(rates.cacheWrite1h, 2 * rates.input),
  });
  return { ...hourly(price), ...(price.tiers && { tiers: price.tiers.map(hourly) }) };
}

function sourceVersion(): string {
  const entry = createRequire(import.meta.url).resolve('@pydantic/genai-prices');
  const { version } = JSON.parse(readFileSync(new URL('../package.json', pathToFileURL(entry)), 'utf8'));
  return String(version);
}

if (import.meta.main) {
  const today = new Date().toISOString().slice(0, 10);
  const { date } = parseArgs({ options: { date: { type: 'string', default: today } } }).values;
  writeFileSync(new URL('models.json', import.meta.url), toText(compile(date)));
}
