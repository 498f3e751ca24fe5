import type { Spend } from '../allowance.ts';
import type { Finding } from '../finding.ts';

// Scripts that set no spaces between words are left out: there the address would take the sentence along.
// Of marks, those that stand on letters of any script.
const LOCAL =
  /[\w.!#$%&'*+/=?^`{|}~\-\u00c0-\u024f\u0370-\u052f]|[\u0300-\u036f\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff\ufe20-\ufe2f]/;
const DOMAIN = /[A-Za-z0-9.\-\u00c0-\u024f\u0370-\u052f]|[\u0300-\u036f]/;
const AN_AT = 64;
const MOST_LOCAL = 64;
const MOST_DOMAIN = 253;

/** Endings that make a name after the @ a file, as in logo@2x.png, or stand after an address that is a file's name. */
const FILES = new Set(
  'png jpg jpeg gif svg webp avif ico css scss less js jsx mjs cjs ts tsx json yml yaml toml xml html htm txt csv pdf doc docx xls xlsx ppt pptx eml msg tgz gz tar log bak'.split(
    ' ',
  ),
);

/**
 * Addresses as people have them: a name, an @ and a domain with a dot. Not found: quoted names, addresses at a host
 * without a dot or at an IP address, names in scripts without spaces, and addresses spelt in words.
 */
export function* emails(text: string, spend: Spend): Iterable<Finding> {
  let free = 0;
  for (let at = text.indexOf('@'); at >= 0; at = text.indexOf('@', at + 1)) {
    spend(AN_AT);
    const start = localFrom(text, at, free);
    if (start === at) continue;
    const end = domainUntil(text, at + 1);
    if (end === undefined || isPassword(text, start) || isCheckout(text, start, at, end)) continue;
    yield { kind: 'email', start, end };
    free = end;
  }
}

function localFrom(text: string, at: number, free: number): number {
  let start = at;
  const least = Math.max(free, at - MOST_LOCAL);
  while (start > least && LOCAL.test(text.charAt(start - 1))) start--;
  // What a sentence or a URL puts before a name is no part of it.
  const name = /[\p{L}\p{N}_](?:[^=?&/|`{}]*)$/u.exec(text.slice(start, at));
  return name === null || text[at - 1] === '.' ? at : start + firstOf(text.slice(start, at));
}

/** Where the name begins in what stands before the @: after the last sign that names do not have in practice. */
function firstOf(before: string): number {
  let first = 0;
  for (let at = before.length - 1; at >= 0 && first === 0; at--)
    if ("=?&/|`{}#$*!^'".includes(before[at] ?? '')) first = keeps(before, at) ? 0 : at + 1;
  while (first < before.length && ".-'+%~".includes(before[first] ?? '')) first++;
  return first;
}

/** O'Brien keeps his apostrophe. */
const keeps = (before: string, at: number): boolean => before[at] === "'" && /\p{L}/u.test(before[at - 1] ?? '');

function domainUntil(text: string, start: number): number | undefined {
  let end = start;
  const most = Math.min(text.length, start + MOST_DOMAIN);
  while (end < most && DOMAIN.test(text.charAt(end))) end++;
  const labels = text.slice(start, end).split('.');
  while (labels.length > 0 && !isTop(labels.at(-1) ?? '')) {
    const [top = ''] = labels.pop()?.split('-') ?? [];
    if (isTop(top)) labels.push(top); // ann@example.com-based
  }
  const cut = labels.findIndex((label) => label === '' || label.startsWith('-') || label.endsWith('-'));
  const whole = cut < 0 ? labels : labels.slice(0, cut);
  if (whole.length < 2 || !isTop(whole.at(-1) ?? '')) return undefined;
  // package@1.2.3-beta.rc is a version.
  return /^\d+\.\d+/.test(whole.join('.')) ? undefined : start + whole.join('.').length;
}

const isTop = (label: string): boolean =>
  /^(?:[\p{L}]{2,24}|xn--[a-z0-9-]{2,59})$/iu.test(label) && !FILES.has(label.toLowerCase());

/** scheme://user:password@host: a secret, and found as one. */
const isPassword = (text: string, start: number): boolean =>
  /:\/\/[^\s/@]{0,64}:[^\s/]{0,128}$/.test(text.slice(Math.max(0, start - 200), start));

/** git@host:path is how repositories are named. */
const isCheckout = (text: string, start: number, at: number, end: number): boolean =>
  text.slice(start, at) === 'git' && /[:/]/.test(text.charAt(end));
