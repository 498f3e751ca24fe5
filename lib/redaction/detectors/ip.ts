import { isIPv6 } from 'node:net';
import type { Spend } from '../allowance.ts';
import { type Finding, isWord } from '../finding.ts';
import type { Window } from './digit-groups.ts';

/** Words that make four numbers a version, a chapter or an object id, though they may be in range. */
const NOT_ADDRESS =
  /(?:\bv|\bver|version|release|build|firmware|revision|\brev|section|chapter|clause|kapitel|abschnitt|update|upgrade|patch|\boid|driver|§)["']?[\s:=.(]{0,3}$|[a-z]\/$/i;
/** Words that make four single digits an address. */
const ADDRESS =
  /(?:\bip|ipv4|addr|address|adresse|host|server|dns|ping|gateway|client|from|to|via|proxy|and|peer)["']?[\s:=([]{0,3}$/i;

/**
 * IPv4 addresses. Not those that name no machine (0.x, 127.x, 255.x), nor what follows a word such as version or section,
 * or `Name/` as in a browser's line. Four single digits are a version unless all are the same, a port or a prefix
 * follows, or a word such as `ip` or `host` comes before.
 */
export function ipv4(text: string, { digits, shape, gaps, start, end, groups }: Window): Finding | undefined {
  if (groups !== 4 || gaps !== '...' || !/^[1-3](?:-[1-3]){3}$/.test(shape)) return undefined;
  if (partOfLonger(text, start, end)) return undefined;
  const written = text.slice(start, end);
  const parts = written.split('.');
  if (parts.some((part) => Number(part) > 255 || (part.length > 1 && part.startsWith('0')))) return undefined;
  if (/^(?:0|127|255)\./.test(written)) return undefined;
  const before = text.slice(Math.max(0, start - 16), start);
  const port = /^(?::\d|\/\d{1,2}\b)/.test(text.slice(end, end + 3));
  if (digits.length === 4 && new Set(digits).size > 1 && !port && !ADDRESS.test(before)) return undefined;
  return NOT_ADDRESS.test(before) && !/:\/\/$/.test(before) ? undefined : { kind: 'ip', start, end };
}

/** Of a name, a version or a longer code; not of a range, as `10.0.0.1-10.0.0.9`. */
function partOfLonger(text: string, start: number, end: number): boolean {
  if (isWord(text.charCodeAt(start - 1)) || isWord(text.charCodeAt(end))) return true;
  const before = text.slice(Math.max(0, start - 8), start);
  const after = text.slice(end, end + 12);
  return (
    (/[\w.][.-]$/.test(before) && !/\.\d+-$/.test(before)) || (/^[.-]\w/.test(after) && !/^-\d+\.\d+\.\d/.test(after))
  );
}

/**
 * IPv6 addresses, short forms and mapped IPv4 included; a zone (`%eth0`) is no part of it. Not `::1` and `::`; not names
 * that only look so, as `a::b`: a short form must have a digit, and three groups or the first digits of a real network.
 */
export function* ipv6(text: string, spend: Spend): Iterable<Finding> {
  if (!text.includes(':')) return;
  for (let at = text.indexOf(':'); at >= 0; ) {
    spend(A_RUN);
    const end = runUntil(text, at);
    const start = addressFrom(text, runFrom(text, at), end);
    if (end - start <= MOST_SIGNS) {
      const written = text.slice(start, end).replace(/(?<!:):$|\.+$/, '');
      if (isAddress(written) && standsFree(text, start, start + written.length))
        yield { kind: 'ip', start, end: start + written.length };
    }
    at = text.indexOf(':', end);
  }
}

const A_RUN = 128;
/** The longest address, and punctuation after it. */
const MOST_SIGNS = 48;

/** A run may begin with the end of a word, or with its colon: `field:2001:db8::1`. */
function addressFrom(text: string, start: number, end: number): number {
  const before = text.charCodeAt(start - 1);
  const colon = isWord(before) || before === 0x5f ? text.indexOf(':', start) : start;
  const from = colon > start ? colon + 1 : start;
  return text[from] === ':' && text[from + 1] !== ':' && from < end ? from + 1 : from;
}

const isSign = (code: number): boolean =>
  (code >= 0x30 && code <= 0x3a) || code === 0x2e || ((code | 0x20) >= 0x61 && (code | 0x20) <= 0x66);

function runFrom(text: string, at: number): number {
  let start = at;
  while (start > 0 && isSign(text.charCodeAt(start - 1))) start--;
  return start;
}

function runUntil(text: string, at: number): number {
  let end = at;
  while (isSign(text.charCodeAt(end))) end++;
  return end;
}

const standsFree = (text: string, start: number, end: number): boolean =>
  !isWord(text.charCodeAt(start - 1)) && text[start - 1] !== '_' && !isWord(text.charCodeAt(end));

function isAddress(written: string): boolean {
  if (written.length < 4 || written.length > 45 || !isIPv6(written)) return false;
  if (!written.includes('::')) return !/^(?:[0-9a-f]{2}:){7}[0-9a-f]{2}$/i.test(written); // that is an EUI-64
  const groups = written.split(':').filter((group) => group !== '');
  if (!/\d/.test(written)) return false;
  return groups.length >= 3 || /^(?:[23][0-9a-f]{3}:|f[cdef][0-9a-f]{2}:|::ffff:\d+\.)/i.test(written);
}
