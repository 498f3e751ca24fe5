import type { Finding } from './finding.ts';

/** Whose word counts where two kinds found the very same: the one that has more to go by. */
const MOST_SPECIFIC = ['secret', 'iban', 'card', 'national-id', 'email', 'ip', 'phone'];

/**
 * Findings in order, none over another. The longer one counts, and of equally long ones the more specific; what two
 * findings share an edge of becomes one, of the longer one's kind, so that no end of either is left.
 */
export function settled(findings: readonly Finding[]): readonly Finding[] {
  if (findings.length < 2) return findings;
  const inOrder = [...findings].sort((a, b) => a.start - b.start || b.end - a.end || rank(a) - rank(b));
  const kept: Finding[] = [];
  /** The longest of what the last one kept is made of. */
  let longest = 0;
  for (const finding of inOrder) {
    const last = kept.at(-1);
    const length = finding.end - finding.start;
    if (last === undefined || finding.start >= last.end) {
      kept.push(finding);
      longest = length;
    } else if (finding.end > last.end) {
      const kind = length > longest ? finding.kind : last.kind;
      kept[kept.length - 1] = { kind, start: last.start, end: finding.end };
      longest = Math.max(longest, length);
    }
  }
  return kept;
}

/** A tenant's own pattern knows best. */
const rank = ({ kind }: Finding): number => MOST_SPECIFIC.indexOf(kind);
