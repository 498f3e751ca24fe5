import { createHash } from 'node:crypto';

const hashOf = (id: string): string => createHash('sha256').update(id).digest('hex');

/** Tool call ids of at most this many characters; a longer one becomes a hash of itself, so that call and result still meet. */
export const atMost = (length: number) => (id: string) =>
  id.length <= length ? id : `call_${hashOf(id)}`.slice(0, length);

/** Tool call ids of exactly this many letters and digits, as Mistral wants them. */
export const exactly = (length: number) => (id: string) =>
  id.length === length && /^[a-z0-9]+$/i.test(id) ? id : hashOf(id).slice(0, length);
