/** A name with fewer letters is a part of too many words. */
const LEAST = 4;

/** Whether a text has the name of a user in it, however it is spelt, and within another word, too, unless it is short. */
export function namesUser(text: string, user: string): boolean {
  const [said, name] = [folded(text), folded(user)];
  if (name === '') return false;
  for (let at = said.indexOf(name); at !== -1; at = said.indexOf(name, at + 1))
    if ([...name].length >= LEAST || standsAlone(said, at, at + name.length)) return true;
  return false;
}

/** Upper and lower case, and the ways to write one letter, made the same. */
const folded = (text: string): string => text.normalize('NFKC').toLowerCase().toUpperCase().normalize('NFKC').trim();

const standsAlone = (text: string, start: number, end: number): boolean =>
  !/[\p{L}\p{M}\p{N}]$/u.test(text.slice(0, start)) && !/^[\p{L}\p{M}\p{N}]/u.test(text.slice(end));
