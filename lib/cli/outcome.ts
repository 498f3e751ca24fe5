import type { Connection } from './connect.ts';
import type { OptionKinds, Options } from './options.ts';
import { Wrong } from './wrong.ts';

/** What a command found or did: for programs, and for people; or that it has said all there is, as it found it. */
export type Outcome = Found | { readonly said: true };

type Found = {
  readonly data: unknown;
  readonly text: string;
  /** True when the command could do its work, and was asked to fail on what it found. */
  readonly failed?: boolean;
};

/** What an action is told, and how it reaches the tables, if it needs them. */
export type Ask = {
  readonly operands: readonly string[];
  readonly options: Options;
  readonly connect: () => Promise<Connection>;
};

/** One thing a command can do. */
type Action = (ask: Ask) => Promise<Outcome>;

/** A command: what each of its words does, with the options that say something to it. One that needs no word has its deed under ''. */
export type Command = {
  readonly help: string;
  readonly deeds: Readonly<Record<string, Deed>>;
};

export type Deed = { readonly takes: OptionKinds; readonly act: Action };

/** The one operand an action needs. */
export function only(operands: readonly string[], what: string): string {
  const [operand, ...more] = operands;
  if (operand === undefined || more.length > 0) throw new Wrong(`Name one ${what}.`);
  return operand;
}

/** Refuses operands where none are taken. */
export function none(operands: readonly string[]): void {
  const [operand] = operands;
  if (operand !== undefined) throw new Wrong(`${JSON.stringify(operand)} says nothing to this command.`);
}
