import { GatewayError } from '../errors.ts';

/** Media types by what a file's name ends with. */
const TYPES: Readonly<Record<string, string>> = {
  pdf: 'application/pdf',
  txt: 'text/plain',
  md: 'text/markdown',
  csv: 'text/csv',
  html: 'text/html',
  htm: 'text/html',
  json: 'application/json',
  xml: 'application/xml',
  doc: 'application/msword',
  docx: 'application/vnd.openxmlformats-officedocument.wordprocessingml.document',
  xls: 'application/vnd.ms-excel',
  xlsx: 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet',
  png: 'image/png',
  jpg: 'image/jpeg',
  jpeg: 'image/jpeg',
  gif: 'image/gif',
  webp: 'image/webp',
};

/** `%PDF` in base64. */
const PDF = 'JVBERi0';

type FileData = { readonly data: string; readonly mediaType: string };

/** A file's base64 and its media type; `param` is the path of the file. What is neither base64 nor a `data:` URL is refused. */
export function toFileData(given: string, name: string | undefined, param: string): FileData {
  const { data, mediaType } = readData(given, `${param}.file_data`);
  if (!/^[A-Za-z0-9+/]*={0,2}$/.test(data)) throw wrong(`${param}.file_data`, 'must be base64, or a data: URL');
  const type = mediaType || typeOf(name ?? '') || (data.startsWith(PDF) ? TYPES.pdf : undefined);
  if (type !== undefined) return { data, mediaType: type };
  throw wrong(`${param}.filename`, 'must tell what the file is: no data: URL and no known ending does');
}

/** The media type and base64 of a `data:` URL; undefined for any other. */
export function dataUrl(url: string): { readonly mediaType: string; readonly data: string } | undefined {
  const head = /^data:([^;,]*)(?:;[^;,]*)*;base64,/.exec(url.slice(0, 256));
  return head === null ? undefined : { mediaType: (head[1] ?? '').toLowerCase(), data: url.slice(head[0].length) };
}

function readData(given: string, param: string): FileData {
  const [, scheme] = /^([a-z][a-z0-9+.-]*):/i.exec(given.slice(0, 64)) ?? [];
  if (scheme === undefined) return { data: given, mediaType: '' };
  if (scheme.toLowerCase() === 'data') return dataUrl(given) ?? writtenOut(given, param);
  throw new GatewayError('unsupported_parameter', {
    param,
    message: `${param} is a URL, which this provider does not fetch. Send the file itself, as base64 or a data: URL.`,
  });
}

/** A `data:` URL that holds its text as it is; one that names no type is plain text. https://www.rfc-editor.org/rfc/rfc2397 */
function writtenOut(url: string, param: string): FileData {
  const comma = url.indexOf(',');
  if (comma < 0) throw wrong(param, 'is a data: URL without data');
  const head = url.slice('data:'.length, comma).toLowerCase();
  const written = url.slice(comma + 1);
  const mediaType = head.replace(/;.*$/s, '') || 'text/plain';
  if (head.endsWith(';base64')) return { data: written, mediaType }; // a head too long for `dataUrl`
  try {
    return { data: Buffer.from(decodeURIComponent(written)).toString('base64'), mediaType };
  } catch (cause) {
    throw wrong(param, 'is a data: URL that cannot be decoded', cause);
  }
}

function typeOf(name: string): string | undefined {
  const ending = /\.(\w+)$/.exec(name)?.[1]?.toLowerCase() ?? '';
  return Object.hasOwn(TYPES, ending) ? TYPES[ending] : undefined;
}

const wrong = (param: string, problem: string, cause?: unknown) =>
  new GatewayError('invalid_request_error', { param, message: `${param} ${problem}.`, cause });
