import type { Spend } from './allowance.ts';

/** What the house itself knows to find. A tenant's patterns are kinds of their own names. */
export const kinds = ['email', 'phone', 'card', 'iban', 'national-id', 'ip', 'secret'] as const;
export type Kind = (typeof kinds)[number];

/** What stood in a text and looked like a placeholder of the very call; no tenant's pattern may be called so. */
export const LOOK_ALIKE = 'text';

/** A value that is not to leave, by its place in UTF-16 units. */
export type Finding = { readonly kind: string; readonly start: number; readonly end: number };

/** Finds values in a text, in any order; they may overlap. Takes time in proportion to the text, and spends what it takes. */
export type Detector = (text: string, spend: Spend) => Iterable<Finding>;

/** True for a digit, `0` to `9`. */
export const isDigit = (code: number): boolean => code >= 0x30 && code <= 0x39;

/** True for what makes one word with a letter or a digit beside it: ASCII letters and digits. Other scripts write without spaces. */
export const isWord = (code: number): boolean => isDigit(code) || ((code | 0x20) >= 0x61 && (code | 0x20) <= 0x7a);

/** True where neither neighbour of a value would make it a part of a longer word. */
export const standsAlone = (text: string, start: number, end: number): boolean =>
  !isWord(text.charCodeAt(start - 1)) && !isWord(text.charCodeAt(end));
