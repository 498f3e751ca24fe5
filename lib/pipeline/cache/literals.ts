import { cut } from './literals/cut.ts';
import { directions } from './literals/directions.ts';
import { phrases } from './literals/phrases.ts';
import { read } from './literals/read.ts';
import { tokens } from './literals/tokens.ts';

/**
 * What must be the same to the letter in two questions for one answer to do for both: numbers, dates, names, code,
 * quotations, negations, words that have an opposite, and their order where it counts. Sorted. Where in doubt, a word
 * is literal: a hit that is missed costs a call, a wrong one trust.
 */
export function literals(text: string): readonly string[] {
  const said = read(
    cut(text).flatMap(({ exact, text: piece }) => (exact ? [{ kind: 'exact', text: piece }] : tokens(piece))),
  );
  const marks = said.flatMap((each) => (each.as === 'mark' ? [each.text] : []));
  return [...marks, ...phrases(said), ...directions(said)].sort();
}
