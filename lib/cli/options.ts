import { parseArgs } from 'node:util';
import { didYouMean } from './nearest.ts';
import { Wrong } from './wrong.ts';

/** What an option is: a switch, one value, or a value each time it is given. */
type OptionKind = 'switch' | 'value' | 'values';
export type OptionKinds = Readonly<Record<string, OptionKind>>;

/** The options that were given. */
export type Options = ReadonlyMap<string, readonly string[]>;

/** Options every command takes. */
export const commonOptions = {
  json: 'switch',
  local: 'switch',
  profile: 'value',
  region: 'value',
  stack: 'value',
  help: 'switch',
} as const satisfies OptionKinds;

/** What every command takes that changes something: why, for the audit log. */
export const changing = { reason: 'value' } as const satisfies OptionKinds;

/** Splits a command line into its options and its other words; an option it does not know, or half an option, is refused. */
export function readOptions(
  words: readonly string[],
  kinds: OptionKinds,
): { readonly options: Options; readonly positionals: readonly string[] } {
  const options = new Map<string, readonly string[]>();
  const { tokens, positionals } = parsed(words, kinds);
  for (const token of tokens) {
    if (token.kind !== 'option') continue;
    const { name, rawName, value, inlineValue } = token;
    const kind = Object.hasOwn(kinds, name) ? kinds[name] : undefined;
    if (kind === undefined)
      throw new Wrong(`There is no option ${rawName}.${didYouMean(name, Object.keys(kinds), '--')}`);
    if (kind === 'switch') {
      if (value !== undefined) throw new Wrong(`${rawName} takes no value.`);
      options.set(name, []);
      continue;
    }
    // Another option where a value was due: the value was forgotten.
    if (value === undefined || (!inlineValue && value.startsWith('--'))) throw new Wrong(`${rawName} needs a value.`);
    if (value === '') throw new Wrong(`${rawName} must not be empty.`);
    const before = options.get(name) ?? [];
    if (kind === 'value' && before.length > 0) throw new Wrong(`${rawName} is given twice.`);
    options.set(name, [...before, value]);
  }
  return { options, positionals };
}

/** The first words that are no options, whatever is wrong with those. */
export const positionalsOf = (words: readonly string[], kinds: OptionKinds): readonly string[] =>
  parsed(words, kinds).positionals;

/** The value of an option, when it was given. */
export const given = (options: Options, name: string): string | undefined => options.get(name)?.[0];

function parsed(words: readonly string[], kinds: OptionKinds) {
  const options = Object.fromEntries(
    Object.entries(kinds).map(([name, kind]) => [
      name,
      { type: kind === 'switch' ? ('boolean' as const) : ('string' as const), ...(name === 'help' && { short: 'h' }) },
    ]),
  );
  return parseArgs({ args: [...words], options, allowPositionals: true, strict: false, tokens: true });
}
