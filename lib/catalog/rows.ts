import { matchesGlob } from './globs.ts';
import { type Price, type Rates, toRates } from './price.ts';

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

/** The order in which rates are written; those at the end are mostly left out. */
const written = [
  'input',
  'output',
  'cacheRead',
  'cacheWrite',
  'cacheWrite1h',
  'audioInput',
  'audioOutput',
  'reasoning',
  'citation',
] as const;

/**
 * A row as one line, `names|rates|context window|fees|tier|tier…`: rates without those that follow from the others, fees
 * as `search=…` and `request=…`, and each tier as its `above` and its rates.
 */
export function writeRow({ names, price, contextWindow }: Row): string {
  const fees = (['search', 'request'] as const).flatMap((fee) => (price[fee] ? `${fee}=${price[fee]}` : []));
  const tiers = price.tiers?.map((tier) => `${tier.above} ${writeRates(tier)}`) ?? [];
  return [names.join(' '), writeRates(price), contextWindow ?? '', fees.join(' '), ...tiers]
    .join('|')
    .replace(/\|+$/, '');
}

/** The names in a line, without reading the rest of it. */
export const namesIn = (row: string): readonly string[] => row.slice(0, row.indexOf('|')).split(' ');

/** The row that was written as this line. */
export function readRow(row: string): Row {
  const [names = '', rates = '', context = '', fees = '', ...tiers] = row.split('|');
  const price = {
    ...readRates(rates.split(' ')),
    ...readFees(fees),
    ...(tiers.length > 0 && { tiers: tiers.map(readTier) }),
  };
  return { names: names.split(' '), price, ...(context !== '' && { contextWindow: Number(context) }) };
}

function readFees(fees: string): Readonly<Record<string, number>> {
  const pairs = fees === '' ? [] : fees.split(' ').map((fee) => fee.split('='));
  return Object.fromEntries(pairs.map(([name, nanoDollars]) => [name, Number(nanoDollars)]));
}

function readTier(tier: string) {
  const [above, ...rates] = tier.split(' ');
  return { above: Number(above), ...readRates(rates) };
}

function writeRates(rates: Rates): string {
  const told: { -readonly [rate in keyof Rates]?: number } & Pick<Rates, 'input' | 'output'> = {
    input: rates.input,
    output: rates.output,
  };
  const texts = written.map((rate) => {
    if (rate !== 'input' && rate !== 'output' && toRates(told)[rate] === rates[rate]) return '-';
    told[rate] = rates[rate];
    return rates[rate];
  });
  return texts.join(' ').replace(/( -)+$/, '');
}

function readRates(texts: readonly string[]): Rates {
  const [input = Number.NaN, output = Number.NaN] = texts.map(Number);
  const told = written.flatMap((rate, at) => {
    const text = texts[at] ?? '-';
    return text === '-' ? [] : [[rate, Number(text)] as const];
  });
  return toRates({ ...Object.fromEntries(told), input, output });
}

function matchesPattern(pattern: string, name: string): boolean {
  if (!pattern.includes('#')) return matchesGlob(pattern, name);
  const open = pattern.endsWith('*');
  const text = open ? pattern.slice(0, -1) : pattern;
  if (open ? name.length < text.length : name.length !== text.length) return false;
  return [...text].every((sign, at) => (sign === '#' ? /\d/.test(name.charAt(at)) : sign === name.charAt(at)));
}
