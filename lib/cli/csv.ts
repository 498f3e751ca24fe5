/** Rows as comma-separated values, each ended by CRLF but the last, which whoever prints it ends with its LF: https://www.rfc-editor.org/rfc/rfc4180 */
export function toCsv(rows: readonly (readonly (string | number)[])[]): string {
  return rows.map((row) => `${row.map(field).join(',')}\r`).join('\n');
}

/** Reads comma-separated values: each row with the line it begins on. Empty lines are no rows; a quote out of its place is a RangeError that names the line. */
export function fromCsv(text: string): readonly CsvRow[] {
  const rows: CsvRow[] = [];
  let fields: string[] = [];
  let [line, begins] = [1, 1];
  const unread = text.replace(/^\u{feff}/u, '');
  const token = /(?:"((?:[^"]|"")*)"|([^",\r\n]*))(,|\r\n|\n|$)/y;
  while (token.lastIndex < unread.length || fields.length > 0) {
    const [whole, quoted, plain = '', end = ''] = token.exec(unread) ?? [];
    if (whole === undefined) throw new RangeError(`line ${line}: there is a quote out of its place`);
    fields.push(quoted === undefined ? plain : quoted.replaceAll('""', '"'));
    line += whole.split('\n').length - 1;
    if (end === ',') continue;
    if (fields.length > 1 || whole.replace(/[\r\n]/g, '') !== '') rows.push({ line: begins, fields });
    [fields, begins] = [[], line];
  }
  return rows;
}

export type CsvRow = { readonly line: number; readonly fields: readonly string[] };

/** A name that whoever calls has chosen, so that a spreadsheet does not take it for a formula and run it. */
export const harmless = (name: string): string => (/^[=+\-@\t\r]/.test(name) ? `'${name}` : name);

function field(value: string | number): string {
  const text = String(value);
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
