import { readFileSync } from 'node:fs';
import type { Finding } from '../../../lib/redaction/finding.ts';
import { chance } from '../../support/chance.ts';

/** A text, and what is to be found in it. */
export type Labelled = { readonly text: string; readonly findings: readonly Finding[] };

/**
 * The lines of a part of the set. `⟦email:ann@example.com⟧` marks a value, `¶` is a line break, and `~36` stands for 36
 * signs drawn by chance, so that no file holds what looks like somebody's key: `~h` draws hex digits, `~b` base64url,
 * `~U` capitals and digits, `~a` letters, `~d` digits. The same line draws the same.
 */
export function labelled(part: 'a' | 'b'): readonly Labelled[] {
  const lines = readFileSync(new URL(`${part}.txt`, import.meta.url), 'utf8').split('\n');
  return lines.filter((line) => line !== '').map((line, at) => read(drawn(line, at)));
}

const ALPHABETS: Readonly<Record<string, string>> = {
  '': 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789',
  b: 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_',
  h: '0123456789abcdef',
  U: 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567',
  a: 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz',
  d: '0123456789',
};

function drawn(line: string, seed: number): string {
  const next = chance(seed);
  return line.replaceAll('¶', '\n').replace(/~([bhUad]?)(\d+)/g, (_, alphabet: string, length: string) => {
    const signs = ALPHABETS[alphabet] ?? '';
    return Array.from({ length: Number(length) }, () => signs[Math.floor(next() * signs.length)]).join('');
  });
}

function read(line: string): Labelled {
  const findings: Finding[] = [];
  let text = '';
  let read = 0;
  for (const { index, 0: mark, 1: kind = '', 2: value = '' } of line.matchAll(/⟦([a-z-]+):([^⟧]*)⟧/g)) {
    text += line.slice(read, index);
    findings.push({ kind, start: text.length, end: text.length + value.length });
    text += value;
    read = index + mark.length;
  }
  return { text: text + line.slice(read), findings };
}
