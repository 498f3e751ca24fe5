import { words } from './lists.ts';
import { openers } from './openers.ts';
import type { Said } from './read.ts';

/** Where from and where to, of things that have no name: from my phone to my computer. */
export function directions(said: readonly Said[]): readonly string[] {
  const leaves = said.some(({ as, text }) => as === 'plain' && text === 'from');
  return said.flatMap(({ as, text }, at) => {
    if (as !== 'plain' || !(ways.has(text) || text === 'to')) return [];
    let to = at + 1;
    while (to < said.length && determiners.has(said[to]?.text ?? '')) to++;
    const thing = said[to];
    if (thing?.as !== 'plain' || !/\p{L}/u.test(thing.text)) return [];
    // Before a verb, `to` has no direction.
    const directed = text !== 'to' || to > at + 1 || (leaves && !openers.has(thing.text));
    return directed ? [`${text} ${thing.text}`] : [];
  });
}

const ways = words(
  'from into onto than towards von aus nach zur zum als desde hacia hasta vers depuis verso dal van naar',
);
const determiners = words(
  'a an the my your our their his her its this that these those der die das dem den ein eine einen einem einer',
);
