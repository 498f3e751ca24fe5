/** ` Did you mean X?`, when one of the words is near enough to be what was meant. */
export function didYouMean(word: string, known: Iterable<string>, prefix = ''): string {
  const [best] = [...known]
    .map((each) => ({ each, distance: distance(word, each) }))
    .sort((one, other) => one.distance - other.distance);
  const near = best !== undefined && best.distance <= (word.length < 4 ? 1 : Math.max(2, Math.floor(word.length / 3)));
  return near ? ` Did you mean ${prefix}${best.each}?` : '';
}

/** How many letters must be typed, left out or replaced to make one word of the other. */
function distance(one: string, other: string): number {
  let above = Array.from({ length: other.length + 1 }, (_, column) => column);
  for (let row = 1; row <= one.length; row++) {
    const current = [row];
    for (let column = 1; column <= other.length; column++) {
      const replaced = (above[column - 1] ?? 0) + (one[row - 1] === other[column - 1] ? 0 : 1);
      current.push(Math.min(replaced, (above[column] ?? 0) + 1, (current[column - 1] ?? 0) + 1));
    }
    above = current;
  }
  return above[other.length] ?? 0;
}
