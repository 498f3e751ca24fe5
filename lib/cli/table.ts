import { styleText } from 'node:util';

/** Rows under their titles, in columns; those whose title is named are aligned to the right, as numbers are. */
export function table(
  titles: readonly string[],
  rows: readonly (readonly string[])[],
  numbers: readonly string[] = [],
): string {
  const all = [titles, ...rows].map((row) => row.map(shown));
  const widths = titles.map((_, column) => all.reduce((most, row) => Math.max(most, length(row[column] ?? '')), 0));
  const lines = all.map((row) =>
    titles
      .map((title, column) => padded(row[column] ?? '', widths[column] ?? 0, numbers.includes(title)))
      .join('  ')
      .trimEnd(),
  );
  return lines.map((line, row) => (row === 0 ? heading(line) : line)).join('\n');
}

/** A line that stands over others. */
export const heading = (line: string): string => styleText('bold', line);
export const good = (line: string): string => styleText('green', line);
export const bad = (line: string): string => styleText('red', line);

// Names come from requests and from items edited by hand: what they hold must neither steer a terminal nor turn its text around.
export const shown = (cell: string): string => cell.replace(/[\p{Cc}\p{Cf}]/gu, '\u{fffd}');

const length = (cell: string): number => [...cell].length;

/** A cell as wide as its column. */
export function padded(cell: string, width: number, right: boolean): string {
  const space = ' '.repeat(Math.max(0, width - length(cell)));
  return right ? space + cell : cell + space;
}
