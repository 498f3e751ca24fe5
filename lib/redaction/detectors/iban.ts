import { type Finding, isWord } from '../finding.ts';
import { modulo } from './checks.ts';

/** How long the IBANs of each country are. https://www.swift.com/standards/data-standards/iban-international-bank-account-number */
const LENGTHS = new Map(
  (
    'AD24 AE23 AL28 AT20 AZ28 BA20 BE16 BG22 BH22 BI27 BR29 BY28 CH21 CR22 CY28 CZ24 DE22 DJ27 DK18 DO28 EE20 EG29 ES24 FI18 ' +
    'FK18 FO18 FR27 GB22 GE22 GI23 GL18 GR27 GT28 HN28 HR21 HU28 IE22 IL23 IQ23 IS26 IT27 JO30 KW30 KZ20 LB28 LC32 LI21 LT20 ' +
    'LU20 LV21 LY25 MC27 MD24 ME22 MK19 MN20 MR27 MT31 MU30 NI28 NL18 NO15 OM23 PK24 PL28 PS29 PT25 QA29 RO24 RS22 RU33 SA24 ' +
    'SC31 SD18 SE24 SI19 SK24 SM27 SO23 ST25 SV28 TL23 TN24 TR26 UA29 VA22 VG24 XK20 YE30'
  )
    .split(' ')
    .map((each) => [each.slice(0, 2), Number(each.slice(2))]),
);

/** International bank account numbers: a country, its length, and the two check digits; with spaces or dashes between any of its signs. */
export function* ibans(text: string): Iterable<Finding> {
  for (const { index: start, 0: head } of text.matchAll(/(?<![A-Za-z0-9])[A-Za-z]{2}\d\d(?=[ -]?[A-Za-z0-9])/g)) {
    const length = LENGTHS.get(head.slice(0, 2).toUpperCase());
    const end = length === undefined ? undefined : endOf(text, start, length);
    if (end === undefined || isWord(text.charCodeAt(end))) continue;
    const signs = text.slice(start, end).replace(/[ -]/g, '');
    if (modulo(signs.slice(4) + signs.slice(0, 4), 97) === 1) yield { kind: 'iban', start, end };
  }
}

/** Where so many letters and digits end, with at most one sign between two of them. */
function endOf(text: string, start: number, length: number): number | undefined {
  let at = start;
  for (let signs = 0; signs < length; at++) {
    if (isWord(text.charCodeAt(at))) signs++;
    else if (!' -'.includes(text.charAt(at)) || !isWord(text.charCodeAt(at + 1))) return undefined;
  }
  return at;
}
