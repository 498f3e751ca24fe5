import { type Finding, standsAlone } from '../finding.ts';
import { luhn } from './checks.ts';
import type { Window } from './digit-groups.ts';

/** First digits of cards in use, from and to, and how long such cards are. */
const RANGES: readonly (readonly [number, number, number, number])[] = [
  [4, 4, 16, 16],
  [4, 4, 19, 19],
  [51, 55, 16, 16],
  [2221, 2720, 16, 16],
  [34, 34, 15, 15],
  [37, 37, 15, 15],
  [300, 305, 14, 16],
  [3095, 3095, 14, 16],
  [36, 36, 14, 16],
  [38, 39, 14, 16],
  [3528, 3589, 16, 19],
  [6011, 6011, 16, 19],
  [644, 649, 16, 19],
  [65, 65, 16, 19],
  [62, 62, 16, 19],
  [81, 82, 16, 16],
  [60, 60, 16, 16],
  [508, 508, 16, 16],
  [2200, 2204, 16, 19],
  [9792, 9792, 16, 16],
  ...[5018, 5020, 5038, 5893, 6304, 6759, 6761, 6762, 6763].map((start) => [start, start, 13, 19] as const),
];
/** Cards of 13 digits were given up; what has 13 digits today is mostly an article number. */
const OLD = /(?:card|visa|karte|carte|tarjeta|carta|cart[aã]o|kort|pan|cc)\W{0,3}(?:\w{1,8}\W{1,3})?$/i;

/**
 * Card numbers of 13 to 19 digits: a known issuer's first digits, its length, and Luhn's check digit; in groups with the
 * same space, dash or dot between them. Not found: numbers spelt in words, masked ones, and ranges of local schemes.
 */
export function card(text: string, window: Window): Finding | undefined {
  const { digits, start, end } = window;
  if (digits.length < 13 || !grouped(window) || !luhn(digits)) return undefined;
  const old = digits.length === 13 && digits.startsWith('4') && OLD.test(text.slice(Math.max(0, start - 24), start));
  if (!old && !RANGES.some(([from, to, least, most]) => within(digits, from, to, least, most))) return undefined;
  if (!standsAlone(text, start, end) || isFraction(text, window)) return undefined;
  return { kind: 'card', start, end };
}

function within(digits: string, from: number, to: number, least: number, most: number): boolean {
  if (digits.length < least || digits.length > most) return false;
  const first = Number(digits.slice(0, String(from).length));
  return first >= from && first <= to;
}

/** In groups as on a card, or as people type it: the first has four digits, and one sign separates all. */
const grouped = ({ gaps, shape, groups }: Window): boolean =>
  groups === 1 || (/^(?: +|-+|\.+)$/.test(gaps) && gaps.length === groups - 1 && /^4(?:-\d{1,2}){1,4}$/.test(shape));

/** The digits after `0.` or `0,`, or after any other whole number and a dot. A comma alone also parts the numbers of a list. */
const isFraction = (text: string, { start, groups }: Window): boolean =>
  groups === 1 && /(?:\d\.|(?<!\d)0,)$/.test(text.slice(Math.max(0, start - 3), start));
