import { endOfString } from '../json-text.ts';
import { CLOSE_LIST, CLOSE_OBJECT, COLON, isObject, type Json, OPEN_LIST, OPEN_OBJECT, QUOTE } from './json.ts';

/** A body that is shorter is written anew as fast. */
const LARGE = 16 * 1024;

/**
 * The texts of the messages of large requests, by their list; none for one that must be written anew. They are parts of the
 * whole text, which stays in memory with them for as long as the list does: a call's time.
 */
const texts = new WeakMap<readonly Json[], readonly (string | undefined)[]>();

/**
 * Keeps, of a large request, the text that each of its messages was read from, for `written`. Not of a message that may be
 * read otherwise than here: in which a name stands twice, of which somebody else may take the other, or in which there is a
 * number, which we read to some 17 digits of what may be hundreds. What is reckoned, looked for and kept goes by what we read.
 */
export function keepTexts(text: string, body: Json): void {
  if (text.length < LARGE || !isObject(body)) return;
  const { messages } = body;
  if (!Array.isArray(messages)) return;
  const items = itemsIn(text, 'messages');
  if (items?.length !== messages.length) return;
  const alike = items.map(({ text, names, doubtful }, at) =>
    !doubtful && names === namesIn(messages[at]) ? text : undefined,
  );
  texts.set(messages, alike);
}

/** A request as JSON: the messages that are still those that came are in the words in which they came. */
export function written(
  body: { readonly messages: readonly Json[]; readonly [name: string]: unknown },
  came: readonly Json[],
): string | Buffer {
  const known = texts.get(came);
  if (known === undefined) return JSON.stringify(body);
  const { messages, ...rest } = body;
  const others = JSON.stringify(rest).slice(1);
  const pieces = messages.flatMap((message, at) => {
    const text = (message === came[at] ? known[at] : undefined) ?? JSON.stringify(message);
    return at === 0 ? [text] : [',', text];
  });
  return encoded(['{"messages":[', ...pieces, others === '}' ? ']}' : `],${others}`]);
}

/** Texts as the bytes of one. Joined first, they would be copied once more. */
function encoded(pieces: readonly string[]): Buffer {
  const bytes = Buffer.allocUnsafe(pieces.reduce((sum, piece) => sum + Buffer.byteLength(piece), 0));
  let at = 0;
  for (const piece of pieces) at += bytes.write(piece, at);
  return bytes;
}

/** An object in a list: its text, how many names it has, those in what it holds included, and whether it has a number, too. */
type Item = { readonly text: string; readonly names: number; readonly doubtful: boolean };

/** The objects in the list that a JSON object, known to be right, has under a name; undefined where the text has any doubt of it. */
function itemsIn(text: string, name: string): readonly Item[] | undefined {
  let items: Item[] | undefined;
  let [depth, start, names] = [0, 0, 0];
  let under = '';
  let [listed, doubtful] = [false, false];
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at);
    switch (code) {
      case QUOTE: {
        const end = endOfString(text, at);
        if (depth === 1) under = text.slice(at + 1, end);
        at = end;
        break;
      }
      case COLON:
        names++;
        if (depth > 1) break;
        if (under.includes('\\')) return undefined; // it may be that name, spelled otherwise
        listed = under === name;
        break;
      case OPEN_LIST:
        if (++depth === 2 && listed) items = []; // of two lists the last counts
        break;
      case OPEN_OBJECT:
        if (++depth === 3) [start, names, doubtful] = [at, 0, false];
        break;
      case CLOSE_OBJECT:
        if (--depth === 2 && listed) items?.push({ text: text.slice(start, at + 1), names, doubtful });
        break;
      case CLOSE_LIST:
        depth--;
        break;
      default:
        doubtful ||= code >= 0x30 && code <= 0x39; // a digit
    }
  }
  return items;
}

/** How many names a value has, those in what it holds included. */
function namesIn(value: Json | undefined): number {
  if (typeof value !== 'object' || value === null) return 0;
  let names = Array.isArray(value) ? 0 : Object.keys(value).length;
  for (const each of Object.values(value)) names += namesIn(each);
  return names;
}
