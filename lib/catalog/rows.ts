import { matchesGlob } from './globs.ts';
import type { Price, Rates } from './price.ts';

/** What the table says of one model. */
export type Row = {
  /** Plain names, the listed one first; then patterns, in lower case: `*` any characters, `#` one digit, `!` but not this. */
  readonly names: readonly string[];
  readonly price: Price;
  readonly contextWindow?: number;
};

const isPattern = /[*#!]/;

/** The names of a row that stand for themselves. */
export const plainNames = (names: readonly string[]) => names.filter((name) => !isPattern.test(name));

/** The names of a row that stand for many. */
export const patternsOf = (names: readonly string[]) => names.filter((name) => isPattern.test(name));

/** Whether any of the patterns fits a name in lower case, and none forbids it. */
export function fits(patterns: readonly string[], name: string): boolean {
  const matching = (pattern: string) => matchesPattern(pattern, name);
  return !patterns.some((pattern) => pattern.startsWith('!') && matching(pattern.slice(1))) && patterns.some(matching);
}

/**
 * A row as one line, `names|rates|context window|tier|tier…`, where rates are `input output cacheRead cacheWrite`
 * without the cache rates that equal the input rate, and a tier is its rates after its `above`.
 */
export function writeRow({ names, price, contextWindow }: Row): string {
  const tiers = price.tiers?.map((tier) => `${tier.above} ${writeRates(tier)}`) ?? [];
  return [names.join(' '), writeRates(price), contextWindow ?? '', ...tiers].join('|').replace(/\|$/, '');
}

/** The row that was written as this line. */
export function readRow(row: string): Row {
  const [names = '', rates = '', context = '', ...tiers] = row.split('|');
  return {
    names: names.split(' '),
    price: { ...readRates(rates.split(' ')), ...(tiers.length > 0 && { tiers: tiers.map(readTier) }) },
    ...(context !== '' && { contextWindow: Number(context) }),
  };
}

function readTier(tier: string) {
  const [above, ...rates] = tier.split(' ');
  return { above: Number(above), ...readRates(rates) };
}

function writeRates({ input, output, cacheRead, cacheWrite }: Rates): string {
  const unless = (rate: number) => (rate === input ? '-' : rate);
  return [input, output, unless(cacheRead), unless(cacheWrite)].join(' ').replace(/( -)+$/, '');
}

function readRates(texts: readonly string[]): Rates {
  const [input = Number.NaN, output = Number.NaN] = texts.map(Number);
  const orInput = (text = '-') => (text === '-' ? input : Number(text));
  return { input, output, cacheRead: orInput(texts[2]), cacheWrite: orInput(texts[3]) };
}

function matchesPattern(pattern: string, name: string): boolean {
  if (!pattern.includes('#')) return matchesGlob(pattern, name);
  const open = pattern.endsWith('*');
  const text = open ? pattern.slice(0, -1) : pattern;
  if (open ? name.length < text.length : name.length !== text.length) return false;
  return [...text].every((sign, at) => (sign === '#' ? /\d/.test(name.charAt(at)) : sign === name.charAt(at)));
}
