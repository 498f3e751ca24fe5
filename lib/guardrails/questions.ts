/** Two pieces of a text have so much in common that nothing hides in the cut. */
const OVERLAP = 200;

/**
 * Texts as one or more questions. Short ones are put together with a line between them, for a question is paid by what
 * it has at least; what is too long for one is cut, and the cut is seen from both sides. Nothing is asked twice.
 */
export function toQuestions(texts: readonly string[], mostCharacters: number): readonly string[] {
  const questions: string[] = [];
  let open = '';
  for (const text of [...new Set(texts.map(legible))].flatMap((each) => pieces(each, mostCharacters))) {
    if (open !== '' && open.length + 1 + text.length > mostCharacters) {
      questions.push(open);
      open = '';
    }
    open = open === '' ? text : `${open}\n${text}`;
  }
  return (open === '' ? questions : [...questions, open]).map((each) => each.toWellFormed());
}

function pieces(text: string, most: number): readonly string[] {
  if (!/\S/.test(text)) return [];
  const all: string[] = [];
  for (let from = 0; ; ) {
    const to = Math.min(text.length, whole(text, from + most));
    all.push(text.slice(from, to));
    if (to === text.length) return all;
    from = whole(text, to - Math.min(OVERLAP, Math.floor(most / 2)));
  }
}

/** A place in a text that is not inside a character of two halves: this one, or the one before it. */
const whole = (text: string, at: number): number => (/[\uDC00-\uDFFF]/.test(text.charAt(at)) ? at - 1 : at);

/** A text, and beside it what it says where JSON has spelled letters by their numbers, as in arguments of tools. */
function legible(text: string): string {
  if (!/\\u[0-9a-f]{4}/i.test(text)) return text;
  return `${text}\n${text.replaceAll(/\\u([0-9a-f]{4})/gi, (_, code: string) => String.fromCharCode(Number.parseInt(code, 16)))}`;
}
