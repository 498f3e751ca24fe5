import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { fromExport, toUnits } from '../../lib/cli/export-file.ts';

const ours = 'date,model,cost_usd\n';
const bucket = { object: 'bucket', start_time: 1_790_467_200, end_time: 1_790_553_600 };
const amount = (value: number | string) => ({ value, currency: 'usd' });

describe('an export', () => {
  test.each([
    [`${ours}2026-11-01,m,1.5\r\n`, ['2026-11-01', 'm', 1_500_000_000n]],
    [
      'cost_usd,output_tokens,model,date,input_tokens\n-0.25,5,"a, b",2026-11-01,3',
      ['2026-11-01', 'a, b', -250_000_000n],
    ],
    [
      'usage_date_utc,model,workspace,api_key,usage_type,context_window,token_type,cost_usd,cost_type\n2026-11-01,Lab Model 4.5,Default,k,message,≤ 200k,output,0.13,token',
      ['2026-11-01', 'Lab Model 4.5', 130_000_000n],
    ],
    [
      'start_time,end_time,start_time_iso,end_time_iso,amount_value,amount_currency,line_item,project_id,organization_id,organization_name\n1790467200,1790553600,a,b,0.8958740000000000,usd,"lab-m-2026-01-31, cached input",,org,Personal\n1790553600,1790640000,a,b,,,,,,',
      ['2026-09-27', 'lab-m-2026-01-31', 895_874_000n],
    ],
    ['{"date":"2026-11-01","model":"m","cost_usd":"0.000000001"}\n\n', ['2026-11-01', 'm', 1n]],
    [
      JSON.stringify({
        ...bucket,
        results: [{ object: 'r', amount: amount(6e-8), line_item: 'm, input', project_id: null }],
      }),
      ['2026-09-27', 'm', 60n],
    ],
    [
      JSON.stringify({
        data: [
          {
            starting_at: '2026-11-01T00:00:00Z',
            ending_at: '2026-11-02T00:00:00Z',
            results: [{ amount: '123.45', currency: 'USD', model: 'lab-m', description: 'tokens' }],
          },
        ],
        has_more: false,
        next_page: null,
      }),
      ['2026-11-01', 'lab-m', 1_234_500_000n],
    ],
  ])('%j is read', (text, [day, model, nanoDollars]) => {
    expect(fromExport(text)).toEqual([{ day, model, nanoDollars }]);
  });

  test.each([
    ['', 'it has no rows'],
    [ours, 'it has no rows'],
    ['date,model,tokens\n2026-11-01,m,1', 'line 1: there are no columns of costs by day and model'],
    ['date,model,cost_usd,margin\n2026-11-01,m,1,2', 'line 1: the column "margin" is not known'],
    ['date,model,cost_usd,model\n', 'line 1: the column "model" is there twice'],
    [`${ours}2026-11-01,m,1\n2026-11-02,m`, 'line 3: there are 2 fields'],
    [`${ours}2026-11-01,"m\nn",1\n2026-02-30,m,1`, 'line 4: date "2026-02-30" is no date'],
    [`${ours}2026-11-01,m,$1`, 'line 2: cost_usd "$1" is no amount'],
    [`${ours}2026-11-01,m,`, 'line 2: cost_usd "" is no amount'],
    [`${ours}2026-11-01,"m,1`, 'line 2: there is a quote out of its place'],
    [`{"date":"2026-11-01","model":"m","cost_usd":1}\n{"date":`, 'line 2: this is no JSON object'],
    ['{"date":"2026-11-01","model":"m","cost_usd":1,"margin":2}', 'line 1: the column "margin" is not known'],
    [JSON.stringify({ data: [], has_more: true }), 'line 1: more pages follow'],
    [JSON.stringify({ data: [], has_less: true }), '"has_less" of a page is not known'],
    [
      JSON.stringify({ ...bucket, results: [{ amount: { value: 1, currency: 'eur' }, line_item: 'm' }] }),
      '"eur" is not USD',
    ],
  ])('%j is refused by its line', (text, said) => {
    expect(() => fromExport(text)).toThrow(said);
  });
});

test('money is read exactly, however it is written', () => {
  fc.assert(
    fc.property(
      fc.bigInt({ min: -(10n ** 20n), max: 10n ** 20n }),
      fc.integer({ min: 0, max: 9 }),
      (nano, exponent) => {
        const digits = (nano < 0n ? -nano : nano).toString().padStart(10, '0');
        const decimal = `${nano < 0n ? '-' : ''}${digits.slice(0, -9)}.${digits.slice(-9)}`;
        expect(toUnits(decimal, 9)).toBe(nano);
        expect(toUnits(`${decimal}e${exponent}`, 9 - exponent)).toBe(nano);
        expect(toUnits(`${decimal}49`, 9)).toBe(nano);
      },
    ),
  );
  expect(toUnits('0.0000000005', 9)).toBe(1n);
  expect(toUnits('-0.0000000005', 9)).toBe(-1n);
});
