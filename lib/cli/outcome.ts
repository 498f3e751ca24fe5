import type { ParseArgsConfig } from 'node:util';
import type { AccessAdmin } from '../aws/access-admin.ts';

/** A command the person at the terminal has to say differently. */
export class Wrong extends Error {}

/** What a command found or did: for programs, and for people. */
export type Outcome = { readonly data: unknown; readonly text: string };

export type Options = Readonly<Record<string, string | boolean | (string | boolean)[] | undefined>>;

/** What an action is told, and how it reaches the tables, if it needs them. */
export type Ask = {
  readonly operands: readonly string[];
  readonly options: Options;
  readonly access: () => Promise<AccessAdmin>;
};

/** One thing a command can do. */
export type Action = (ask: Ask) => Promise<Outcome>;

export type Command = {
  readonly options: NonNullable<ParseArgsConfig['options']>;
  readonly actions: Readonly<Record<string, Action>>;
};

/** The text of an option, when it was given. */
export function textOf(options: Options, name: string): string | undefined {
  const value = options[name];
  if (value === '') throw new Wrong(`--${name} must not be empty.`);
  return typeof value === 'string' ? value : undefined;
}

/** The one operand an action needs. */
export function only(operands: readonly string[], what: string): string {
  const [operand, ...more] = operands;
  if (operand === undefined || more.length > 0) throw new Wrong(`Name one ${what}.`);
  return operand;
}

/** Rows under their titles, in columns. */
export function table(titles: readonly string[], rows: readonly (readonly string[])[]): string {
  const all = [titles, ...rows];
  const widths = titles.map((_, column) => Math.max(...all.map((row) => (row[column] ?? '').length)));
  return all
    .map((row) =>
      row
        .map((cell, column) => cell.padEnd(widths[column] ?? 0))
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
}
