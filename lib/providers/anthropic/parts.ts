import { GatewayError } from '../../errors.ts';
import { toImageData } from '../../openai/file-data.ts';
import type { JsonObject } from '../../openai/json.ts';
import type { Part } from '../../openai/turns.ts';
import { refused } from '../parameters.ts';

/** Where parts are going: to whom, and whether files stored there can be named. */
export type Recipient = { readonly provider: string; readonly files: boolean };

const IMAGES = new Set(['image/jpeg', 'image/png', 'image/gif', 'image/webp']);
const TEXTS = /^(?:text\/|application\/json$)/;

/** Content as blocks; blank text is left out, for it may not be sent. */
export function toBlocks(parts: readonly Part[], recipient: Recipient): readonly JsonObject[] {
  return parts.flatMap((part) => toBlock(part, recipient));
}

function toBlock(part: Part, recipient: Recipient): readonly JsonObject[] {
  switch (part.kind) {
    case 'text':
      return textBlocks(part.text, part.cacheControl);
    case 'image':
      return [toImage(part.url, part.param)];
    case 'file':
      return [toDocument(part, recipient)];
    case 'audio':
      throw refused(part.param, recipient.provider, `${recipient.provider} cannot be given audio`);
  }
}

/** A text as a block, or as none when nothing is written in it. */
export function textBlocks(text: string, cacheControl?: JsonObject): readonly JsonObject[] {
  if (text.trim() === '') return [];
  return [{ type: 'text', text, ...(cacheControl !== undefined && { cache_control: cacheControl }) }];
}

function toImage(url: string, param: string): JsonObject {
  const inline = toImageData(url);
  if (inline !== undefined) return imageOf(inline.mediaType, inline.data, `${param}.image_url.url`);
  if (/^https:\/\//i.test(url)) return { type: 'image', source: { type: 'url', url } };
  throw wrong(`${param}.image_url.url`, 'must be an https or a data: URL with base64');
}

function imageOf(mediaType: string, data: string, param: string): JsonObject {
  const media_type = mediaType === 'image/jpg' ? 'image/jpeg' : mediaType;
  if (IMAGES.has(media_type)) return { type: 'image', source: { type: 'base64', media_type, data } };
  throw wrong(param, `is of type ${mediaType || 'unknown'}; images must be JPEG, PNG, GIF or WebP`);
}

function toDocument(file: Extract<Part, { kind: 'file' }>, { provider, files }: Recipient): JsonObject {
  const { id, data = '', mediaType = '', text, name, param } = file;
  const titled = { type: 'document', ...(name !== undefined && name !== '' && { title: name }) };
  if (id !== undefined) {
    if (!files) throw refused(`${param}.file.file_id`, provider, `${provider} keeps no files; send file_data`);
    return { ...titled, source: { type: 'file', file_id: id } };
  }
  if (mediaType === 'application/pdf') return { ...titled, source: { type: 'base64', media_type: mediaType, data } };
  if (mediaType.startsWith('image/')) return imageOf(mediaType, data, `${param}.file.file_data`);
  if (TEXTS.test(mediaType)) {
    if (text === undefined) throw wrong(`${param}.file.file_data`, 'is a text that cannot be read; send it in UTF-8');
    return { ...titled, source: { type: 'text', media_type: 'text/plain', data: text } };
  }
  throw wrong(`${param}.file.file_data`, `is of type ${mediaType || 'unknown'}; files must be PDF, text or images`);
}

const wrong = (param: string, problem: string) =>
  new GatewayError('invalid_request_error', { param, message: `${param} ${problem}.` });
