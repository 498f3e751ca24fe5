/**
 * The pattern that fits a name most closely: the name itself, else the longest text before the first `*`,
 * then the longest pattern, then the first in the alphabet.
 */
export function bestGlob(patterns: Iterable<string>, name: string): string | undefined {
  let best: string | undefined;
  for (const pattern of patterns) {
    if (matchesGlob(pattern, name) && (best === undefined || closer(pattern, best))) best = pattern;
  }
  return best;
}

/** Whether a name fits a pattern in which `*` stands for any characters, `/` included, or none. */
export function matchesGlob(pattern: string, name: string): boolean {
  const [head = '', ...rest] = pattern.split('*');
  const tail = rest.pop();
  if (tail === undefined) return pattern === name;
  if (name.length < head.length + tail.length || !name.startsWith(head) || !name.endsWith(tail)) return false;
  // The leftmost place for each piece leaves the most room for the next, so nothing is ever tried twice.
  const end = name.length - tail.length;
  let at = head.length;
  for (const piece of rest) {
    const found = name.indexOf(piece, at);
    if (found === -1 || found + piece.length > end) return false;
    at = found + piece.length;
  }
  return true;
}

function closer(one: string, other: string): boolean {
  const byPrefix = literalPrefix(one) - literalPrefix(other);
  if (byPrefix !== 0) return byPrefix > 0;
  // Both fit the same name: of two equal prefixes, at most one is the whole name.
  if (one.includes('*') !== other.includes('*')) return other.includes('*');
  return one.length === other.length ? one < other : one.length > other.length;
}

function literalPrefix(pattern: string): number {
  const star = pattern.indexOf('*');
  return star === -1 ? pattern.length : star;
}
