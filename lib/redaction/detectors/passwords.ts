import type { Spend } from '../allowance.ts';
import type { Finding } from '../finding.ts';

const A_URL = 256;
const MOST_USER = 128;
const MOST_PASSWORD = 512;

/** Passwords in URLs and connection strings: the password alone, so that a model still sees what connects to what. */
export function* passwords(text: string, spend: Spend): Iterable<Finding> {
  yield* inUrls(text, spend);
  yield* inSettings(text);
}

/** `scheme://user:password@host`; the password goes to the last @ before a slash, a space or a quote. */
function* inUrls(text: string, spend: Spend): Iterable<Finding> {
  for (let at = text.indexOf('://'); at >= 0; at = text.indexOf('://', at + 3)) {
    spend(A_URL);
    if (!/[A-Za-z0-9]/.test(text.charAt(at - 1))) continue;
    const stop = firstOf(text, at + 3, MOST_USER + MOST_PASSWORD, ' \n\r\t"\'`<>/\\|');
    const authority = text.slice(at + 3, stop);
    const colon = authority.slice(0, MOST_USER).indexOf(':');
    const length = authority.lastIndexOf('@') - colon - 1;
    const start = at + 3 + colon + 1;
    // What begins with $ or { names a variable.
    if (colon >= 0 && length > 0 && !'${'.includes(text.charAt(start)))
      yield { kind: 'secret', start, end: start + length };
  }
}

/** Where the first of some signs stands, within reach. */
function firstOf(text: string, from: number, reach: number, signs: string): number {
  const most = Math.min(text.length, from + reach);
  let at = from;
  while (at < most && !signs.includes(text.charAt(at))) at++;
  return at;
}

/** `Server=…;Password=…;` and `AccountKey=…`: a setting among settings. */
const SETTING = /(?<=;\s{0,3}(?:Password|Pwd|AccountKey|SharedAccessKey)\s{0,2}=\s{0,2})[^;\s"'<>]{1,256}/gi;

function* inSettings(text: string): Iterable<Finding> {
  if (!text.includes(';')) return;
  for (const { index: start, 0: value } of text.matchAll(SETTING))
    yield { kind: 'secret', start, end: start + value.length };
}
