import { aliases, calendar } from './calendar.ts';
import { marks } from './marks.ts';
import { numerals } from './numerals.ts';
import { idle, openers } from './openers.ts';
import type { Token } from './tokens.ts';
import { shortUnits, units } from './units.ts';

/** What is said: something literal, a word that turns a sentence into another, or a word that does nothing of the kind. */
export type Said = { readonly as: 'literal' | 'mark' | 'plain'; readonly text: string };

/** What each part of a text says. */
export function read(parts: readonly Token[]): readonly Said[] {
  const said: Said[] = [];
  let opens = true;
  for (let at = 0; at < parts.length; at++) {
    const part = parts[at];
    if (part === undefined) continue;
    const pair = two(part, parts[at + 1]);
    const one = single(part, opens, parts[at - 1]?.kind === 'number');
    said.push(...(pair ?? one));
    opens = part.kind === 'end' || (opens && part.kind === 'link');
    if (pair !== undefined) at++;
  }
  return said;
}

/** What two words say together, if that is more than each says alone. */
function two(one: Token, next: Token | undefined): readonly Said[] | undefined {
  if (one.kind !== 'word' || next?.kind !== 'word') return undefined;
  const pair = low(`${one.text} ${next.text}`);
  const mark = marks.get(pair);
  if (mark !== undefined) return [{ as: 'mark', text: mark }];
  return idle.has(pair) ? [{ as: 'plain', text: pair }] : undefined;
}

function single(part: Token, opens: boolean, afterNumber: boolean): readonly Said[] {
  switch (part.kind) {
    case 'end':
      return [{ as: 'plain', text: '.' }];
    case 'link':
      return [{ as: 'plain', text: part.text }];
    case 'number':
    case 'exact':
      return [{ as: 'literal', text: part.text }];
    case 'sign':
      return [{ as: 'literal', text: units.get(part.text) ?? part.text }];
    case 'word':
      return word(part, opens, afterNumber);
  }
}

type Word = Token & { readonly kind: 'word' };

function word({ text, glued }: Word, opens: boolean, afterNumber: boolean): readonly Said[] {
  const lower = low(text);
  if (glued && /^(?:st|nd|rd|th)$/.test(lower)) return [];
  const fixed = units.get(lower) ?? (afterNumber ? shortUnits.get(lower) : undefined) ?? always.get(lower);
  if (fixed !== undefined) return [{ as: 'literal', text: fixed }];
  const mark = marks.get(lower);
  if (mark !== undefined) return [{ as: 'mark', text: mark }];
  if (glued || isName(text, opens)) return [{ as: 'literal', text: aliases.get(lower) ?? singular(text) }];
  return [{ as: 'plain', text: lower }];
}

const always: ReadonlyMap<string, string> = new Map([...calendar, ...numerals]);

/**
 * Whether a word names something. The first of a sentence does unless it is one that sentences begin with: its case
 * tells nothing. In a script without cases nothing tells, and every word does.
 */
function isName(text: string, opens: boolean): boolean {
  if (/[\p{N}_+#]|\p{Ll}\p{Lu}|\p{Lu}\p{Lu}|\p{Lo}|\p{Script=Georgian}/u.test(text)) return true;
  if (opens) return !openers.has(low(text));
  return text !== 'I' && /^[\p{Lu}\p{Lt}]/u.test(text);
}

/** PDFs are PDF. */
const singular = (text: string) => low(/^\p{Lu}{2,}s$/u.test(text) ? text.slice(0, -1) : text);

const low = (text: string) => text.toLowerCase();
