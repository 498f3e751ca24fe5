import { type Finding, standsAlone } from '../finding.ts';
import { mod11And10, modulo, verhoeff, weighed } from './checks.ts';
import type { Window } from './digit-groups.ts';

type Id = {
  /** The lengths of its groups, as it is written; the unbroken one last. */
  readonly shapes: readonly string[];
  readonly gaps: RegExp;
  readonly valid: (digits: string) => boolean;
  /** Words one of which must come before the unbroken form, where too much else looks like it. */
  readonly named?: RegExp;
};

/** Ids of digits alone, of which a check digit or a strict form leaves little doubt. */
const ids: readonly Id[] = [
  {
    // United States: SSN, and ITIN, which begins with 9.
    shapes: ['3-2-4', '9'],
    gaps: /^(?:--| {2})$/,
    valid: (digits) => isSsn(digits) || /^9\d\d(?:5\d|6[0-5]|7\d|8[0-8]|9[0-24-9])/.test(digits),
    named: /(?:ssn|itin|social[ -]security)/i,
  },
  { shapes: ['2-3-3-3', '11'], gaps: /^ {3}$/, valid: isGermanTaxId },
  { shapes: ['3-3-3-2', '11'], gaps: /^\.\.-$/, valid: isCpf },
  { shapes: ['11'], gaps: /^$/, valid: isPesel },
  {
    shapes: ['4-4-4', '12'],
    gaps: /^(?: {2}|--)$/,
    valid: (digits) => /^[2-9]/.test(digits) && verhoeff(digits),
    named: /aadhaa?r|uidai|आधार|uid/i,
  },
  { shapes: ['1-2-2-2-3-3-2', '13-2', '15'], gaps: /^(?: {6}| )$/, valid: isNir },
  {
    shapes: ['3-4-4-2', '13'],
    gaps: /^\.{3}$/,
    valid: (digits) => digits.startsWith('756') && weighed(digits, [1, 3]) % 10 === 0,
  },
  { shapes: ['2-2-2-3-2', '11'], gaps: /^\.\.-\.$/, valid: isBelgian },
  { shapes: ['18'], gaps: /^$/, valid: isChinese },
];

/** What a name may have between itself and its number. */
const NAME_REACH = 40;

/**
 * Ids of digits alone: US SSN and ITIN, German tax id, Brazilian CPF, Polish PESEL, Indian Aadhaar, French NIR, Swiss AHV,
 * Belgian national number, Chinese resident id.
 */
export function numericId(text: string, { digits, shape, gaps, start, end, groups }: Window): Finding | undefined {
  if (digits.length < 9) return undefined;
  for (const { shapes, gaps: between, valid, named } of ids) {
    if (!shapes.includes(shape) || (groups > 1 && !between.test(gaps)) || !valid(digits)) continue;
    if (groups === 1 && named !== undefined && !named.test(text.slice(Math.max(0, start - NAME_REACH), start)))
      continue;
    if (standsAlone(text, start, end) && !goesOn(text, start, end)) return { kind: 'national-id', start, end };
  }
  return undefined;
}

/** Part of a longer code. */
const goesOn = (text: string, start: number, end: number): boolean =>
  /\w[-./]$/.test(text.slice(Math.max(0, start - 2), start)) || /^[-./]\w/.test(text.slice(end, end + 2));

const isSsn = (digits: string): boolean => /^(?!000|666|9)\d{3}(?!00)\d\d(?!0000)\d{4}$/.test(digits);

/** Among the first ten digits one comes twice or thrice, and no other more than once. */
function isGermanTaxId(digits: string): boolean {
  if (digits.startsWith('0') || !mod11And10(digits)) return false;
  const different = new Set(digits.slice(0, 10)).size;
  return different === 9 || different === 8;
}

function isCpf(digits: string): boolean {
  if (/^(\d)\1*$/.test(digits)) return false;
  const check = (length: number) =>
    ((weighed(
      digits.slice(0, length),
      Array.from({ length }, (_, at) => length + 1 - at),
    ) *
      10) %
      11) %
    10;
  return check(9) === Number(digits[9]) && check(10) === Number(digits[10]);
}

/** The month tells the century. */
function isPesel(digits: string): boolean {
  return (
    /^\d\d(?:[02468][1-9]|[13579][0-2]|[2468]0)(?:0[1-9]|[12]\d|3[01])/.test(digits) &&
    weighed(digits, [1, 3, 7, 9, 1, 3, 7, 9, 1, 3, 1]) % 10 === 0
  );
}

function isNir(digits: string): boolean {
  return (
    /^[1-478]\d\d(?:0[1-9]|1[0-2]|[2-9]\d)\d{10}$/.test(digits) &&
    97 - modulo(digits.slice(0, 13), 97) === Number(digits.slice(13))
  );
}

function isBelgian(digits: string): boolean {
  return (
    /^\d\d(?:0\d|1[0-2])(?:[0-2]\d|3[01])/.test(digits) &&
    ['', '2'].some((century) => 97 - modulo(century + digits.slice(0, 9), 97) === Number(digits.slice(9)))
  );
}

const WEIGHTS = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2];

/** One whose check sign is X is found among the ids with letters. */
export function isChinese(id: string): boolean {
  return (
    /^[1-8]\d{5}(?:19|20)\d\d(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])/.test(id) &&
    '10X98765432'[weighed(id.slice(0, 17), WEIGHTS) % 11] === id.charAt(17).toUpperCase()
  );
}
