import type { WrittenCachePolicy } from '../config/cache-policy.ts';
import type { Requires } from '../config/requires.ts';
import type { WrittenLimits } from '../config/written-limits.ts';
import { rateKinds, windows } from '../ledger/limits.ts';

type Written = {
  readonly models?: readonly string[] | undefined;
  readonly priority?: string | undefined;
} & WrittenLimits;

/** Budgets as a person says them: `$5 a day, $100 a month`. */
export function budgetsText(budgets: WrittenLimits['budgets']): string {
  if (budgets === 'none') return 'none';
  return windows
    .flatMap((window) => {
      const dollars = budgets?.[window];
      const span = window === 'total' ? 'in total' : `${window === 'hour' ? 'an' : 'a'} ${window}`;
      return dollars === undefined ? [] : [dollars === 'none' ? `none ${span}` : `$${dollars} ${span}`];
    })
    .join(', ');
}

/** Rates as a person says them: `600 rpm, 50 concurrent`. */
export function ratesText(rates: WrittenLimits['rates']): string {
  if (rates === 'none') return 'none';
  return rateKinds.flatMap((kind) => (rates?.[kind] === undefined ? [] : [`${rates[kind]} ${kind}`])).join(', ');
}

/** What is said of the caches, as a person reads it: `exact, 60 s, scope tenant`. */
export function cacheText({ mode, ttlSeconds, scope, temperature, toolCalls, threshold }: WrittenCachePolicy): string {
  const said = [
    mode,
    ttlSeconds !== undefined && `${ttlSeconds} s`,
    scope !== undefined && `scope ${scope}`,
    temperature !== undefined && `temperature ${temperature}`,
    toolCalls !== undefined && (toolCalls ? 'with tool calls' : 'no tool calls'),
    threshold !== undefined && `threshold ${threshold}`,
  ];
  return said.filter(Boolean).join(', ');
}

/** What is required of targets, as a person reads it: `regions eu or us, retention none`. */
export const requiresText = ({ regions, providers, retention }: Requires): string =>
  [
    regions && `regions ${regions.join(' or ')}`,
    providers && `providers ${providers.join(' or ')}`,
    retention && `retention ${retention}`,
  ]
    .filter(Boolean)
    .join(', ');

/** The lines that say what limits somebody has: a label and what it is, nothing for what was never spoken of. */
export function limitLines(written: Written, prefix = ''): readonly (readonly [string, string])[] {
  const { models, priority } = written;
  const lines: [string, string][] = [
    ['budgets', budgetsText(written.budgets)],
    ['rates', ratesText(written.rates)],
    ['models', models === undefined ? '' : models.join(', ') || 'none at all'],
    ['priority', priority ?? ''],
  ];
  return lines.filter(([, text]) => text !== '').map(([label, text]) => [prefix + label, text]);
}

/** Labels and what stands beside them, in two columns. */
export function sheet(lines: readonly (readonly [string, string | undefined])[]): string {
  const shown = lines.filter(([, text]) => text !== undefined && text !== '');
  const width = Math.max(...shown.map(([label]) => [...label].length));
  return shown
    .map(([label, text]) => `${label.padEnd(width)}  ${text}`.replace(/[\p{Cc}\p{Cf}]/gu, '\u{fffd}'))
    .join('\n');
}
