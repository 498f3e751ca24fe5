/** Follows a text of JSON, piece by piece, and knows how many strings it is within: JSON may stand in strings of JSON. */
export type Depth = {
  readonly read: (piece: string) => void;
  /** Something stands here that is no sign of JSON. */
  readonly value: () => void;
  readonly now: () => number;
};

export function openDepth(): Depth {
  /** Of each string that is open, whether JSON begins it; undefined as long as it has only spaces. */
  const open: (boolean | undefined)[] = [];
  let backslashes = 0;

  const decide = (json: boolean) => {
    if (open.length > 0) open[open.length - 1] ??= json;
  };
  /** As a line's end or a tab stands in a string, or in one within others; with more before it, it is a letter. */
  const space = (sign: string) => /[nrt]/.test(sign) && backslashes === 2 ** (open.length - 1);
  const quote = () => {
    let depth = 0;
    for (; backslashes % 2 === 1; backslashes = (backslashes - 1) / 2) depth++;
    if (depth < open.length) open.length = depth;
    else if (depth === open.length && (depth === 0 || open.at(-1) === true)) open.push(undefined);
    else decide(false); // prose that quotes
  };
  return {
    read: (piece) => {
      for (const sign of piece) {
        if (sign === '\\') {
          backslashes++;
          continue;
        }
        if (sign === '"') quote();
        else if (sign.trim() !== '' && !space(sign)) decide(backslashes === 0 && (sign === '{' || sign === '['));
        backslashes = 0;
      }
    },
    value: () => {
      backslashes = 0;
      decide(false);
    },
    now: () => open.length,
  };
}
