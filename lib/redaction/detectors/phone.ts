import { type Finding, standsAlone } from '../finding.ts';
import { isCalled } from './called.ts';
import type { Window } from './digit-groups.ts';
import { countryOf } from './phone-countries.ts';

/**
 * Phone numbers. Surely those with `+` or `00` and a country's code and length. Without, those written as numbers are
 * in North America (3-3-4), Brazil, Russia, Spain, Italy and India, or with a leading 0 and in groups, as in most of Europe and Asia;
 * unbroken ones where only mobile numbers look so, or after a word such as `tel` or `phone`. Not found: extensions,
 * short numbers, and unbroken national numbers without such a word.
 */
export function phone(text: string, window: Window): Finding | undefined {
  const { digits } = window;
  if (digits.length < 7 || digits.length > 17) return undefined;
  const sign = text.charCodeAt(window.start - 1);
  const found =
    sign === 0x2b || digits.startsWith('00') ? isInternational(window, sign === 0x2b) : isNational(text, window);
  if (!found) return undefined;
  const start = opening(text, window);
  return standsAlone(text, start, window.end) && !goesOn(text, start, window.end)
    ? { kind: 'phone', start, end: window.end }
    : undefined;
}

function isInternational({ digits, gaps, shape }: Window, plus: boolean): boolean {
  const number = plus ? digits : digits.slice(2);
  if (number.length > 15 || (!plus && number.startsWith('0'))) return false;
  const country = countryOf(number);
  if (country === undefined || /\d{2}\/|\. /.test(gaps)) return false;
  // +49 (0)30: the zero is dialled within the country only.
  const zero = gaps.includes('(') && /^\d+-1(?:-|$)/.test(shape) && number[country.code.length] === '0' ? 1 : 0;
  const length = number.length - country.code.length - zero;
  return length >= country.least && length <= country.most;
}

function isNational(text: string, { digits, shape, gaps, start, groups }: Window): boolean {
  const area = /^1?[2-9](?!11)\d\d[2-9]\d{6}$/.test(digits);
  if (area && /^(?:1-)?3-3-4$/.test(shape) && /^[ .\-()]+$/.test(gaps)) return true;
  if (/^2-[45]-4$/.test(shape) && text[start - 1] === '(' && /^\) ?-$/.test(gaps)) return true;
  if (shape === '1-3-3-2-2' && /^[78]9/.test(digits)) return true;
  if (shape === '3-2-2-2' && /^[6789]/.test(digits) && /^([ .-])\1\1$/.test(gaps)) return true;
  if (shape === '3-7' && digits.startsWith('3') && gaps === ' ') return true;
  if (shape === '5-5' && /^[6-9]/.test(digits) && /^[ -]$/.test(gaps)) return true;
  if (/^0[1-9]/.test(digits) && groups > 1 && isTrunk(digits, shape, gaps)) return true;
  if (shape === '3-4-4' && /^1[3-9]/.test(digits)) return true;
  if (groups === 1 && isMobile(text, start, digits)) return true;
  return digits.length <= 15 && /^[ .\-()/]{0,8}$/.test(gaps) && isCalled(text, start);
}

/** A number dialled with a leading 0, in groups; not a date, and not a fraction. */
function isTrunk(digits: string, shape: string, gaps: string): boolean {
  if (digits.length < 9 || digits.length > 12 || /^1-|-1(?:-|$)/.test(shape)) return false;
  if (/^2-2-4/.test(shape) && /^([./-])\1/.test(gaps)) return false;
  return /^(?:\) ?|[ ./-])(?:[ .-]|\/)*$/.test(gaps) && !(gaps.startsWith('.') && !/^\.+$/.test(gaps));
}

/** Unbroken, but like nothing else: mobile numbers of France, Britain, Germany, and of China within Chinese. */
function isMobile(text: string, start: number, digits: string): boolean {
  if (/^(?:0[67]\d{8}|07\d{9}|01[567]\d{8,9})$/.test(digits)) return true;
  return /^1[3-9]\d{9}$/.test(digits) && /\p{Script=Han}[\s:：]?$/u.test(text.slice(Math.max(0, start - 2), start));
}

/** The sign a number begins with is a part of it. */
function opening(text: string, { start, gaps }: Window): number {
  const plus = text[start - 1] === '+' ? start - 1 : start;
  return text[plus - 1] === '(' && gaps.includes(')') && !gaps.includes('(') ? plus - 1 : plus;
}

/** Part of a longer code: an article number, a version. */
const goesOn = (text: string, start: number, end: number): boolean =>
  /[A-Za-z0-9][-./]$/.test(text.slice(Math.max(0, start - 2), start)) ||
  /^[-./]\d{3}|^\.\d/.test(text.slice(end, end + 4));

/** Whether something before a group says that a phone number begins with it. */
export const beginsPhone = (text: string, start: number): boolean =>
  '+(0'.includes(text[start] === '0' ? '0' : text.charAt(start - 1) || ' ') || isCalled(text, start);
