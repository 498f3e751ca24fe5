import type { IncomingMessage } from 'node:http';

/** What is read and thrown away of a body over the limit, so that its sender gets to read why it was refused. */
const MOST_DISCARDED_BYTES = 64 * 1024 * 1024;

/** A sender may cut its body into single bytes, each of which would be an object of ours: so many become one. */
const MOST_PIECES = 32;

/** A request's body as it was read. */
export type Body = Uint8Array | 'too large' | 'gone';

/**
 * The whole body of a request; `too large` past `most` bytes, none of which are kept; `gone` when the client left
 * before the end. Listens to events instead of looping: leaving a loop over a request destroys its socket, and the
 * refusal with it.
 */
export function readBody(request: IncomingMessage, most: number): Promise<Body> {
  return new Promise((resolve) => {
    if (request.destroyed) return resolve('gone'); // before we came to read it: no event will say so
    let pieces: Buffer[] = [];
    let joined = 0; // of the pieces, the first so many are several in one
    let length = 0;
    request.on('data', (piece: Buffer) => {
      length += piece.length;
      if (length <= most) pieces.push(piece);
      else pieces = [];
      if (pieces.length === joined + MOST_PIECES) joined = pieces.push(Buffer.concat(pieces.splice(joined)));
      if (length > MOST_DISCARDED_BYTES) resolve('too large');
    });
    request.on('end', () =>
      resolve(length > most ? 'too large' : pieces.length === 1 && pieces[0] ? pieces[0] : Buffer.concat(pieces)),
    );
    request.on('error', () => resolve('gone'));
    request.on('close', () => resolve('gone'));
  });
}
