import type { Delta } from '../openai/answer.ts';

/** The bytes of all text a delta says, whatever field it stands in; whose turn it is says nothing. */
export const bytesSaid = (delta: Delta): number => bytesOf(delta) - bytesOf(delta.role);

function bytesOf(value: unknown): number {
  if (typeof value === 'string') return Buffer.byteLength(value);
  if (typeof value !== 'object' || value === null) return 0;
  let bytes = 0;
  for (const each of Object.values(value)) bytes += bytesOf(each);
  return bytes;
}
