import { readFileSync } from 'node:fs';
import { calcPrice, findProvider, type MatchLogic, type ModelInfo } from '@pydantic/genai-prices';
import { expect, test } from 'vitest';
import { findModel } from '../../lib/catalog/catalog.ts';
import { toNames } from '../../lib/catalog/clauses.ts';
import { compile, toText } from '../../lib/catalog/compile.ts';
import table from '../../lib/catalog/models.json' with { type: 'json' };
import { costOf } from '../../lib/catalog/price.ts';
import { readRow, writeRow } from '../../lib/catalog/rows.ts';
import { type Source, sources } from '../../lib/catalog/sources.ts';

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

test('a day that is not one stops the script', () => {
  expect(() => compile('2026-1-1')).toThrow(RangeError);
});

test('without a date, the prices are those of the newest day in the source', () => {
  expect(compile()).toEqual(compile(compile().date));
  expect(compile().date >= '2026-09-22').toBe(true);
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

test.each(Object.entries(sources))('%s: each price is the one that the source itself would find', (name, source) => {
  let compared = 0;
  for (const asked of nearAll(covered(source))) {
    const model = findModel(`${name}/${asked}`);
    if (model === undefined) continue;
    for (const input of [1000, 150_000, 250_000, 300_000]) {
      // At midnight none of the source's hours of the day is running.
      const timestamp = new Date(`${table.date}T00:00:00Z`);
      const theirs = calcPrice(
        { input_tokens: input, cache_read_tokens: 200, cache_write_tokens: 100, output_tokens: 1000 },
        asked,
        { providerId: source.from, timestamp },
      );
      const ours = costOf(model.price, {
        input: input - 300,
        cacheRead: 200,
        cacheWrite: 100,
        output: 900,
        reasoning: 100,
      });
      const dollars = (theirs?.input_price ?? Number.NaN) + (theirs?.output_price ?? Number.NaN);
      expect(Math.abs(ours - dollars * 1e9), asked).toBeLessThan(2);
    }
    compared += 1;
  }
  expect(compared).toBeGreaterThan(5);
});
