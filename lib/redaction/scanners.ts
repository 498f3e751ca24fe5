import type { Kind } from './finding.ts';
import { type Patterns, toPatterns } from './patterns.ts';
import { type Scanner, toScanner } from './scanner.ts';

/** What a scanner looks for. */
export type Wanted = { readonly detect: readonly Kind[]; readonly patterns: Patterns };

/** Gives the scanner for what is wanted. Throws where a pattern cannot be compiled. */
export type Scanners = (wanted: Wanted) => Promise<Scanner>;

/** More policies than that are not in use at once; all are made anew then. */
const MOST = 256;

/** Scanners, each made once: compiling patterns takes longer than looking for them. */
export function openScanners(): Scanners {
  const known = new Map<string, Promise<Scanner>>();
  return ({ detect, patterns }) => {
    const key = JSON.stringify([detect, patterns]);
    const found = known.get(key) ?? toPatterns(patterns).then((own) => toScanner(detect, own));
    if (known.size >= MOST && !known.has(key)) known.clear();
    known.set(key, found);
    return found;
  };
}
