import { isDataUrl } from '../openai/data-url.ts';
import { isElsewhere, toEnclosure } from '../openai/enclosure.ts';
import { isObject, type Json, type JsonObject } from '../openai/json.ts';

/** Where a text stands, as `0.content`, and what it says there. */
export type Written = readonly [place: string, text: string];

/** What there is to read in something, and which kinds of it nobody can read. */
export type Reading = { readonly written: readonly Written[]; readonly unread: readonly string[] };

/** What goes by these names is nobody's text, in whatever it stands, as long as it has no blank: words of the dialect, and names of things. */
const NO_TEXT = new Set(['role', 'type', 'id', 'index', 'tool_call_id', 'detail', 'required']);
/** And these, in what goes by those names: bytes, seals, and what is encrypted. */
const NO_TEXT_IN: ReadonlyMap<string, readonly string[]> = new Map([
  ['audio', ['data', 'expires_at']],
  ['input_audio', ['data', 'format']],
  ['reasoning_details', ['data', 'signature', 'format']],
]);
/** What holds bytes, or says where they are; the names of what is in it, where it is a text. */
const MEDIA: ReadonlyMap<string, string> = new Map([
  ['audio', 'audio'],
  ['input_audio', 'audio'],
  ['image_url', 'image'],
  ['video_url', 'video'],
  ['file', 'file'],
]);
/** A field's name of letters alone is a word of some dialect; any other is somebody's text. */
const A_WORD = /^[A-Za-z_]{1,32}$/;
/** The names of these are words that a model reads. */
const NAMES = new Set(['properties', '$defs', 'definitions', 'patternProperties']);

/** Where a text stands: the names of its field and of what that is in, and the name of the file it is in. */
type Spot = { readonly at: string; readonly name: string; readonly within: string; readonly file?: string | undefined };

/** Every text in a value, at its place below this one, but for the fields of it that are left out. */
export function read(value: Json | undefined, place: string, leftOut: readonly string[] = []): Reading {
  const written: Written[] = [];
  const unread = new Set<string>();

  const text = (each: string, spot: Spot): void => {
    const { texts, kinds } = readText(each, spot);
    for (const one of texts) if (one !== '') written.push([spot.at, one]);
    for (const kind of kinds) unread.add(kind);
  };

  const walk = (each: Json | undefined, spot: Spot): void => {
    const { at, name } = spot;
    if (typeof each === 'string') text(each, spot);
    if (Array.isArray(each)) {
      if (each.length > 0 && each.every((member: Json) => typeof member === 'number') && name === 'input')
        unread.add('tokens');
      const members: readonly Json[] = each;
      for (const [index, member] of members.entries())
        walk(member, { ...spot, at: `${at}.${ownIndex(member) ?? index}` });
    }
    if (isObject(each)) for (const [field, member] of Object.entries(each)) into(field, member, spot, each);
  };

  const into = (field: string, member: Json | undefined, { at, name }: Spot, { filename }: JsonObject): void => {
    if (at === place && leftOut.includes(field)) return;
    if (NAMES.has(name) || !A_WORD.test(field)) written.push([`${at}.${field}`, field]);
    const named = NO_TEXT.has(field) || NO_TEXT_IN.get(name)?.includes(field);
    const file = typeof filename === 'string' ? filename : undefined;
    if (!named || typeof member !== 'string' || /\s/.test(member))
      walk(member, { at: `${at}.${field}`, name: field, within: name, file });
    else if (field === 'data' && member !== '' && MEDIA.has(name)) unread.add('audio');
  };

  walk(value, { at: place, name: '', within: '' });
  return { written, unread: [...unread] };
}

/** What there is to read in a text that may enclose something, and what of it nobody can. */
function readText(given: string, { name, within, file }: Spot): { texts: readonly string[]; kinds: readonly string[] } {
  const medium = MEDIA.get(within) ?? MEDIA.get(name);
  if (name === 'file_id') return { texts: [], kinds: ['file'] };
  const enclosure = name === 'file_data' || isDataUrl(given) ? toEnclosure(given, { name: file }) : undefined;
  // In no place for media, only what says so is base64: `data: the numbers` is a sentence.
  if (enclosure === undefined || (medium === undefined && !/;\s*base64\s*,$/i.test(enclosure.head)))
    return { texts: [given], kinds: medium !== undefined && isElsewhere(given) ? [medium] : [] };
  const { head, text, readings, mediaType, wellFormed, wordless } = enclosure;
  const asIs = medium === undefined ? [wordless ? head : given] : wellFormed ? [] : [given];
  return { texts: [...readings, ...asIs], kinds: text === undefined ? [kindOf(mediaType)] : [] };
}

/** A call says which it is, for in a delta it stands alone. */
const ownIndex = (member: Json): number | undefined =>
  isObject(member) && typeof member.index === 'number' ? member.index : undefined;

const kindOf = (mediaType: string): string => /^(image|audio|video)\//.exec(mediaType)?.[1] ?? 'file';
