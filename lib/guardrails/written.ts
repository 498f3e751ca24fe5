import { isDataUrl } from '../openai/data-url.ts';
import { isElsewhere, toEnclosure } from '../openai/enclosure.ts';
import { isObject, type Json, type JsonObject } from '../openai/json.ts';

/** Where a text stands, as `0.content`, and what it says there. */
export type Written = readonly [place: string, text: string];

/** What there is to read in something, and which kinds of it nobody can read. */
export type Reading = { readonly written: readonly Written[]; readonly unread: readonly string[] };

/** Words that every dialect is made of. One that stands alone says nothing. */
const WORDS = new Set(
  'user assistant system developer tool function text image_url input_audio file video_url object string number integer boolean array null auto none required json_schema json_object low medium high'.split(
    ' ',
  ),
);

/** What in a value is known by where it stands, as `messages.tool_calls.id`: the names on the way there, without those of lists. */
export type Known = {
  /** Not looked at here. */
  readonly leftOut: readonly string[];
  /** Nobody's text, where it is a text: names of things, seals, and what is encrypted. */
  readonly sealed: readonly string[];
  /** What encloses bytes, or says where they are, by the kind of them. */
  readonly media: Readonly<Record<string, string>>;
};

/** A field's name of letters alone is a word of some dialect; any other is somebody's text. */
const A_WORD = /^[A-Za-z_]{1,32}$/;
/** The names of these are words that a model reads. */
const NAMES = /(^|\.)(properties|\$defs|definitions|patternProperties)$/;

/** Where a text stands: its place, the names on the way there, and the name of the file it is in. */
type Spot = { readonly at: string; readonly path: string; readonly file?: string | undefined };

/** Every text in a value, at its place below this one. */
export function read(value: Json | undefined, place: string, known: Known): Reading {
  const written: Written[] = [];
  const unread = new Set<string>();

  const text = (each: string, spot: Spot): void => {
    const { texts, kinds } = readText(each, spot, mediumAt(spot.path, known));
    for (const one of texts) if (one !== '' && !WORDS.has(one)) written.push([spot.at, one]);
    for (const kind of kinds) unread.add(kind);
  };

  const walk = (each: Json | undefined, spot: Spot): void => {
    if (typeof each === 'string') text(each, spot);
    if (Array.isArray(each)) {
      if (each.length > 0 && each.every((member: Json) => typeof member === 'number') && spot.path === 'input')
        unread.add('tokens');
      const members: readonly Json[] = each;
      for (const [index, member] of members.entries())
        walk(member, { ...spot, at: `${spot.at}.${ownIndex(member) ?? index}` });
    }
    if (isObject(each)) for (const [field, member] of Object.entries(each)) into(field, member, spot, each);
  };

  const into = (field: string, member: Json | undefined, { at, path }: Spot, { filename }: JsonObject): void => {
    const here = path === '' ? field : `${path}.${field}`;
    if (known.leftOut.includes(here) || (typeof member === 'string' && known.sealed.includes(here))) return;
    if (NAMES.test(path) || !A_WORD.test(field)) written.push([`${at}.${field}`, field]);
    walk(member, { at: `${at}.${field}`, path: here, file: typeof filename === 'string' ? filename : undefined });
  };

  walk(value, { at: place, path: '' });
  return { written, unread: [...unread] };
}

/** The kind of bytes that are meant to stand at a place, or within it. */
const mediumAt = (path: string, { media }: Known): string | undefined =>
  Object.entries(media).find(([name]) => path === name || path.startsWith(`${name}.`))?.[1];

/** What there is to read in a text that may enclose something, and what of it nobody can. */
function readText(given: string, { path, file }: Spot, medium: string | undefined): Reads {
  const name = path.split('.').at(-1);
  if (medium !== undefined && name === 'file_id') return { texts: [], kinds: [medium] };
  if (medium === 'audio' && name === 'data') return { texts: [], kinds: given === '' ? [] : [medium] };
  const enclosure =
    (medium && name === 'file_data') || isDataUrl(given) ? toEnclosure(given, { name: file }) : undefined;
  if (enclosure === undefined)
    return { texts: [given], kinds: medium !== undefined && isElsewhere(given) ? [medium] : [] };
  const { text, readings, mediaType, wellFormed } = enclosure;
  // Where no bytes are meant to stand, a model reads what is written: it may only be called base64.
  const asIs = medium === undefined || !wellFormed ? [given] : [];
  return {
    texts: [...readings, ...asIs],
    kinds: text === undefined && medium !== undefined ? [kindOf(mediaType)] : [],
  };
}

type Reads = { readonly texts: readonly string[]; readonly kinds: readonly string[] };

/** A call says which it is, for in a delta it stands alone. */
const ownIndex = (member: Json): number | undefined =>
  isObject(member) && typeof member.index === 'number' ? member.index : undefined;

const kindOf = (mediaType: string): string => /^(image|audio|video)\//.exec(mediaType)?.[1] ?? 'file';
