import { type Depth, openDepth } from './depth.ts';
import type { Kept, Restoring } from './vault.ts';

/** A text that comes in pieces. What is held back is at most as long as a placeholder, and only what may become one. */
export type Pieces = {
  /** What can be said after one more piece. */
  readonly next: (piece: string) => string;
  /** What was held back, once there are no more. */
  readonly rest: () => string;
};

/** Puts values in the place of placeholders, written as they must be where they stand. What nobody issued stays. */
export function restoring(
  kept: ReadonlyMap<string, Kept>,
  pattern: RegExp,
  written: (value: string, depth: number) => string,
): Restoring {
  const restored = (text: string, depth: Depth): string => {
    let said = '';
    let read = 0;
    for (const match of text.matchAll(pattern)) {
      const [all, open = '', outerLabel, outerNumber, innerLabel, innerNumber, close = ''] = match;
      const found = find(
        kept,
        outerLabel ?? innerLabel ?? '',
        outerNumber ?? innerNumber ?? '',
        all.slice(open.length),
      );
      if (found === undefined) continue;
      const end = match.index + all.length;
      depth.read(text.slice(read, match.index));
      said += text.slice(read, match.index);
      read = end;
      const around = depth.now();
      depth.read(open);
      depth.value();
      const { text: value, number } = found.value;
      // A number of JSON stood without quotes; the name of a property never does, nor what prose quotes within a string.
      const asNumber = number && open !== '' && open === close && !NAMES.test(text.slice(end));
      const bare = asNumber && (open === '"' || depth.now() > around);
      said += bare ? value : `${open}${written(value, depth.now())}${close}`;
      depth.read(close);
    }
    depth.read(text.slice(read));
    return said + text.slice(read);
  };
  const whole = (text: string): string => (kept.size === 0 ? text : restored(text, openDepth()));

  const pieces = (): Pieces => {
    let held = '';
    const depth = openDepth();
    return {
      next: (piece) => {
        if (kept.size === 0) return piece;
        const text = held + piece;
        const until = surely(text, kept, pattern);
        held = text.slice(until);
        return restored(text.slice(0, until), depth);
      },
      rest: () => {
        const rest = restored(held, depth);
        held = '';
        return rest;
      },
    };
  };
  return { whole, pieces };
}

const NAMES = /^\s*:/;

function find(kept: ReadonlyMap<string, Kept>, label: string, number: string, match: string): Kept | undefined {
  const nonce = /_([a-z0-9]+)\\{0,2}\](?:\\{0,15}")?$/i.exec(match)?.[1] ?? '';
  return kept.get(`[${label}_${number}_${nonce}]`.toUpperCase());
}

/** Quotes and backslashes that may stand around and within a placeholder. */
const MOST_AROUND = 44;
const LONGEST = 40 + 7 + 12 + 4 + MOST_AROUND;

/** Up to where nothing that is still to come can change what a text says. */
function surely(text: string, kept: ReadonlyMap<string, Kept>, pattern: RegExp): number {
  const from = Math.max(0, text.trimEnd().length - LONGEST); // whether a colon follows, no space tells
  if (!/["\\[]/.test(text.slice(from))) return text.length;
  let at = from;
  for (const match of text.matchAll(pattern)) {
    const end = match.index + match[0].length;
    const [, open = '', , , , , close = ''] = match;
    const rest = text.slice(end);
    const closes = open === '' || close !== '' || !/^\\{0,15}$/.test(rest);
    if (open !== '' && close !== '' && rest.trim() === '') return match.index;
    if (closes) at = Math.max(at, end);
  }
  for (; at < text.length; at++) if ('"\\['.includes(text.charAt(at)) && mayBecome(text.slice(at), kept)) return at;
  return text.length;
}

const BEGINS = /^(?:\[[A-Z0-9-]*(?:_\d*(?:_[A-Z0-9]*\]?)?)?)?$/;

/** Whether a text is how a placeholder may begin; one that is whole may still get its second quote. */
function mayBecome(text: string, kept: ReadonlyMap<string, Kept>): boolean {
  const [open = ''] = /^\\{0,15}"/.exec(text) ?? [];
  const quoted = open !== '';
  const bare = text.slice(open.length).replaceAll('\\', '').toUpperCase();
  if (!BEGINS.test(bare)) return false;
  for (const [placeholder, { value }] of kept) {
    if (quoted && !value.number) continue;
    if (placeholder.startsWith(bare) && (quoted || bare.length < placeholder.length)) return true;
  }
  return false;
}
