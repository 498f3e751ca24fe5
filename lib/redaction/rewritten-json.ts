import type { Finding } from './finding.ts';
import type { Replace } from './rewritten.ts';

/** A string or a number of a JSON text, by its place; of a string, without its quotes. */
type Literal = { readonly number: boolean; readonly start: number; readonly end: number };

/** A JSON text with something else in the place of each finding; undefined where the text is no JSON object or list, or can be treated as any other. */
export function rewrittenJson(
  text: string,
  findings: readonly Finding[],
  replace: Replace,
  inside: (inner: string) => string,
): string | undefined {
  if (!/^\s{0,8}[{[]/.test(text)) return undefined;
  if (findings.length === 0 && !/"\s{0,8}[{[]/.test(text)) return undefined;
  if (!isJson(text)) return undefined;
  const pieces: string[] = [];
  let read = 0;
  let next = 0;
  for (const { number, start, end } of literals(text)) {
    while ((findings[next]?.end ?? Number.POSITIVE_INFINITY) <= start) next++;
    const raw = text.slice(start, end);
    const mine: Finding[] = [];
    for (let at = next; at < findings.length; at++) {
      const finding = findings[at];
      if (finding === undefined || finding.start >= end) break;
      mine.push(finding);
    }
    const instead = number ? ofNumber(raw, mine, replace) : ofString(raw, start, mine, replace, inside);
    if (instead === raw) continue;
    pieces.push(text.slice(read, start), instead);
    read = end;
  }
  return read === 0 ? text : pieces.join('') + text.slice(read);
}

function ofNumber(raw: string, [finding]: readonly Finding[], replace: Replace): string {
  return finding === undefined ? raw : `"${replace({ kind: finding.kind, text: raw, number: true })}"`;
}

function ofString(
  raw: string,
  offset: number,
  findings: readonly Finding[],
  replace: Replace,
  inside: (inner: string) => string,
): string {
  // Without a backslash there is no string within, and what else there may be has been looked for.
  if (/^\s{0,8}[{[]/.test(raw) && (findings.length > 0 || raw.includes('\\'))) {
    const said = unescaped(raw);
    if (isJson(said)) {
      const instead = inside(said);
      return instead === said ? raw : JSON.stringify(instead).slice(1, -1);
    }
  }
  let result = '';
  let read = 0;
  for (const { kind, start, end } of findings) {
    const from = Math.max(start - offset, 0);
    const to = Math.min(end - offset, raw.length);
    result += raw.slice(read, from) + replace({ kind, text: unescaped(raw.slice(from, to)), number: false });
    read = to;
  }
  return result + raw.slice(read);
}

/** Findings begin and end between escapes, so that a part of a string is one. */
const unescaped = (raw: string): string => (raw.includes('\\') ? String(JSON.parse(`"${raw}"`)) : raw);

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false; // most of what begins with a bracket is prose
  }
}

/** The strings and numbers of a valid JSON text, in their order. */
function* literals(text: string): Iterable<Literal> {
  for (let at = 0; at < text.length; at++) {
    const sign = text.charCodeAt(at);
    if (sign === 0x22) {
      const end = closing(text, at + 1);
      yield { number: false, start: at + 1, end };
      at = end;
    } else if (sign === 0x2d || (sign >= 0x30 && sign <= 0x39)) {
      const start = at;
      while (/[\d.eE+-]/.test(text.charAt(at))) at++;
      yield { number: true, start, end: at };
      at--;
    }
  }
}

/** Where the string closes that is open. */
function closing(text: string, start: number): number {
  let end = start;
  while (end < text.length && text.charCodeAt(end) !== 0x22) end += text.charCodeAt(end) === 0x5c ? 2 : 1;
  return end;
}
