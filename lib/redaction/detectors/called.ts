/** What a number is called that is somebody's, in the languages we know it in; as the end of a word. */
const CALLED =
  /(?:tel|tél|phone|ph|telefon[a-z]?|telefonu|teléfono|téléphone|mobile?|móvil|portable|cell|cellulare|celular|handy|fax|call|dial|sms|text|contact|whatsapp|hotline|fijo|тел|телефон|फ़ोन|電話|电话|手机号?码?|携帯|撥打)$/iu;
/** Words that may stand between such a word and the number. */
const BETWEEN = new Set('me us at on is number no nr ist est es è é al to under unter my app code'.split(' '));
const MOST_SIGNS = 8;
const MOST_WORD = 24;

/** Whether what stands right before a number says that it is somebody's phone. */
export function isCalled(text: string, start: number): boolean {
  let end = start;
  for (let word = 0; word < 3; word++) {
    end = beforeSigns(text, end);
    const from = beforeLetters(text, end);
    if (from === end) return false;
    const said = text.slice(from, end);
    if (CALLED.test(said)) return true;
    if (!BETWEEN.has(said.toLowerCase())) return false;
    end = from;
  }
  return false;
}

function beforeSigns(text: string, end: number): number {
  let at = end;
  while (at > 0 && end - at < MOST_SIGNS && ' \t\n:=("\'`#.+[_*'.includes(text.charAt(at - 1))) at--;
  return at;
}

function beforeLetters(text: string, end: number): number {
  let at = end;
  while (at > 0 && end - at < MOST_WORD && isLetter(text.charCodeAt(at - 1))) at--;
  return at;
}

/** ASCII letters, and whatever is not ASCII. */
const isLetter = (code: number): boolean => code > 0x7f || ((code | 0x20) >= 0x61 && (code | 0x20) <= 0x7a);
