import type { Finding } from '../finding.ts';

const BEGIN = /-----BEGIN (?:[A-Z0-9]{1,12} ){0,3}PRIVATE KEY(?: BLOCK)?-----/g;
/** Base64 in lines, and the headers of encrypted keys. */
const BODY = /(?:[A-Za-z0-9+/=\s:,.()]|-(?!----))*/y;
const END = /-----END [A-Z0-9 ]{1,40}-----/y;

/** Private keys in PEM. One that is cut off counts as far as it goes. */
export function* privateKeys(text: string): Iterable<Finding> {
  if (!text.includes('PRIVATE KEY')) return;
  let free = 0;
  for (const { index: start, 0: begin } of text.matchAll(BEGIN)) {
    if (start < free) continue;
    const bodyEnd = after(BODY, text, start + begin.length);
    free = after(END, text, bodyEnd);
    if (free - start > begin.length + 16) yield { kind: 'secret', start, end: free };
  }
}

/** Where a pattern ends that begins here; here where it does not. */
function after(pattern: RegExp, text: string, at: number): number {
  pattern.lastIndex = at;
  return pattern.test(text) ? pattern.lastIndex : at;
}
