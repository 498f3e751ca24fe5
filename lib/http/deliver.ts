import type { ServerResponse } from 'node:http';
import type { Reply } from '../pipeline/visit.ts';

/** For the failure to be said in-band to those who still read. */
const LAST_WORDS_MS = 250;

/**
 * Writes a reply to a client as it comes, no faster than the client reads. Ends when the client has it all, is gone, has
 * had its time, or takes longer than `stalledMs` for a quarter of a megabyte; leaving the loop early ends the reply's source
 * with it, in the source's own way.
 */
export async function deliver(
  { status, headers, body, signal }: Reply,
  response: ServerResponse,
  stalledMs: number,
): Promise<void> {
  const stop = () => setTimeout(() => response.destroy(), LAST_WORDS_MS).unref();
  // A signal fires once, and this one may have done so before.
  if (signal?.aborted) stop();
  else signal?.addEventListener('abort', stop, { once: true });
  try {
    await written({ status, headers, body }, response, stalledMs);
    if (!response.writableFinished && !response.destroyed) await taken(response, 'finish', stalledMs);
  } finally {
    signal?.removeEventListener('abort', stop); // it may outlive the reply, and would keep all of it
  }
}

async function written(
  { status, headers, body }: Omit<Reply, 'afterwards'>,
  response: ServerResponse,
  stalledMs: number,
): Promise<void> {
  if (Array.isArray(body)) {
    if (response.destroyed) return;
    const text = body.join('');
    response.writeHead(status, { ...headers, 'content-length': Buffer.byteLength(text) });
    if (text.length <= PIECE) return void response.end(text); // with its head in one write
    await handed(text, response, stalledMs);
  } else {
    if (!response.destroyed) response.writeHead(status, headers);
    // Begun for a client that is gone, too: a source that nobody begins cannot end.
    for await (const piece of body) {
      if (response.destroyed) break;
      await handed(piece, response, stalledMs);
    }
  }
  response.end();
}

/** So much is handed over at once, of which nobody can tell how much a client has taken. */
const PIECE = 256 * 1024;

async function handed(text: string, response: ServerResponse, stalledMs: number): Promise<void> {
  for (const piece of text.length <= PIECE ? [text] : piecesOf(Buffer.from(text)))
    if (!response.destroyed && !response.write(piece)) await taken(response, 'drain', stalledMs);
}

function* piecesOf(bytes: Buffer): Iterable<Buffer> {
  for (let at = 0; at < bytes.length; at += PIECE) yield bytes.subarray(at, at + PIECE);
}

/**
 * The client has taken what waited for it, or is gone: 'drain' alone would wait for a vanished client for ever. It has
 * `stalledMs` for that, once its turn on the connection has come. Node's own time for a socket would begin anew with each
 * byte that the client sends.
 */
function taken(response: ServerResponse, event: 'drain' | 'finish', stalledMs: number): Promise<void> {
  return new Promise((resolve) => {
    let stalled: NodeJS.Timeout | undefined;
    const begin = () => {
      stalled = setTimeout(() => response.destroy(), stalledMs);
    };
    const come = () => {
      clearTimeout(stalled);
      response.off(event, come).off('close', come).off('socket', begin);
      resolve();
    };
    response.once(event, come).once('close', come);
    if (response.socket === null) response.once('socket', begin);
    else begin();
  });
}
