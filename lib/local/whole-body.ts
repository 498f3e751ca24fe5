import type { IncomingMessage } from 'node:http';

/** The body of a request as text; undefined where it is longer than so many bytes. */
export async function wholeBody(request: IncomingMessage, mostBytes: number): Promise<string | undefined> {
  const parts: Buffer[] = [];
  let bytes = 0;
  // Read to the end even when it is too much: an answer in mid-request is lost on most clients.
  for await (const part of request) {
    bytes += part.length;
    if (bytes <= mostBytes) parts.push(part);
  }
  return bytes <= mostBytes ? Buffer.concat(parts).toString() : undefined;
}
