import { isUtf8 } from 'node:buffer';

/** A header as its sender means it. HTTP hands its bytes on one by one, each a character; where they are UTF-8, that is what was written. */
export function asUtf8(header: string): string {
  if (!/[\x80-\xff]/.test(header) || /[\u0100-\uffff]/.test(header)) return header;
  const bytes = Buffer.from(header, 'latin1');
  return isUtf8(bytes) ? bytes.toString() : header;
}
