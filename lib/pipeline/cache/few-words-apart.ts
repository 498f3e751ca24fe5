import { tells } from './question-words.ts';

/**
 * Whether two questions only look the same: few of their words are others, or stand elsewhere. So differ questions that
 * vectors take for the same and that have other answers: to Berlin, from Berlin. Not so apart are two that say word for
 * word the same, be it with a clause at the other end, and two of which each says most in words of its own. Takes what
 * `questionWords` gives, or as many marks that are the same where the words are.
 */
export const fewWordsApart = (one: readonly string[], other: readonly string[]): boolean =>
  !repeated(one, other) && !reworded(one, other);

/** Whether a question is another from some place on, and then its beginning; of fillers alone nothing tells: who is it. */
function repeated(one: readonly string[], other: readonly string[]): boolean {
  if (one.length !== other.length || !one.some(tells)) return false;
  return [...other.keys()].some(
    (by) => (by === 0 || parts(other, by)) && one.every((word, at) => word === other[(at + by) % other.length]),
  );
}

/** Whether a question has two clauses that meet here. In keywords the order may say what is meant: phone laptop. */
function parts(words: readonly string[], by: number): boolean {
  const clauses = [words.slice(0, by), words.slice(by)];
  return clauses.every((clause) => clause.length > 1) && clauses.some(([first = '']) => !tells(first));
}

/** Fewer new words may be a name, or a thing, and what is done with it. */
const FEWEST_NEW = 3;

/** Whether each of two questions has words of its own, and no fewer than both have in common. */
function reworded(one: readonly string[], other: readonly string[]): boolean {
  const [told, toldAnew] = [one.filter(tells), other.filter(tells)];
  const gone = missing(told, toldAnew);
  const come = missing(toldAnew, told);
  return Math.min(gone, come) >= Math.max(FEWEST_NEW, told.length - gone);
}

/** How many words of one list another does not have. */
function missing(from: readonly string[], others: readonly string[]): number {
  const left = new Map<string, number>();
  for (const word of others) left.set(word, (left.get(word) ?? 0) + 1);
  return from.filter((word) => {
    const count = left.get(word) ?? 0;
    left.set(word, count - 1);
    return count <= 0;
  }).length;
}
