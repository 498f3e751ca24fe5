import { readFileSync } from 'node:fs';
import { calcPrice, findProvider, type MatchLogic, type ModelInfo } from '@pydantic/genai-prices';
import { expect, test } from 'vitest';
import { additions } from '../../lib/catalog/additions.ts';
import { findModel } from '../../lib/catalog/catalog.ts';
import { toNames } from '../../lib/catalog/clauses.ts';
import { compile, toText } from '../../lib/catalog/compile.ts';
import table from '../../lib/catalog/models.json' with { type: 'json' };
import { costOf } from '../../lib/catalog/price.ts';
import { readRow, writeRow } from '../../lib/catalog/rows.ts';
import { type Source, sources } from '../../lib/catalog/sources.ts';
import { noUsage } from '../../lib/catalog/usage.ts';

const file = readFileSync(new URL('../../lib/catalog/models.json', import.meta.url), 'utf8');

test('the table is what the script makes of the source today; if not, run `npm run prices`', () => {
  expect(toText(compile(table.date)) === file).toBe(true);
});

test('the table stays small enough for a cold start', () => {
  expect(file.length).toBeLessThan(120_000);
});

test('a price begins on its day', () => {
  const on = (date: string) => compile(date).providers.openai?.find((row) => row.startsWith('o3 '));
  expect(on('2025-06-09')).toContain('|10000000 40000000 500000|');
  expect(on('2025-06-10')).toContain('|2000000 8000000 500000|');
});

test('a price that is yet to begin counts a year ahead, if it is dearer', () => {
  const on = (date: string) => compile(date).providers.gemini?.find((row) => row.startsWith('gemini-3.8-flash '));
  expect(on('2025-06-01')).toContain('|750000 3750000 75000|');
  expect(on('2026-11-23')).toContain('|1500000 7500000 150000|');
});

test('a price by the hour is that of the dearest hour', () => {
  const row = compile('2026-11-23').providers.deepseek?.find((each) => each.startsWith('deepseek-v4-pro '));
  expect(row).toContain('|1320000 3960000 44000|');
});

test('writing the cache of Claude for an hour costs twice the input, wherever it runs', () => {
  for (const [provider = '', rows = []] of Object.entries(compile('2026-11-23').providers)) {
    for (const { names, price } of rows.map(readRow).filter(({ names: [name = ''] }) => name.includes('claude'))) {
      const cached = price.cacheWrite !== price.input;
      for (const rates of [price, ...(price.tiers ?? [])])
        expect(rates.cacheWrite1h, `${provider}/${names[0]}`).toBe(cached ? 2 * rates.input : rates.input);
    }
  }
});

test('a day that is not one stops the script', () => {
  expect(() => compile('2026-1-1')).toThrow(RangeError);
});

test('every addition is still missing in the source', () => {
  for (const [provider, rows] of Object.entries(additions)) {
    const table = compile('2026-11-23').providers[provider] ?? [];
    expect(table.slice(-rows.length)).toEqual(rows.map(writeRow));
  }
});

test('every row reads back as it was written', () => {
  for (const row of Object.values(compile(table.date).providers).flat()) expect(writeRow(readRow(row))).toBe(row);
});

test('a clause that cannot be written as patterns stops the script', () => {
  expect(() => toNames('x', { regex: '^(a|b)+$' })).toThrow('extend');
  expect(() => toNames('x', { and: [{ contains: 'a' }, { contains: 'b' }] })).toThrow('extend');
  expect(() => toNames('x', { equals: 'a b' })).toThrow('sign of ours');
});

/** Names that a clause covers, and some next to them. */
function namesNear(match: MatchLogic): string[] {
  if ('or' in match) return match.or.flatMap(namesNear);
  if ('and' in match) return match.and.flatMap(namesNear);
  if ('regex' in match)
    return ['20260901', '2026-09-01', '001'].map(
      (date) => `${match.regex.replace(/^\^|-\\d.*$/g, '').replaceAll('\\', '')}-${date}`,
    );
  const [text = ''] = Object.values(match);
  return [text, text.toUpperCase(), `${text}-20260101`, `${text}-tts`, `${text}-preview`, `us.${text}`, `${text}:beta`];
}

const covered = ({ from }: Source) => findProvider({ providerId: from })?.models ?? [];
const nearAll = (models: readonly ModelInfo[]) => models.flatMap(({ id, match }) => [id, ...namesNear(match)]);

/** Some hours of a day, and a day on which all prices that are yet to come have begun. */
const moments = ['2026-11-23T00:30', '2026-11-23T02:30', '2026-11-23T12:30', '2027-11-20T20:30'].map(
  (moment) => new Date(`${moment}Z`),
);

test.each(Object.entries(sources))(
  '%s: each price is the dearest that the source itself would find',
  (name, source) => {
    const added = new Set((additions[name] ?? []).flatMap(({ names }) => names));
    let compared = 0;
    for (const asked of nearAll(covered(source))) {
      const model = findModel(`${name}/${asked}`);
      if (model === undefined || added.has(model.name)) continue;
      // An inference profile is called otherwise than the source believes.
      if (source.rename !== undefined && calcPrice({ input_tokens: 1 }, asked, { providerId: source.from }) === null)
        continue;
      const { requestBySearch: _, ...price } = model.price;
      for (const input of [1000, 150_000, 250_000, 300_000]) {
        const usage = { input_tokens: input, cache_read_tokens: 200, cache_write_tokens: 100, output_tokens: 1000 };
        const changing = covered(source).some(({ prices }) => Array.isArray(prices));
        const theirs = (changing ? moments : moments.slice(0, 1)).map((timestamp) => {
          const found = calcPrice(usage, asked, { providerId: source.from, timestamp });
          return found?.total_price ?? Number.NaN;
        });
        const ours = costOf(price, { ...noUsage, input: input - 300, cacheRead: 200, cacheWrite: 100, output: 1000 });
        expect(Math.abs(ours - Math.max(...theirs) * 1e9), asked).toBeLessThan(2);
      }
      compared += 1;
    }
    expect(compared).toBeGreaterThan(5);
  },
);
