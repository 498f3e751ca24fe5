import { type Finding, kinds } from '../../../lib/redaction/finding.ts';
import type { Scanner } from '../../../lib/redaction/scanner.ts';
import type { Labelled } from './labelled.ts';

/** How well one kind is found. */
export type Score = {
  readonly kind: string;
  /** How many there are, how many were found to the letter, and what was found that is not one. */
  readonly there: number;
  readonly found: number;
  readonly wrong: number;
  /** What went wrong, to be read. */
  readonly missed: readonly string[];
  readonly mistaken: readonly string[];
};

export const precision = ({ found, wrong }: Score): number => found / (found + wrong || 1);
export const recall = ({ found, there }: Score): number => found / (there || 1);

/** Each kind's score. Found counts only what has the kind and both ends right. */
export function scores(lines: readonly Labelled[], scan: Scanner): readonly Score[] {
  const results = lines.map(({ text, findings }) => ({ text, wanted: findings, got: scan(text) }));
  return kinds.map((kind) => {
    const mine = results.map(({ text, wanted, got }) => {
      const [expected, actual] = [wanted, got].map((list) => list.filter((each) => each.kind === kind));
      const said = (each: Finding) => `${text.slice(each.start, each.end)} in ${text}`;
      const missed = (expected ?? []).filter((each) => !actual?.some((other) => same(each, other)));
      const mistaken = (actual ?? []).filter((each) => !expected?.some((other) => same(each, other)));
      return { there: expected?.length ?? 0, missed: missed.map(said), mistaken: mistaken.map(said) };
    });
    const there = mine.reduce((sum, each) => sum + each.there, 0);
    const missed = mine.flatMap((each) => each.missed);
    const mistaken = mine.flatMap((each) => each.mistaken);
    return { kind, there, found: there - missed.length, wrong: mistaken.length, missed, mistaken };
  });
}

const same = (one: Finding, other: Finding): boolean => one.start === other.start && one.end === other.end;
