import { openAllowance } from './allowance.ts';
import { type Finding, LOOK_ALIKE } from './finding.ts';
import { placeholder, placeholders } from './placeholder.ts';
import { type Pieces, restoring } from './restoring.ts';
import { rewritten, type Value } from './rewritten.ts';
import type { Scanner } from './scanner.ts';
import { settled } from './settled.ts';

/** Gives back what placeholders stand for: in a whole text, or in one that comes in pieces. */
export type Restoring = { readonly whole: (text: string) => string; readonly pieces: () => Pieces };

/** The values of one call, in memory, while its placeholders are away. */
export type Vault = {
  /** A text with placeholders for its values: the same for the same value, another for every other. */
  readonly hide: (text: string) => string;
  /** The same of a text in which placeholders of calls before are meant: a model's own thoughts. */
  readonly hideAgain: (text: string) => string;
  /** For plain text. */
  readonly inText: Restoring;
  /** For the text of JSON, where values stand in strings and are escaped accordingly. */
  readonly inJson: Restoring;
  /** Whether it has anything to give back. */
  readonly holds: () => boolean;
  /** How many values were hidden, by kind; a value that stood in two places counts twice. */
  readonly counts: () => Readonly<Record<string, number>>;
};

/** A value and what it comes back as. */
export type Kept = { readonly placeholder: string; readonly value: Value };

/** Opens a vault for one call. The nonce has 4 to 12 lower-case letters and digits; what looks like a placeholder with it is hidden, too. */
export function openVault({ scan, nonce }: { readonly scan: Scanner; readonly nonce: string }): Vault {
  if (!/^[a-z0-9]{4,12}$/.test(nonce)) throw new RangeError('A nonce has 4 to 12 lower-case letters and digits.');
  const kept = new Map<string, Kept>();
  const byValue = new Map<string, string>();
  const numbers = new Map<string, number>();
  const counts: Record<string, number> = {};

  const replace = (value: Value): string => {
    const { kind, text, number } = value;
    if (kind !== LOOK_ALIKE) counts[kind] = (counts[kind] ?? 0) + 1;
    const key = `${kind} ${number} ${text}`;
    const known = byValue.get(key);
    if (known !== undefined) return known;
    const count = (numbers.get(kind) ?? 0) + 1;
    numbers.set(kind, count);
    const fresh = placeholder(kind, count, nonce);
    byValue.set(key, fresh);
    kept.set(fresh.toUpperCase(), { placeholder: fresh, value });
    return fresh;
  };

  const pattern = placeholders(nonce);
  const spend = openAllowance();
  const scanned: Scanner = (text) => scan(text, spend);
  const scanAll: Scanner = (text) => {
    const alike = text.toLowerCase().includes(nonce) ? lookAlikes(text, pattern) : [];
    return alike.length === 0 ? scanned(text) : settled([...scanned(text), ...alike]);
  };
  return {
    hide: (text) => rewritten(text, scanAll, replace),
    hideAgain: (text) => rewritten(text, scanned, replace),
    inText: restoring(kept, pattern, (value) => value),
    inJson: restoring(kept, pattern, escaped),
    holds: () => kept.size > 0,
    counts: () => ({ ...counts }),
  };
}

/** Without the quotes around: in JSON they may be halves of an escape. */
const lookAlikes = (text: string, pattern: RegExp): readonly Finding[] =>
  [...text.matchAll(pattern)].map(({ index, 0: alike, 1: open = '', 6: close = '' }) => ({
    kind: LOOK_ALIKE,
    start: index + open.length,
    end: index + alike.length - close.length,
  }));

/** As it stands in a string of JSON, or in one that is in so many others. */
function escaped(value: string, depth: number): string {
  let said = value;
  for (let at = 0; at < Math.max(1, depth); at++) said = JSON.stringify(said).slice(1, -1);
  return said;
}
