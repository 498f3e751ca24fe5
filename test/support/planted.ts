import fc from 'fast-check';
import { luhn, modulo } from '../../lib/redaction/detectors/checks.ts';
import type { Kind } from '../../lib/redaction/finding.ts';

/** A value that must not leave. */
export type Planted = { readonly kind: Kind; readonly value: string };

const signs = (alphabet: string, least: number, most = least) =>
  fc.string({ unit: fc.constantFrom(...alphabet), minLength: least, maxLength: most });
const digits = (length: number) => signs('0123456789', length);
const letters = 'abcdefghijklmnopqrstuvwxyz';
const word = `${letters}${letters.toUpperCase()}0123456789`;

/** The template's `#` made digits. */
const filled = (template: string) => digits(template.split('#').length - 1).map((given) => fill(template, given));
const fill = (template: string, given: string) =>
  [...given].reduce((text, digit) => text.replace('#', digit), template);

const emails = fc
  .tuple(
    signs(word, 1, 12),
    signs(`${word}._+-`, 0, 8),
    signs(word, 1),
    signs(letters, 1, 10),
    fc.constantFrom('com', 'co.uk', 'example'),
  )
  .map(([first, middle, last, domain, top]) => `${first}${middle.replace(/[._+-]{2,}/g, '.')}${last}@${domain}.${top}`);

const phones = fc
  .constantFrom(
    '+49 30 1######',
    '(415) 555-####',
    '+1415555####',
    '+33 6 ## ## ## ##',
    '0171 2######',
    '020 7946 0###',
    '+91 98### #####',
  )
  .chain(filled);

const completed = (head: string, valid: (whole: string) => boolean): string =>
  [...'0123456789'].map((digit) => head + digit).find(valid) ?? '';
const cards = fc
  .tuple(fc.constantFrom('4', '51', '55', '2300', '6011', '65'), digits(16), fc.constantFrom('', ' ', '-'))
  .map(([prefix, more, gap]) =>
    completed(`${prefix}${more}`.slice(0, 15), luhn).replace(/(?<=^(?:\d{4})+)(?=\d)/g, gap),
  );

const ibans = fc
  .tuple(
    fc
      .constantFrom('DE##################', 'GBNWBK##############', 'NLABNA##########', 'ES####################')
      .chain(filled),
    fc.boolean(),
  )
  .map(([unchecked, spaced]) => {
    const [country, account] = [unchecked.slice(0, 2), unchecked.slice(2)];
    const check = String(98 - modulo(`${account}${country}00`, 97)).padStart(2, '0');
    const iban = `${country}${check}${account}`;
    return spaced ? iban.replace(/(.{4})(?=.)/g, '$1 ') : iban;
  });

const ids = fc.oneof(
  filled('#######').map((given) => `5${given.slice(0, 2)}-3${given.slice(2, 3)}-1${given.slice(3, 6)}`),
  digits(8).map((given) => `${given}${'TRWAGMYFPDXBNJZSQVHLCKE'[Number(given) % 23]}`),
  fc.tuple(fc.constantFrom('AB', 'CE', 'JG'), digits(6), fc.constantFrom('A', 'D')).map((parts) => parts.join('')),
  fc.tuple(fc.constantFrom('1', '2'), filled('##0612345678')).map(([first, more]) => {
    const number = `${first}${more}`;
    return `${number}${String(97 - modulo(number, 97)).padStart(2, '0')}`;
  }),
);

const part = fc.integer({ min: 10, max: 255 });
const ips = fc.oneof(
  fc.tuple(fc.integer({ min: 11, max: 126 }), part, part, part).map((parts) => parts.join('.')),
  fc.tuple(signs('0123456789abcdef', 4), signs('123456789', 4)).map(([one, other]) => `2001:db8:${one}::${other}`),
);

const secrets = fc.oneof(
  signs(word, 36).map((rest) => `ghp_${rest}`),
  signs(`${letters}0123456789`, 40).map((rest) => `sk-proj-a1${rest}`),
  signs('ABCDEFGHIJKLMNOPQRSTUVWXYZ234567', 16).map((rest) => `AKIA${rest}`),
  fc
    .array(signs(`${word}+/`, 64), { minLength: 1, maxLength: 3 })
    .map((lines) => `-----BEGIN PRIVATE KEY-----\n${lines.join('\n')}\n-----END PRIVATE KEY-----`),
  signs(word, 24).map((rest) => `sk_live_${rest}`),
);

const kinds: Readonly<Record<Kind, fc.Arbitrary<string>>> = {
  email: emails,
  phone: phones,
  card: cards,
  iban: ibans,
  'national-id': ids,
  ip: ips,
  secret: secrets,
};

/** Values of every kind. */
export const planted: fc.Arbitrary<Planted> = fc.oneof(
  ...Object.entries(kinds).map(([kind, values]) => values.map((value) => ({ kind: kind as Kind, value }))),
);

/** What may stand right beside a value: whatever is neither a letter, a digit nor a sign that makes one code of two. */
const border = fc.constantFrom(
  ' ',
  '\n',
  '\t',
  '"',
  '(',
  ';',
  '<',
  '>',
  ' - ',
  '，',
  '的',
  '\u00a0',
  '\u200b ',
  '\\n',
  '\\t',
  '|',
);

/** Any text; before an address a comma, lest a word tell that it is a version. */
const around = fc.oneof(
  fc.string({ maxLength: 20 }),
  fc.string({ unit: 'grapheme', maxLength: 12 }),
  fc.lorem({ maxCount: 4 }),
  fc.string({ unit: fc.constantFrom(...'0123456789 .-/()@:+[]"\\_{}'), maxLength: 20 }),
);

/** Texts with values in them, and the values. */
export const plantedTexts: fc.Arbitrary<{ readonly text: string; readonly values: readonly Planted[] }> = fc
  .array(fc.tuple(around, border, planted, border), { minLength: 1, maxLength: 4 })
  .chain((places) => around.map((end) => ({ places, end })))
  .map(({ places, end }) => ({
    text:
      places
        .map(([before, left, { kind, value }, right]) => `${before}${kind === 'ip' ? ' ,' : ''}${left}${value}${right}`)
        .join('') + end,
    values: places.map(([, , value]) => value),
  }));
