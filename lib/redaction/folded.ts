import type { Spend } from './allowance.ts';

/** A text as detectors read it, and where its parts stood in the text as it was written. */
export type Folded = {
  readonly text: string;
  /** The place of a finding's start and of its end, in the text as it was written. */
  readonly toWritten: (start: number, end: number) => readonly [number, number];
};

/** Where the digits of scripts begin: each has ten in a row. */
const ZEROS = [
  ...[0x660, 0x6f0, 0x7c0, 0x966, 0x9e6, 0xa66, 0xae6, 0xb66, 0xbe6, 0xc66, 0xce6, 0xd66, 0xde6, 0xe50, 0xed0, 0xf20],
  ...[0x1040, 0x1090, 0x17e0, 0x1810, 0x1946, 0x19d0, 0xa620, 0xa8d0, 0xa900, 0xa9d0, 0xaa50, 0xabf0, 0x104a0],
  ...[0x1d7ce, 0x1d7d8, 0x1d7e2, 0x1d7ec, 0x1d7f6, 0x1fbf0],
];

/** Digits above and below the line, and in circles. */
const RAISED = '[\\u00b2\\u00b3\\u00b9\\u2070\\u2074-\\u2079\\u2080-\\u2089\\u2460-\\u2468\\u24ea]';

/**
 * What is written in another way than detectors read: escapes of JSON and of most languages; an `@` in a URL; spaces,
 * dashes, digits and letters that only look different; and what is not seen at all.
 */
const ODD = new RegExp(
  [
    /\\{1,7}(?:u[\da-fA-F]{4}|["/nrtbf_.@+-])|\\\\|%40/,
    /[\p{Default_Ignorable_Code_Point}\u00a0\u2000-\u2015\u2028-\u202f\u205f\u2212\u3000\ufe52\ufe58\ufe63\ufe6b]/u,
    /[\u2102-\u2138\u{1d400}-\u{1d7cb}\u{1f130}-\u{1f149}\u24b6-\u24e9]/u,
    // After a word they are the number of a note, unless the word goes on. The sign comes first: it is rare.
    new RegExp(`${RAISED}(?<![A-Za-z0-9]${RAISED}{1,4})|${RAISED}(?=${RAISED}{0,3}[A-Za-z0-9])`, 'u'),
    // A dot of an address, and no end of a sentence.
    /[\u3002\uff61](?:(?<=[A-Za-z0-9].)(?=[A-Za-z])|(?<=(?<!\d)\d{1,3}.)(?=\d{1,3}(?!\d)))/u,
    /[\uff08\uff09\uff0b\uff0d-\uff19\uff20-\uff3a\uff3f\uff41-\uff5a]/,
    new RegExp(`[${ZEROS.map((zero) => `\\u{${zero.toString(16)}}-\\u{${(zero + 9).toString(16)}}`).join('')}]`, 'u'),
  ]
    .map(({ source }) => source)
    .join('|'),
  'gu',
);

const AN_ODD = 32;

/**
 * Reads a text as a person would. After a backslash, `n`, `r`, `t`, `b` and `f` are what JSON means by them, in any text:
 * a prompt quotes JSON more often than it names a folder, and Markdown escapes the signs of an address. Percent encoding other than `%40`, HTML entities and letters
 * that merely look like others stay as they are.
 */
export function folded(text: string, spend: Spend): Folded {
  const pieces: string[] = [];
  /** For each odd place: where what follows it begins in the folded text, and in the written. */
  const foldedEnds: number[] = [];
  const writtenEnds: number[] = [];
  let length = 0;
  let read = 0;
  for (const { index, 0: odd } of text.matchAll(ODD)) {
    spend(AN_ODD);
    const plain = plainly(odd);
    if (plain === odd) continue;
    pieces.push(text.slice(read, index), plain);
    length += index - read + plain.length;
    read = index + odd.length;
    foldedEnds.push(length);
    writtenEnds.push(read);
  }
  if (read === 0) return { text, toWritten: (start, end) => [start, end] };
  pieces.push(text.slice(read));
  /** The written place of what begins at a place: of two that are one place, the one after what is not seen. */
  const startOf = (at: number) => {
    const before = countUpTo(foldedEnds, at);
    return before === 0 ? at : (writtenEnds[before - 1] ?? 0) + at - (foldedEnds[before - 1] ?? 0);
  };
  return {
    text: pieces.join(''),
    // A place has the end of the unit before it, which may be several written signs.
    toWritten: (start, end) => [startOf(start), endOf(end, foldedEnds, writtenEnds)],
  };
}

function endOf(end: number, foldedEnds: readonly number[], writtenEnds: readonly number[]): number {
  const before = countUpTo(foldedEnds, end - 1);
  const [foldedEnd = 0, writtenEnd = 0] = before === 0 ? [] : [foldedEnds[before - 1], writtenEnds[before - 1]];
  // The last sign is itself an odd one exactly where the next odd place ends at it.
  if (foldedEnds[before] === end) return writtenEnds[before] ?? 0;
  return writtenEnd + end - foldedEnd;
}

/** How many of sorted numbers are not over a limit. */
function countUpTo(sorted: readonly number[], limit: number): number {
  let low = 0;
  let high = sorted.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((sorted[middle] ?? 0) <= limit) low = middle + 1;
    else high = middle;
  }
  return low;
}

const escapes: Readonly<Record<string, string>> = { n: '\n', r: '\r', t: '\t', b: '\b', f: '\f' };
const SPACES = /[\u00a0\u2000-\u200a\u2028\u2029\u202f\u205f\u3000]/;
const DASHES = /[\u2010-\u2015\u2212\ufe58\ufe63]/;

function plainly(odd: string): string {
  const code = odd.codePointAt(0) ?? 0;
  if (code === 0x25) return '@';
  if (code === 0x5c) return fromEscape(odd);
  if (code >= 0xff01 && code <= 0xff5e) return String.fromCharCode(code - 0xfee0);
  if (SPACES.test(odd)) return ' ';
  if (DASHES.test(odd)) return '-';
  if (code === 0xfe52 || code === 0x3002 || code === 0xff61) return '.';
  if (code === 0xfe6b) return '@';
  const digit = digitOf(code);
  if (digit !== undefined) return String(digit);
  if (/\p{Default_Ignorable_Code_Point}/u.test(odd)) return '';
  const same = odd.normalize('NFKC');
  return /^[!-~]$/.test(same) ? same : odd;
}

/** What an escape says, however deep the JSON is in JSON; folded once more where that is odd itself. */
function fromEscape(odd: string): string {
  const last = odd.at(-1) ?? '';
  const [, hex] = /u([\da-fA-F]{4})$/.exec(odd) ?? [];
  if (hex === undefined) return escapes[last] ?? last;
  const sign = String.fromCharCode(Number.parseInt(hex, 16));
  return sign.search(ODD) === 0 ? plainly(sign) : sign;
}

function digitOf(code: number): number | undefined {
  const zero = ZEROS.find((each) => code >= each && code < each + 10);
  return zero === undefined ? undefined : code - zero;
}
