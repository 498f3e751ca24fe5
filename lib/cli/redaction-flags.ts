import { redactionModes, type WrittenRedaction } from '../config/redaction-policy.ts';
import { kinds } from '../redaction/finding.ts';
import { toPatterns } from '../redaction/patterns.ts';
import { toOneOf } from './flag-values.ts';
import type { Flag } from './limit-flags.ts';
import { didYouMean } from './nearest.ts';
import { Wrong } from './wrong.ts';

const mode = toOneOf(redactionModes);

/** What of a tenant's prompts must not leave, and of those for one of its features. Patterns are written in the item. */
export const redactionFlags: readonly Flag[] = [
  { name: 'redaction', path: ['redaction', 'mode'], read: mode },
  { name: 'redaction-detect', path: ['redaction', 'detect'], read: toKinds },
  { name: 'redaction-pattern', path: ['redaction', 'patterns'], read: toText, named: true },
  { name: 'feature-redaction', path: ['features', 'redaction', 'mode'], read: mode, ofFeature: true },
];

/** How they are typed, for a command's help. */
export const redactionHelp = `[--redaction ${redactionModes.join('|')}] [--redaction-detect ${kinds.join(',')}]
       [--redaction-pattern NAME=REGEX …] [--feature-redaction FEATURE=MODE …]`;

function toKinds(text: string, option: string): readonly string[] {
  return text.split(',').map((word) => {
    const kind = kinds.find((each) => each === word.trim());
    if (kind !== undefined) return kind;
    throw new Wrong(
      `${option} takes ${kinds.join(', ')}, with commas between them, not ${JSON.stringify(word)}.${didYouMean(word, kinds)}`,
    );
  });
}

function toText(text: string, option: string): string {
  if (text !== '') return text;
  throw new Wrong(`${option} takes NAME=REGEX, such as ${option} 'employee=EMP-[0-9]{6}'.`);
}

/** Throws what is wrong with the patterns of a policy: a gateway that cannot compile them lets nothing leave. */
export async function checkPatterns({ patterns = {} }: WrittenRedaction = {}): Promise<void> {
  try {
    await toPatterns(patterns);
  } catch (error) {
    throw new Wrong(error instanceof Error ? error.message : String(error));
  }
}

/** What is said of redaction, as a person reads it: `mask email, card; patterns employee`. */
export function redactionText({ mode, detect, patterns = {} }: WrittenRedaction = {}): string {
  const names = Object.keys(patterns);
  return [[mode, detect?.join(', ')].filter(Boolean).join(' '), names.length > 0 && `patterns ${names.join(', ')}`]
    .filter(Boolean)
    .join('; ');
}
