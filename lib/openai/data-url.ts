import { type Base64, fromBase64, percentDecoded } from './base64.ts';

/** A `data:` URL, taken apart. https://www.rfc-editor.org/rfc/rfc2397 */
export type DataUrl = Base64 & {
  /** All up to the data, as it is written. */
  readonly head: string;
  /** In small letters; nothing where base64 is said to be nothing in particular. */
  readonly mediaType: string;
  readonly charset: string | undefined;
};

export const isDataUrl = (text: string): boolean => /^\s*data:/i.test(text.slice(0, 64));

/** Takes a `data:` URL apart, however long its head and whatever is wrong with it; undefined for any other text, and for one without data. */
export function toDataUrl(given: string): DataUrl | undefined {
  const comma = given.indexOf(',');
  if (comma < 0 || !isDataUrl(given)) return undefined;
  const head = given.slice(0, comma + 1);
  const [type = '', ...parameters] = head
    .slice(head.indexOf(':') + 1, -1)
    .toLowerCase()
    .split(';')
    .map((each) => each.trim());
  const [, charset] = parameters.flatMap((each) => [/^charset\s*=\s*"?([^"]*)/.exec(each) ?? []]).flat();
  const written = given.slice(comma + 1);
  if (parameters.includes('base64')) return { head, mediaType: type, charset, ...inBase64(written) };
  return { head, mediaType: type || 'text/plain', charset, ...writtenOut(written) };
}

/** Base64 may be escaped besides, as anything in a URL. */
const inBase64 = (written: string): Base64 =>
  fromBase64(written.includes('%') ? percentDecoded(written).toString('latin1') : written);

/** Data that are written out are read as they stand: nothing else is to be found in them. */
const writtenOut = (written: string): Base64 => ({
  bytes: percentDecoded(written),
  wellFormed: !/%(?![\da-f]{2})/i.test(written),
  wordless: true,
});
