/** Two pieces of a text have so much in common that nothing hides in the cut. */
const OVERLAP = 200;

/**
 * Texts as one or more questions. Short ones are put together with a line between them, for a question is paid by what
 * it has at least; what is too long for one is cut, and the cut is seen from both sides.
 */
export function toQuestions(texts: readonly string[], mostCharacters: number): readonly string[] {
  const questions: string[] = [];
  let open = '';
  for (const text of texts.flatMap((each) => pieces(each, mostCharacters))) {
    if (open !== '' && open.length + 1 + text.length > mostCharacters) {
      questions.push(open);
      open = '';
    }
    open = open === '' ? text : `${open}\n${text}`;
  }
  return open === '' ? questions : [...questions, open];
}

function pieces(text: string, most: number): readonly string[] {
  if (text.length <= most) return [text];
  const all: string[] = [];
  for (let from = 0; from < text.length - OVERLAP; from += most - OVERLAP) all.push(text.slice(from, from + most));
  return all;
}
