import type { Finding } from '../finding.ts';
import { modulo } from './checks.ts';
import { isChinese } from './national-ids.ts';

const CODICE = '[A-Za-z]{6}[\\dL-Vl-v]{2}[A-EHLMPRSTa-ehlmprst][\\dL-Vl-v]{2}[A-Za-z][\\dL-Vl-v]{3}[A-Za-z]';

/** Each alternative is of a fixed length but for single separators. */
const SHAPES = new RegExp(
  `(?<![A-Za-z0-9])(?:${[
    `(?<codice>${CODICE})`,
    '(?<nino>[A-CEGHJ-PR-TW-Z][A-CEGHJ-NPR-TW-Z] ?\\d\\d ?\\d\\d ?\\d\\d ?[A-D])',
    '(?<nie>[XYZxyz][ -]?\\d{7}[ -]?[A-Za-z])',
    '(?<dni>\\d{2}\\.?\\d{3}\\.?\\d{3}[ -]?[A-Za-z])',
    '(?<corsican>[12] ?\\d\\d ?\\d\\d ?2[AB] ?\\d{3} ?\\d{3} ?\\d\\d)',
    '(?<chinese>\\d{17}[Xx])',
  ].join('|')})(?![A-Za-z0-9])`,
  'g',
);

/** Ids with letters: Italian codice fiscale, UK national insurance number, Spanish DNI and NIE, French NIR of Corsica, Chinese id with an X. */
export function* letteredIds(text: string): Iterable<Finding> {
  for (const { index: start, 0: written, groups = {} } of text.matchAll(SHAPES)) {
    const id = written.replace(/[ .-]/g, '').toUpperCase();
    const end = start + written.length;
    if (valid(id, groups) && !/[\w][-.]$/.test(text.slice(Math.max(0, start - 2), start)))
      yield { kind: 'national-id', start, end };
  }
}

function valid(id: string, groups: Readonly<Record<string, string | undefined>>): boolean {
  if (groups.codice !== undefined) return isCodice(id);
  if (groups.nino !== undefined) return !/^(?:BG|GB|KN|NK|NT|TN|ZZ)/.test(id);
  if (groups.nie !== undefined) return hasLetter(`${'XYZ'.indexOf(id.charAt(0))}${id.slice(1)}`);
  if (groups.dni !== undefined) return hasLetter(id);
  if (groups.corsican !== undefined) return isCorsican(id);
  return isChinese(id);
}

const hasLetter = (id: string): boolean => 'TRWAGMYFPDXBNJZSQVHLCKE'[Number(id.slice(0, -1)) % 23] === id.at(-1);

/** 2A counts as 19 and 2B as 18. */
const isCorsican = (id: string): boolean =>
  97 - modulo(id.slice(0, 13).replace('2A', '19').replace('2B', '18'), 97) === Number(id.slice(13));

/** What the signs at odd places count: `0` to `9`, then `A` to `Z`; digits count as the letters of their place. */
const ODD = [1, 0, 5, 7, 9, 13, 15, 17, 19, 21, 2, 4, 18, 20, 11, 3, 6, 8, 12, 14, 16, 10, 22, 25, 24, 23];

function isCodice(id: string): boolean {
  const numberOf = (sign: string) => (/\d/.test(sign) ? Number(sign) : sign.charCodeAt(0) - 65);
  const sum = [...id.slice(0, 15)].reduce(
    (total, sign, at) => total + (at % 2 === 0 ? (ODD[numberOf(sign)] ?? 0) : numberOf(sign)),
    0,
  );
  return String.fromCharCode(65 + (sum % 26)) === id[15];
}
