import type { Fields } from '../aws/access-fields.ts';
import type { Problem } from './findings.ts';
import { toOneOf } from './flag-values.ts';
import type { Flag } from './limit-flags.ts';

const onOrOff = toOneOf(['on', 'off']);

/** Whether a tenant's prompts and answers are kept. */
export const captureFlags: readonly Flag[] = [
  { name: 'capture', path: ['capture'], read: (text, option) => onOrOff(text, option) === 'on' },
];

/** How it is typed, for a command's help. */
export const captureHelp = '[--capture on|off]';

/** What a tenant says of it, as a person reads it: that it wants what this gateway has no place for, too. */
export function captureText(capture: boolean | undefined, place: unknown): string | undefined {
  if (!capture) return capture === false ? 'off' : undefined;
  return place === undefined ? `on, but ${NO_PLACE}` : 'on';
}

/** The tenants, of all items of table Access, that want what this gateway has no place for. */
export const notCaptured = (items: readonly Fields[]): readonly Problem[] =>
  items.flatMap(({ pk, sk, capture }) =>
    sk === 'tenant' && capture === true
      ? [{ kind: 'no-captures', item: String(pk), message: `${pk}: capture is on, but ${NO_PLACE}` }]
      : [],
  );

const NO_PLACE = 'nothing is kept: this gateway has no place for captures. Deploy it with -c captures=true.';
