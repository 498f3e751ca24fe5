/** Check digits as their standards tell. All take plain digits, unless they say otherwise. */

/** ISO/IEC 7812: cards. */
export function luhn(digits: string): boolean {
  let sum = 0;
  for (let at = digits.length - 1, doubled = false; at >= 0; at--, doubled = !doubled) {
    const digit = digits.charCodeAt(at) - 48;
    sum += doubled ? (digit > 4 ? digit * 2 - 9 : digit * 2) : digit;
  }
  return sum % 10 === 0;
}

/** A number of any length modulo a small one; letters count from A = 10. */
export function modulo(text: string, by: number): number {
  let rest = 0;
  for (const sign of text) {
    const value = Number.parseInt(sign, 36);
    rest = (rest * (value > 9 ? 100 : 10) + value) % by;
  }
  return rest;
}

/** The sum of digits, each times its weight; weights begin anew when they end. */
export const weighed = (digits: string, weights: readonly number[]): number =>
  [...digits].reduce((sum, digit, at) => sum + Number(digit) * (weights[at % weights.length] ?? 0), 0);

/** ISO 7064 MOD 11,10: German tax ids. */
export function mod11And10(digits: string): boolean {
  let product = 10;
  for (const digit of digits.slice(0, -1)) product = (((Number(digit) + product) % 10 || 10) * 2) % 11;
  return (11 - product) % 10 === Number(digits.at(-1));
}

/** Verhoeff's, with the multiplication of the symmetries of a pentagon: Aadhaar. */
export function verhoeff(digits: string): boolean {
  let check = 0;
  for (let at = 0; at < digits.length; at++) check = turned(check, PERMUTED[at % 8]?.[Number(digits.at(-1 - at))] ?? 0);
  return check === 0;
}

/** Two symmetries, one after the other: 0 to 4 turn, 5 to 9 turn and mirror. */
function turned(one: number, other: number): number {
  if (one < 5) return other < 5 ? (one + other) % 5 : 5 + ((one + other) % 5);
  return other < 5 ? 5 + ((one - other) % 5) : (one - other + 5) % 5;
}

const PERMUTATION = [1, 5, 7, 6, 2, 8, 3, 0, 9, 4];

function permuted(digit: number, times: number): number {
  let result = digit;
  for (let time = 0; time < times; time++) result = PERMUTATION[result] ?? 0;
  return result;
}

const PERMUTED = Array.from({ length: 8 }, (_, times) => PERMUTATION.map((_, digit) => permuted(digit, times)));
