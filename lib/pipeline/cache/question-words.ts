import { fillers } from './literals/fillers.ts';
import { words } from './literals/lists.ts';
import { withoutPoliteness } from './without-politeness.ts';

/** What a word begins with that does not tell what a question is about, such as a modal or a preposition. */
const FILLER = '.';

/** Whether a word tells what a question is about, or the mark of such a word. */
export const tells = (word: string): boolean => !word.startsWith(FILLER);

/** A word in other letters, as telling as it was. */
export const marked = (word: string, mark: string): string => (tells(word) ? mark : FILLER + mark);

/** The words of a question in their order, without politeness and articles; a sign is a word, too. */
export function questionWords(text: string): readonly string[] {
  const said = withoutPoliteness(spelledOut(text.normalize('NFKC').toLowerCase())).match(WORD) ?? [];
  return said
    .filter((word, at) => !articles.has(word) || amounts.has(said[at + 1] ?? ''))
    .map((word) => (fillers.has(word) ? FILLER + word : word));
}

const WORD = /[\p{L}\p{M}\p{N}]+|[\p{S}#%&*@/\\§]|(?<=\s)\p{P}+(?=\s)/gu;

// No others: in German they say who bites whom.
const articles = words('a an the');
/** A few and few are two things. */
const amounts = words('few little');

/** What is said short in speech: what's, doesn't. Anna's stays. */
const spelledOut = (text: string) =>
  text
    .replace(/[’ʼ]/g, "'")
    .replace(/\b(what|where|when|who|how|that|there|it|he|she)'s\b/g, '$1 is')
    .replace(/\bwhats\b/g, 'what is')
    .replace(/'m\b/g, ' am')
    .replace(/'re\b/g, ' are')
    .replace(/'ve\b/g, ' have')
    .replace(/'ll\b/g, ' will')
    .replace(/\bcan(?:'t|not)\b/g, 'can not')
    .replace(/\bwon't\b/g, 'will not')
    .replace(/n't\b/g, ' not');
