/** The value in the middle; 0 of none. */
export const median = (values: readonly number[] = []): number =>
  [...values].sort((one, other) => one - other)[Math.floor(values.length / 2)] ?? 0;

/** The value that this part of all are not over, as 0.99; 0 of none. */
export const quantile = (part: number, values: readonly number[] = []): number =>
  [...values].sort((one, other) => one - other)[Math.ceil(part * values.length) - 1] ?? 0;

/** Rows as a table, its columns named as the first row names them. */
export function table(lines: readonly Readonly<Record<string, string>>[]): string {
  const names = Object.keys(lines[0] ?? {});
  const row = (cells: readonly string[]) => `| ${cells.join(' | ')} |`;
  return [
    row(names),
    row(names.map(() => '---')),
    ...lines.map((line) => row(names.map((name) => line[name] ?? ''))),
  ].join('\n');
}
