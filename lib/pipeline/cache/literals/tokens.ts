/** A part of a sentence. */
export type Token =
  /** `glued` to a number before it, as in 5mg. */
  | { readonly kind: 'word'; readonly text: string; readonly glued: boolean }
  | { readonly kind: 'number'; readonly text: string }
  /** A sign that has a meaning of its own. */
  | { readonly kind: 'sign'; readonly text: string }
  /** An address, a path, or whatever else is taken as it stands. */
  | { readonly kind: 'exact'; readonly text: string }
  /** What stands between the members of a list. */
  | { readonly kind: 'link'; readonly text: string }
  /** Where a sentence may end. */
  | { readonly kind: 'end' };

/** Prose in its parts. Takes time in proportion to its length, whatever it is. */
export function tokens(prose: string): readonly Token[] {
  return [...prose.normalize('NFKC').matchAll(/\S+/gu)].flatMap(([chunk]) => fromChunk(chunk));
}

/** What stands between two spaces. */
function fromChunk(chunk: string): readonly Token[] {
  const bare = withoutBrackets(chunk);
  const end: readonly Token[] = /[.!?:;]$/.test(chunk) ? [{ kind: 'end' }] : [];
  if (isAddress(bare) || isPath(bare)) return [{ kind: 'exact', text: bare }, ...end];
  if (!/\p{L}\.\p{L}/u.test(bare)) return [...parts(chunk)];
  const letters = bare.split('.');
  // U.S. and e.g. are words; config.yaml is a name.
  if (letters.every((each) => /^\p{L}?$/u.test(each))) return [...parts(letters.join('')), ...end];
  return [{ kind: 'exact', text: bare.toLowerCase() }, ...end];
}

const isAddress = (chunk: string) => /^(?:[a-z][a-z0-9+.-]*:\/\/|www\.)./i.test(chunk) || /.@./.test(chunk);

const isPath = (chunk: string) =>
  /^(?:~|\.{1,2}|[a-z]:)?[\\/]\S/i.test(chunk) ||
  (/[\\/]/.test(chunk) && (/\.[a-z][a-z0-9]{0,5}$/i.test(chunk) || /\p{L}[\\/][^\\/]+[\\/]/u.test(chunk)));

/** A chunk without the brackets and the punctuation around it. */
function withoutBrackets(chunk: string): string {
  let from = 0;
  let to = chunk.length;
  while (from < to && '([{<*_¿¡"\''.includes(chunk.charAt(from))) from++;
  while (to > from && ')]}>*_"\'.,:;!?'.includes(chunk.charAt(to - 1))) to--;
  return chunk.slice(from, to);
}

// Each alternative is a run of one class of characters, or a few: nothing is tried twice.
const PART =
  /(?<number>(?:(?<![\p{L}\p{N}])[-−+])?\p{N}+(?:[.,:]\p{N}+)*)|(?<word>[\p{L}_][\p{L}\p{M}\p{N}_']*(?:\+\+|#)?)|(?<sign>[$€£¥₹%°<>=^*+÷×±√]|(?<=\p{N})\/(?=\p{N}))|(?<link>[,&/])|(?<end>[.!?:;])/gu;

function* parts(chunk: string): Generator<Token> {
  let numberEnds = -1;
  let currency: string | undefined;
  for (const { index, 0: text, groups = {} } of chunk.matchAll(PART)) {
    if (groups.number !== undefined) {
      yield { kind: 'number', text: plain(text) };
      if (currency !== undefined) yield { kind: 'sign', text: currency };
      currency = undefined;
      numberEnds = index + text.length;
    } else if (groups.word !== undefined) yield* words(text, index === numberEnds);
    // $5 is 5 $.
    else if (groups.sign !== undefined && /[$€£¥₹]/.test(text) && numberEnds === -1) currency = text;
    else if (groups.sign !== undefined) yield { kind: 'sign', text };
    else if (groups.link !== undefined) yield { kind: 'link', text };
    else yield { kind: 'end' };
  }
  if (currency !== undefined) yield { kind: 'sign', text: currency };
}

/** A number without the commas between its thousands, and with a plain minus. */
function plain(number: string): string {
  const signed = number.replace('−', '-');
  return /^[-+]?\p{N}{1,3}(?:,\p{N}{3})+(?:\.\p{N}+)?$/u.test(signed) ? signed.replaceAll(',', '') : signed;
}

/** A word, taken apart at its apostrophes: do not, Anna, d Anna. */
function words(text: string, glued: boolean): readonly Token[] {
  const word = (each: string): Token => ({ kind: 'word', text: each, glued });
  if (!text.includes("'")) return [word(text)];
  if (/n't$/i.test(text)) return [word('do'), word('not')];
  const bare = text.replace(/'(?:s|m|re|ll|ve|d)?$/i, '');
  return bare
    .split("'")
    .filter((each) => each !== '')
    .map(word);
}
