import { toImageData } from '../../openai/file-data.ts';
import type { JsonObject } from '../../openai/json.ts';
import type { Part } from '../../openai/turns.ts';
import { refused } from '../parameters.ts';
import { isClaude, isNova, toFamily } from './family.ts';

/** A content block of Converse. https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_ContentBlock.html */
export type Block = JsonObject;

/** Makes blocks for one request: it knows the model, the names its documents have, and what found no place. */
export type BlockMaker = {
  readonly toBlocks: (parts: readonly Part[]) => readonly Block[];
  /** What was asked for in passing and is left out. */
  readonly dropped: Set<string>;
};

const IMAGES: Readonly<Record<string, string>> = {
  'image/png': 'png',
  'image/jpeg': 'jpeg',
  'image/jpg': 'jpeg',
  'image/gif': 'gif',
  'image/webp': 'webp',
};

const DOCUMENTS: Readonly<Record<string, string>> = {
  'application/pdf': 'pdf',
  'text/csv': 'csv',
  'application/msword': 'doc',
  'application/vnd.openxmlformats-officedocument.wordprocessingml.document': 'docx',
  'application/vnd.ms-excel': 'xls',
  'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet': 'xlsx',
  'text/html': 'html',
  'text/plain': 'txt',
  'text/markdown': 'md',
};

export function blockMaker(model: string, provider: string): BlockMaker {
  const family = toFamily(model);
  const caches = isClaude(family) || isNova(family);
  const dropped = new Set<string>();
  const names = new Set<string>();

  const toBlock = (part: Part): readonly Block[] => {
    switch (part.kind) {
      case 'text':
        return blank(part.text) ? [] : [{ text: part.text }, ...toCachePoint(part.cacheControl)];
      case 'image':
        return [toImage(part, provider)];
      case 'file':
        return [toDocument(part, provider, names)];
      case 'audio':
        throw refused(part.param, provider, `${provider} takes no audio here`);
    }
  };
  const toCachePoint = (hint: JsonObject | undefined): readonly Block[] => {
    if (hint === undefined) return [];
    if (caches) return [cachePoint(hint)];
    dropped.add('cache_control');
    return [];
  };
  return { toBlocks: (parts) => parts.flatMap(toBlock), dropped };
}

/** The prompt is to be cached up to here, for as long as the caller's hint says. */
export const cachePoint = ({ ttl }: JsonObject): Block => ({
  cachePoint: { type: 'default', ...(isTtl(ttl) && { ttl }) },
});

/** The service takes no text that shows nothing. */
export const blank = (text: string): boolean => text.trim() === '';

const isTtl = (value: unknown) => value === '5m' || value === '1h';

function toImage({ url, param }: Part & { kind: 'image' }, provider: string): Block {
  const image = toImageData(url);
  if (image === undefined)
    throw refused(param, provider, `${provider} fetches no images; send the image itself as a data: URL`);
  const format = IMAGES[image.mediaType];
  if (format === undefined)
    throw refused(
      param,
      provider,
      `${provider} takes png, jpeg, gif and webp images, not ${image.mediaType || 'this'}`,
    );
  return { image: { format, source: { bytes: image.data } } };
}

function toDocument(
  { data, mediaType = '', name, id, param }: Part & { kind: 'file' },
  provider: string,
  names: Set<string>,
): Block {
  if (data === undefined)
    throw refused(param, provider, `${provider} keeps no files (${id}); send the file itself as file_data`);
  const format = DOCUMENTS[mediaType];
  if (format === undefined)
    throw refused(
      param,
      provider,
      `${provider} takes ${Object.values(DOCUMENTS).join(', ')} files, not ${mediaType || 'this'}`,
    );
  return { document: { format, name: unique(toName(name ?? ''), names), source: { bytes: data } } };
}

/** A file's name with the characters the service allows: letters, digits, single spaces, hyphens, parentheses and brackets. */
function toName(name: string): string {
  const stem = name.replace(/\.[a-zA-Z0-9]{1,5}$/, '');
  const plain = stem.replace(/[^a-zA-Z0-9\s()[\]-]+/g, '-').replace(/\s+/g, ' ');
  return plain.slice(0, 190).trim() || 'document';
}

/** No two documents of a request may have the same name. */
function unique(name: string, names: Set<string>): string {
  let fresh = name;
  for (let count = 2; names.has(fresh); count++) fresh = `${name} (${count})`;
  names.add(fresh);
  return fresh;
}
