/** A question, in small letters, without what is only polite at its beginning and its end. */
export function withoutPoliteness(text: string): string {
  const begun = text.slice(beginning(text));
  // Only where it stands apart: how do I say thanks is a question about the word.
  const tail = begun.slice(-MOST_CHARACTERS).replace(CLOSING, '');
  return begun.slice(0, -MOST_CHARACTERS) + tail;
}

/** Longer is no politeness; and a pattern that seeks its beginning takes time in the square of what it is given. */
const MOST_CHARACTERS = 60;

/** Where the question itself begins. */
function beginning(text: string): number {
  let at = text.length - text.trimStart().length;
  for (const opening of [GREETING, EXCUSE, REQUEST]) {
    opening.lastIndex = at;
    if (opening.test(text)) at = opening.lastIndex;
  }
  return at;
}

const GREETING =
  /(?:(?:hi|hello|hey|dear all|good (?:morning|afternoon|evening|day)|hallo|guten (?:tag|morgen|abend)|bonjour|hola|buenos días|ciao|buongiorno|olá|bom dia)(?: there| all| everyone)?\s*[,.!:\n-]\s*|(?:hi|hello|hey) there\s+)/uy;
const EXCUSE = /(?:excuse me|sorry to (?:bother|disturb) you)\s*[,.!:-]\s*/y;
const REQUEST =
  /(?:(?:(?:can|could|would|will) you (?:please |kindly )?|please )(?:tell me|let me know)|would you mind telling me|would you be so kind as to tell me|(?:i would|i'd) like to know|i want to know|(?:please )?help me(?= ?[:,])|tell me|(?:can|could|would|will) you (?:please|kindly)|please|bitte|können sie mir (?:bitte )?sagen|kannst du mir (?:bitte )?sagen|pouvez-vous me dire|puede decirme)(?=[\s,:])[\s,:]*/uy;
const CLOSING =
  /(?:[\s,.!?]+please|[,.!?]\s*(?:bitte|s'il vous plaît|por favor|per favore)|[,.!?]\s*(?:many thanks|thanks|thank you|danke|vielen dank|merci|gracias|grazie|obrigado|obrigada)(?: (?:a lot|so much|very much|in advance))?)[\s.,!?]*$/u;
