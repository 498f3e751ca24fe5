import { GatewayError } from '../errors.ts';
import { isElsewhere, toEnclosure } from './enclosure.ts';

/** What a dialect sends of a file. */
export type FileData = {
  /** Base64; of a text in UTF-8, whatever it came in. */
  readonly data: string;
  readonly mediaType: string;
  /** What it says, where it is a text. */
  readonly text?: string;
};

/** A file's data and its media type; `param` is the path of the file. What is neither base64 nor a `data:` URL is refused. */
export function toFileData(given: string, name: string | undefined, param: string): FileData {
  const file = toEnclosure(given, { name });
  if (file === undefined && isElsewhere(given))
    throw new GatewayError('unsupported_parameter', {
      param: `${param}.file_data`,
      message: `${param}.file_data is a URL, which this provider does not fetch. Send the file itself, as base64 or a data: URL.`,
    });
  if (!file?.wellFormed) throw wrong(`${param}.file_data`, 'must be base64, or a data: URL that can be decoded');
  const { bytes, mediaType, text } = file;
  if (mediaType === '')
    throw wrong(`${param}.filename`, 'must tell what the file is: no data: URL and no known ending does');
  if (text === undefined) return { data: bytes.toString('base64'), mediaType };
  return { data: Buffer.from(text.meant).toString('base64'), mediaType, text: text.meant };
}

/** The media type and base64 of an image that is a `data:` URL; undefined for any other, and for one that cannot be decoded. */
export function toImageData(url: string): Pick<FileData, 'data' | 'mediaType'> | undefined {
  const image = toEnclosure(url);
  if (image === undefined || image.head === '' || !image.wellFormed) return undefined;
  return { data: image.bytes.toString('base64'), mediaType: image.mediaType };
}

const wrong = (param: string, problem: string) =>
  new GatewayError('invalid_request_error', { param, message: `${param} ${problem}.` });
