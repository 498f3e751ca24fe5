import { fromCsv } from './csv.ts';
import { neededOf, type Shape, shapes } from './export-shapes.ts';
import { jsonRows } from './json-rows.ts';
import { Wrong } from './wrong.ts';

/** What a provider says one of its models cost on a day (UTC), in part or in all. */
export type Charge = { readonly day: string; readonly model: string; readonly nanoDollars: bigint };

/** A row of a file by its columns, with the line it is on. */
export type Row = { readonly line: number; readonly cells: ReadonlyMap<string, string> };

/** Reads a provider's export of costs, CSV or JSON lines. What it does not know is refused by its line: nothing is left out in silence. */
export function fromExport(text: string): readonly Charge[] {
  try {
    const rows = /^\u{feff}?\s*\{/u.test(text) ? jsonRows(text) : csvRows(text);
    if (rows.length === 0) throw new RangeError('it has no rows');
    return rows.flatMap(toCharges);
  } catch (error) {
    if (error instanceof RangeError) throw new Wrong(`The export cannot be read: ${error.message}.`);
    throw error;
  }
}

/** A decimal number in whole units of so many decimals, rounded half away from zero; undefined for anything else. */
export function toUnits(text: string, decimals: number): bigint | undefined {
  const [, minus, whole = '', fraction = '', exponent = '0'] =
    /^([+-]?)(\d+)(?:\.(\d+))?(?:[eE]([+-]?\d{1,2}))?$/.exec(text) ?? [];
  if (minus === undefined) return undefined;
  const shift = decimals + Number(exponent) - fraction.length;
  const digits = BigInt(whole + fraction);
  const over = 10n ** BigInt(Math.max(0, -shift));
  const units = (digits * 10n ** BigInt(Math.max(0, shift)) + over / 2n) / over;
  return minus === '-' ? -units : units;
}

function csvRows(text: string): readonly Row[] {
  const [titles, ...rows] = fromCsv(text);
  if (titles === undefined) return [];
  const columns = titles.fields.map((title) => title.trim());
  const twice = columns.find((column, at) => columns.indexOf(column) !== at);
  if (twice !== undefined)
    throw new RangeError(`line ${titles.line}: the column ${JSON.stringify(twice)} is there twice`);
  // Also where no row follows, so that the wrong file is told by its columns.
  shapeOf(columns, titles.line);
  return rows.map(({ line, fields }) => {
    if (fields.length !== columns.length)
      throw new RangeError(`line ${line}: there are ${fields.length} fields, where line 1 has ${columns.length}`);
    return { line, cells: new Map(columns.map((column, at) => [column, fields[at]?.trim() ?? ''])) };
  });
}

function toCharges({ line, cells }: Row): readonly Charge[] {
  const { day, model, amount, currency } = shapeOf([...cells.keys()], line);
  const cell = (column: string): string => cells.get(column) ?? '';
  const on = day.read(cell(day.column));
  if (on === undefined)
    throw new RangeError(`line ${line}: ${day.column} ${JSON.stringify(cell(day.column))} is no date`);
  // Days without costs are there, too.
  if (cell(amount.column) === '' && currency !== undefined && cell(currency) === '') return [];
  const nanoDollars = toUnits(cell(amount.column), amount.decimals);
  if (nanoDollars === undefined)
    throw new RangeError(`line ${line}: ${amount.column} ${JSON.stringify(cell(amount.column))} is no amount`);
  if (currency !== undefined && cell(currency).toLowerCase() !== 'usd')
    throw new RangeError(`line ${line}: ${currency} ${JSON.stringify(cell(currency))} is not USD`);
  return [{ day: on, model: model.read(cell(model.column)), nanoDollars }];
}

function shapeOf(columns: readonly string[], line: number): Shape {
  const shape = shapes.find((each) => neededOf(each).every((column) => columns.includes(column)));
  if (shape === undefined) {
    const known = shapes.map((each) => neededOf(each).join(',')).join('; ');
    throw new RangeError(
      `line ${line}: there are no columns of costs by day and model. Those of one of these are needed: ${known}`,
    );
  }
  const taken = [...neededOf(shape), ...shape.besides];
  const unknown = columns.find((column) => !taken.includes(column));
  if (unknown !== undefined)
    throw new RangeError(
      `line ${line}: the column ${JSON.stringify(unknown)} is not known beside ${neededOf(shape).join(',')}; take it out if it changes nothing of those`,
    );
  return shape;
}
