import { createHash } from 'node:crypto';
import { canonical, type Json } from '../audit/canonical.ts';
import { isFields } from './access-fields.ts';

/** More than people write into an item; an entry has two of them, and an item of DynamoDB's ends at 400 kB. */
const MOST_BYTES = 100_000;
/** Of a name or a reason: more than people write, and an entry has a few of them. */
export const MOST_TEXT_BYTES = 2_000;
const SECRETS = /sk-sluice-[\w-]+/g;

/** An attribute as JSON. A secret that somebody pasted into it is masked, and of what is too large for an entry only size and hash are left. */
export function plain(attribute: unknown): Json {
  const value = toJson(attribute);
  const text = canonical(value);
  const bytes = Buffer.byteLength(text);
  return bytes <= MOST_BYTES ? value : { bytes, sha256: sha256(text) };
}

/** A name or a reason, without the secrets of keys; of one that is too large for an entry only size and hash are left. */
export function plainText(said: string): string {
  const text = masked(said);
  const bytes = Buffer.byteLength(text); // not before: the mask may be longer than a secret
  return bytes <= MOST_TEXT_BYTES ? text : `(${bytes} bytes, SHA-256 ${sha256(text)})`;
}

export const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');

function toJson(value: unknown): Json {
  if (typeof value === 'string') return masked(value);
  if (value === null || typeof value === 'boolean' || typeof value === 'number') return value;
  if (Array.isArray(value)) return value.map(toJson);
  if (value instanceof Set)
    return [...value].map(toJson).sort((one, other) => (canonical(one) < canonical(other) ? -1 : 1));
  if (value instanceof Uint8Array) return `binary, ${value.byteLength} bytes`;
  if (isFields(value))
    return Object.fromEntries(Object.entries(value).map(([name, each]) => [masked(name), toJson(each)]));
  return String(value);
}

const masked = (text: string): string => text.replace(SECRETS, 'sk-sluice-…');
