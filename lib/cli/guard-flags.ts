import { onFailures, type WrittenGuard } from '../config/guard-policy.ts';
import { guardRanges, guardrailName } from '../config/written-guard.ts';
import { toOneOf } from './flag-values.ts';
import type { Flag } from './limit-flags.ts';
import { Wrong } from './wrong.ts';

/** Which guardrails a tenant's requests and answers go through, and those of one of its features. */
export const guardFlags: readonly Flag[] = [
  { name: 'guard-input', path: ['guard', 'input'], read: toNames },
  { name: 'guard-output', path: ['guard', 'output'], read: toNames },
  { name: 'guard-failure', path: ['guard', 'onFailure'], read: toOneOf(onFailures) },
  { name: 'guard-window', path: ['guard', 'window'], read: toWhole(guardRanges.window, 'characters') },
  { name: 'guard-holdback', path: ['guard', 'holdback'], read: toWhole(guardRanges.holdback, 'characters') },
  { name: 'guard-delay-ms', path: ['guard', 'delayMs'], read: toWhole(guardRanges.delayMs, 'milliseconds') },
  { name: 'feature-guard-input', path: ['features', 'guard', 'input'], read: toNames, ofFeature: true },
  { name: 'feature-guard-output', path: ['features', 'guard', 'output'], read: toNames, ofFeature: true },
];

/** How they are typed, for a command's help. */
export const guardHelp = `[--guard-input NAME,NAME|none] [--guard-output NAME,NAME|none] [--guard-failure ${onFailures.join('|')}]
       [--guard-window CHARACTERS] [--guard-holdback CHARACTERS] [--guard-delay-ms MS]
       [--feature-guard-input FEATURE=NAME,NAME …] [--feature-guard-output FEATURE=NAME,NAME …]`;

/** Names of guardrails, each once; `none` is an empty list, which is over the one for all. */
function toNames(text: string, option: string): readonly string[] {
  if (text === 'none') return [];
  const names = text.split(',').map((name) => name.trim());
  const wrong = names.find((name) => !guardrailName.test(name) || name === 'none');
  if (wrong === undefined) return [...new Set(names)];
  throw new Wrong(
    `${option} takes names of guardrails with commas between them, such as house,moderation, or none by itself; not ${JSON.stringify(wrong)}.`,
  );
}

function toWhole([least, most]: readonly [number, number], unit: string) {
  return (text: string, option: string): number => {
    const number = Number(text);
    if (/^\d+$/.test(text) && number >= least && number <= most) return number;
    throw new Wrong(`${option} takes ${unit}, a whole number from ${least} to ${most}, not ${JSON.stringify(text)}.`);
  };
}

/** What is said of guardrails, as a person reads it: `input house, moderation; output none; closed; window 1000`. */
export function guardText({ input, output, onFailure, window, holdback, delayMs }: WrittenGuard = {}): string {
  const said = [
    input && `input ${listed(input)}`,
    output && `output ${listed(output)}`,
    onFailure,
    window !== undefined && `window ${window}`,
    holdback !== undefined && `holdback ${holdback}`,
    delayMs !== undefined && `delay ${delayMs} ms`,
  ];
  return said.filter(Boolean).join('; ');
}

const listed = (names: readonly string[]): string => names.join(', ') || 'none';
