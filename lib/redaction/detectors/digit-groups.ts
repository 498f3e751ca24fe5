import { isDigit } from '../finding.ts';

/** A text's runs of digits, in which groups stand close enough to be one number. Group `at` is `text.slice(starts[at], ends[at])`. */
export type DigitGroups = {
  readonly starts: readonly number[];
  readonly ends: readonly number[];
  /** For each group, whether it goes on the one before it. */
  readonly joined: readonly boolean[];
};

/** Groups that go together, as one number. */
export type Window = {
  readonly digits: string;
  /** The lengths of its groups, as `4-4-4-4`. */
  readonly shape: string;
  /** What stands between its groups, one after the other. */
  readonly gaps: string;
  readonly start: number;
  readonly end: number;
  readonly groups: number;
};

/** The most signs between two groups of a number, as the four in `) - `. */
const MOST_GAP = 4;
const MOST_GROUPS = 9;
const MOST_DIGITS = 19;
const LEAST_DIGITS = 7;
const LEAST_CARD = 13;
/** More than a group has digits. */
const RADIX = 32;

export function digitGroups(text: string): DigitGroups {
  const starts: number[] = [];
  const ends: number[] = [];
  const joined: boolean[] = [];
  for (let at = 0; at < text.length; at++) {
    if (!isDigit(text.charCodeAt(at))) continue;
    const start = at;
    while (isDigit(text.charCodeAt(at))) at++;
    joined.push(ends.length > 0 && isGap(text, ends[ends.length - 1] ?? 0, start));
    starts.push(start);
    ends.push(at);
  }
  return { starts, ends, joined };
}

/** Space, brackets, `-`, `.` and `/`: what people write between the groups of a number. */
function isGap(text: string, from: number, to: number): boolean {
  if (to - from > MOST_GAP) return false;
  for (let at = from; at < to; at++) if (!' ()-./'.includes(text.charAt(at))) return false;
  return true;
}

/** How numbers are written that begin with nothing to tell them by. */
const SHAPES = new Set(
  (
    '3-3-4 1-3-3-4 2-5-4 2-4-4 1-3-3-2-2 3-2-2-2 3-7 5-5 3-4-4 ' + // phones
    '3-2-4 2-3-3-3 3-3-3-2 4-4-4 1-2-2-2-3-3-2 13-2 3-4-4-2 2-2-2-3-2'
  ) // ids
    .split(' ')
    .map((shape) => shape.split('-').reduce((code, length) => code * RADIX + Number(length), 0)),
);

/**
 * The windows that begin with a group and may be a number: with one group, with a known shape, as long as a card, or as
 * an address; all there are where something before the group says that a number begins.
 */
export function windowsFrom(text: string, all: DigitGroups, first: number, begins: boolean): readonly Window[] {
  const { starts, ends, joined } = all;
  const start = starts[first] ?? 0;
  const dotted = text[ends[first] ?? 0] === '.';
  const likeCard = (ends[first] ?? 0) - start === 4;
  const windows: Window[] = [];
  let length = 0;
  let code = 0;
  for (let at = first; at < starts.length && at < first + MOST_GROUPS && (at === first || joined[at]); at++) {
    const own = (ends[at] ?? 0) - (starts[at] ?? 0);
    length += own;
    if (length > MOST_DIGITS) break;
    code = code * RADIX + own;
    const address = dotted && at === first + 3;
    if (length < LEAST_DIGITS && !address) continue;
    if (begins || address || at === first || SHAPES.has(code) || (likeCard && length >= LEAST_CARD))
      windows.push(extended(text, all, first, at, windows.at(-1)));
  }
  return windows;
}

/** A window that goes on to another group; what it has so far is not read again. */
function extended(
  text: string,
  { starts, ends }: DigitGroups,
  first: number,
  last: number,
  so: Window | undefined,
): Window {
  const start = starts[first] ?? 0;
  let digits = so?.digits ?? text.slice(start, ends[first]);
  let shape = so?.shape ?? `${digits.length}`;
  let gaps = so?.gaps ?? '';
  for (let at = first + (so?.groups ?? 1); at <= last; at++) {
    const group = text.slice(starts[at], ends[at]);
    gaps += text.slice(ends[at - 1], starts[at]);
    digits += group;
    shape += `-${group.length}`;
  }
  return { digits, shape, gaps, start, end: ends[last] ?? 0, groups: last - first + 1 };
}
