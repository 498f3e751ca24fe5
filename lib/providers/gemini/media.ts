import { GatewayError } from '../../errors.ts';
import { toImageData } from '../../openai/file-data.ts';
import type { JsonObject } from '../../openai/json.ts';
import type { Part } from '../../openai/turns.ts';

/** Media types by what a URL ends with, for servers that must be told. */
const types: Readonly<Record<string, string>> = {
  png: 'image/png',
  jpg: 'image/jpeg',
  jpeg: 'image/jpeg',
  webp: 'image/webp',
  gif: 'image/gif',
  heic: 'image/heic',
  heif: 'image/heif',
  pdf: 'application/pdf',
  txt: 'text/plain',
  mp3: 'audio/mp3',
  wav: 'audio/wav',
  mp4: 'video/mp4',
};

/** A piece of content as a part; a text with nothing in it is none. */
export function toPart(part: Part): readonly JsonObject[] {
  switch (part.kind) {
    case 'text':
      return part.text === '' ? [] : [{ text: part.text }];
    case 'image':
      return [toImage(part.url, part.param)];
    case 'audio':
      return [{ inlineData: { mimeType: `audio/${part.format}`, data: part.data } }];
    case 'file':
      return [toFile(part)];
  }
}

function toImage(url: string, param: string): JsonObject {
  const inline = toImageData(url);
  if (inline !== undefined) return { inlineData: { mimeType: inline.mediaType, data: inline.data } };
  if (!isUri(url)) throw unreadable(`${param}.image_url.url`, 'must be a base64 data: URL, or an https: or gs: URL');
  return { fileData: { mimeType: typeOf(url) ?? 'image/jpeg', fileUri: url } };
}

function toFile({ data, mediaType = 'application/pdf', id, name = '', param }: Part & { kind: 'file' }): JsonObject {
  if (data !== undefined) return { inlineData: { mimeType: mediaType, data } };
  if (id === undefined || !isUri(id))
    throw unreadable(
      `${param}.file.file_id`,
      "must be the URI of a file at Google; other providers' files are not there",
    );
  const mimeType = typeOf(name) ?? typeOf(id);
  return { fileData: { ...(mimeType && { mimeType }), fileUri: id } };
}

const isUri = (text: string) => /^(https?|gs):\/\//i.test(text);

function typeOf(name: string): string | undefined {
  const [, ending = ''] = /\.(\w+)$/.exec(name.replace(/[?#].*$/, '')) ?? [];
  const key = ending.toLowerCase();
  return Object.hasOwn(types, key) ? types[key] : undefined;
}

const unreadable = (param: string, problem: string) =>
  new GatewayError('invalid_request_error', { param, message: `${param} ${problem}.` });
