import { dataUrl } from '../openai/file-data.ts';
import { isObject, type Json } from '../openai/json.ts';

/** Where a text stands, as `0.content`, and what it says there. */
export type Written = readonly [place: string, text: string];

/** What there is to read in something, and which kinds of it nobody can read. */
export type Reading = { readonly written: readonly Written[]; readonly unread: readonly string[] };

/** What goes by these names is nobody's text, in whatever it stands: words of the dialect, and names of things. */
const NO_TEXT = new Set(['role', 'type', 'id', 'index', 'tool_call_id', 'detail', 'required']);
/** And these, in what goes by those names: bytes, seals, and what is encrypted. */
const NO_TEXT_IN: Readonly<Record<string, readonly string[]>> = {
  audio: ['data', 'expires_at'],
  input_audio: ['data', 'format'],
  reasoning_details: ['data', 'signature', 'format'],
};
/** What holds bytes, or says where they are; the names of what is in it, where it is a text. */
const MEDIA: Readonly<Record<string, string>> = {
  audio: 'audio',
  input_audio: 'audio',
  image_url: 'image',
  video_url: 'video',
  file: 'file',
};
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
    else if (name === 'file_data' || name === 'file_id') unread.add('file');
    else if (each !== '') {
      written.push([at, each]);
      const medium = MEDIA[within] ?? MEDIA[name];
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
    if (NAMES.has(name)) written.push([`${at}.${field}`, field]);
    const skipped = typeof member !== 'object' && (NO_TEXT.has(field) || NO_TEXT_IN[name]?.includes(field));
    if (!skipped) walk(member, `${at}.${field}`, field, name);
    else if (field === 'data' && member !== '' && MEDIA[name] !== undefined) unread.add(MEDIA[name]);
  };

  walk(value, place, '', '');
  return { written, unread: [...unread] };
}

/** A call says which it is, for in a delta it stands alone. */
const ownIndex = (member: Json): number | undefined =>
  isObject(member) && typeof member.index === 'number' ? member.index : undefined;

const kindOf = (mediaType: string): string => /^(image|audio|video)\//.exec(mediaType)?.[1] ?? 'file';
