import type { ChatChunk } from './answer.ts';

/**
 * Writes the chunks of one answer, each as `JSON.stringify` does. Mostly one is the one before but for its words; then
 * only these are written anew.
 */
export function openChunkText(): (chunk: ChatChunk) => string {
  let before: Spoken | undefined;
  let around: Around | undefined;
  return (chunk) => {
    const spoken = toSpoken(chunk);
    if (spoken === undefined || before === undefined || !alike(spoken, before)) {
      before = spoken;
      around = undefined;
      return JSON.stringify(chunk);
    }
    around ??= aroundOf(spoken);
    return around === undefined ? JSON.stringify(chunk) : around.head + JSON.stringify(spoken.words) + around.tail;
  };
}

type Fields = { readonly [name: string]: unknown };

/** A chunk that says nothing but some words. */
type Spoken = { readonly chunk: Fields; readonly choice: Fields; readonly name: string; readonly words: string };
/** What stands before these words, and after them. */
type Around = { readonly head: string; readonly tail: string };

function toSpoken(chunk: ChatChunk): Spoken | undefined {
  const [choice] = chunk.choices;
  if (choice === undefined || chunk.choices.length > 1) return undefined;
  const [name, more] = Object.keys(choice.delta);
  if (name === undefined || more !== undefined) return undefined;
  const words = choice.delta[name];
  return typeof words === 'string' ? { chunk, choice, name, words } : undefined;
}

const alike = (one: Spoken, other: Spoken): boolean =>
  one.name === other.name && sameBut('delta', one.choice, other.choice) && sameBut('choices', one.chunk, other.chunk);

/** True for the same fields in the same order, one of which may hold anything. */
function sameBut(free: string, one: Fields, other: Fields): boolean {
  const names = Object.keys(other);
  let at = 0;
  for (const name in one) {
    if (name !== names[at++] || (one[name] !== other[name] && name !== free)) return false;
  }
  return at === names.length;
}

/** Undefined where something else looks like the gap that is left for the words. */
function aroundOf({ chunk, choice, name }: Spoken): Around | undefined {
  const gap = '\0';
  const text = JSON.stringify({ ...chunk, choices: [{ ...choice, delta: { [name]: gap } }] });
  const [head = '', tail, ...others] = text.split(JSON.stringify(gap));
  return tail === undefined || others.length > 0 ? undefined : { head, tail };
}
