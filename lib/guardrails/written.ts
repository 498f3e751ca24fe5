import { dataUrl } from '../openai/file-data.ts';
import { isObject, type Json } from '../openai/json.ts';

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

/** Every text in a value, at its place below this one, but for the fields of it that are left out. */
export function read(value: Json | undefined, place: string, leftOut: readonly string[] = []): Reading {
  const written: Written[] = [];
  const unread = new Set<string>();

  const text = (each: string, at: string, name: string, within: string): void => {
    const url = dataUrl(each);
    if (url !== undefined && !/^text\/|json|xml|csv/.test(url.mediaType)) unread.add(kindOf(url.mediaType));
    else if (url !== undefined) written.push([at, Buffer.from(url.data, 'base64').toString()]);
    else if (name === 'file_id' || (name === 'file_data' && /^[A-Za-z0-9+/]*={0,2}$/.test(each))) unread.add('file');
    else if (each !== '') {
      written.push([at, each]);
      const medium = MEDIA.get(within) ?? MEDIA.get(name);
      if (medium !== undefined && /^https?:/i.test(each)) unread.add(medium); // the provider fetches it
    }
  };

  const walk = (each: Json | undefined, at: string, name: string, within: string): void => {
    if (typeof each === 'string') text(each, at, name, within);
    if (Array.isArray(each)) {
      if (each.length > 0 && each.every((member: Json) => typeof member === 'number') && name === 'input')
        unread.add('tokens');
      const members: readonly Json[] = each;
      for (const [index, member] of members.entries()) walk(member, `${at}.${ownIndex(member) ?? index}`, name, within);
    }
    if (isObject(each)) for (const [field, member] of Object.entries(each)) into(field, member, at, name);
  };

  const into = (field: string, member: Json | undefined, at: string, name: string): void => {
    if (at === place && leftOut.includes(field)) return;
    if (NAMES.has(name) || !A_WORD.test(field)) written.push([`${at}.${field}`, field]);
    const named = NO_TEXT.has(field) || NO_TEXT_IN.get(name)?.includes(field);
    if (!named || typeof member !== 'string' || /\s/.test(member)) walk(member, `${at}.${field}`, field, name);
    else if (field === 'data' && member !== '' && MEDIA.has(name)) unread.add('audio');
  };

  walk(value, place, '', '');
  return { written, unread: [...unread] };
}

/** A call says which it is, for in a delta it stands alone. */
const ownIndex = (member: Json): number | undefined =>
  isObject(member) && typeof member.index === 'number' ? member.index : undefined;

const kindOf = (mediaType: string): string => /^(image|audio|video)\//.exec(mediaType)?.[1] ?? 'file';
