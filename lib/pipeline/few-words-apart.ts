import { fillers } from './literals/fillers.ts';

/**
 * Whether one question is the other with a few of its words exchanged, added, left out or in other places. So differ
 * questions that vectors take for the same and that have other answers: who says the same anew says it in other words
 * or only about it. Takes what `tellingWords` gives, or as many marks that are the same where the words are.
 */
export function fewWordsApart(one: readonly string[], other: readonly string[]): boolean {
  // Of fillers alone nothing tells: who is it, what is it.
  if (one.length === 0 || other.length === 0) return true;
  const gone = missing(one, other);
  const come = missing(other, one);
  if (gone + come === 0) return !turned(one, other);
  const few = Math.max(1, Math.floor((one.length - gone) / 4));
  return gone <= few && come <= few;
}

/** The words of a question that tell what it is about, without their commonest endings. */
export function tellingWords(text: string): readonly string[] {
  const words =
    text
      .normalize('NFKC')
      .toLowerCase()
      .match(/[\p{L}\p{M}\p{N}]+/gu) ?? [];
  return words.filter((word) => !fillers.has(word)).map(stem);
}

const stem = (word: string) =>
  word.length > 3 ? word.replace(/ies$/, 'y').replace(/(?<=..)(?:es|s|ed|ing)$/, '') : word;

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

/** Longer texts are compared from their beginning only: trying each place takes time in the square of their length. */
const MOST_WORDS = 40;
/** Two words have no clauses to turn: phone to laptop is not laptop to phone. */
const FEWEST_WORDS = 3;

/** Whether a list is another from some place on, and then its beginning: a clause that stands at the other end. */
function turned(one: readonly string[], other: readonly string[]): boolean {
  const places = one.length < FEWEST_WORDS || one.length > MOST_WORDS ? [0] : other.keys();
  return [...places].some((by) => one.every((word, at) => word === other[(at + by) % other.length]));
}
