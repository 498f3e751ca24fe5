import { words } from './lists.ts';
import type { Said } from './read.ts';

type Phrase = { readonly text: string; readonly before: readonly string[] };

/** What is literal, next to each other as one, and the order in which that comes. */
export function phrases(said: readonly Said[]): readonly string[] {
  const found = phrasesOf(said);
  const texts = found.map(({ text }) => `#${text}`);
  return found.length < 2 ? texts : [...texts, orderOf(found)];
}

function phrasesOf(said: readonly Said[]): readonly Phrase[] {
  const found: { readonly texts: string[]; readonly before: readonly string[] }[] = [];
  let before: string[] = [];
  for (const { as, text } of said) {
    const last = found.at(-1);
    if (as !== 'literal') before.push(text);
    else if (last !== undefined && before.length === 0) last.texts.push(text);
    else {
      found.push({ texts: [text], before });
      before = [];
    }
  }
  return found.map(({ texts, before: gap }) => ({ text: texts.join(' '), before: gap }));
}

/** Lists of equals have no order; where and with what may stand at either end of a sentence; all else has its place. */
function orderOf(found: readonly Phrase[]): string {
  const groups: { readonly aside: boolean; readonly members: string[] }[] = [];
  for (const { text, before } of found) {
    const last = groups.at(-1);
    const gap = before.filter((each) => !articles.has(each));
    if (last !== undefined && gap.length > 0 && gap.every((each) => joins.has(each))) last.members.push(text);
    else groups.push({ aside: asides.has(gap.at(-1) ?? ''), members: [text] });
  }
  const line = (aside: boolean) =>
    groups
      .filter((group) => group.aside === aside)
      .map(({ members }) => members.sort().join(' & '))
      .join(' → ');
  return `order ${line(false)} | ${line(true)}`;
}

const articles = words(
  'a an the my your our der die das den dem ein eine einem einer le la les un une el los las una il lo o os as de het een',
);
const joins = words(', & / and or vs versus und oder et ou y e i u');
const asides = words(
  'in on at for with using im am auf für mit bei en dans sur pour avec con para per com em met op voor',
);
