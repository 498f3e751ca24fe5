import { type Base64, fromBase64 } from './base64.ts';
import { type DataUrl, isDataUrl, toDataUrl } from './data-url.ts';
import { typeOfName } from './media-types.ts';
import { couldBeText, toSaid } from './said.ts';

/** What a request encloses, as base64 or as a `data:` URL: a file, an image, a sound. */
export type Enclosure = Base64 & {
  /** All of a `data:` URL up to its data; nothing for base64 alone. */
  readonly head: string;
  /** By its head, its name, or how it begins; nothing where none of them tells. */
  readonly mediaType: string;
  /** What it says, where it is a text and may be given as one; and whether its bytes say it in UTF-8. */
  readonly text: { readonly meant: string; readonly utf8: boolean } | undefined;
  /** All that its bytes could be read as, by somebody: also where they are called something else than a text. */
  readonly readings: readonly string[];
};

export type Called = {
  readonly name?: string | undefined;
  /** What stands in that place, where nothing else tells. */
  readonly usual?: string;
};

/**
 * The one reader of what is enclosed: dialects send what it reads, and redaction and guardrails look at what it reads.
 * What is wrong with it is no reason not to read it: others might. Undefined for what is neither base64 nor a `data:` URL.
 */
export function toEnclosure(given: string, { name = '', usual = '' }: Called = {}): Enclosure | undefined {
  const opened = isDataUrl(given) ? toDataUrl(given) : alone(given);
  if (opened === undefined) return undefined;
  const { bytes, charset, mediaType: told } = opened;
  const mediaType = told || typeOfName(name) || (bytes.toString('latin1', 0, 5) === '%PDF-' ? PDF : usual);
  const called = isText(mediaType);
  const said = called || charset || couldBeText(bytes) ? toSaid(bytes, charset) : undefined;
  const { readings: [meant] = [''], known = false, utf8 = false } = said ?? {};
  const textual = known && (called || UNTOLD.has(mediaType)) && !meant.includes(ZERO);
  return {
    ...opened,
    mediaType,
    text: textual ? { meant, utf8 } : undefined,
    readings: said?.readings.filter((each) => called || !each.includes(ZERO)) ?? [],
  };
}

/** A text as a file of this type. */
export const enclosed = (text: string, mediaType: string): string =>
  `data:${UNTOLD.has(mediaType) ? 'text/plain' : mediaType};charset=utf-8;base64,${Buffer.from(text).toString('base64')}`;

const PDF = 'application/pdf';
/** Stands in no text. */
const ZERO = '\0';
const UNTOLD = new Set(['', 'application/octet-stream']);

const isText = (mediaType: string): boolean => /^text\/|(?:json|xml|csv|ya?ml|javascript)$/.test(mediaType);

function alone(given: string): DataUrl | undefined {
  const read = fromBase64(given);
  return read.wellFormed ? { head: '', mediaType: '', charset: undefined, ...read } : undefined;
}

/** True for what stands elsewhere, as `https://` and `gs://`: nobody here knows what it holds. */
export const isElsewhere = (text: string): boolean => /^\s*[a-z][a-z0-9+.-]*:\/\//i.test(text.slice(0, 64));
