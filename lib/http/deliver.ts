import type { ServerResponse } from 'node:http';
import type { Reply } from '../pipeline/visit.ts';

/** For the failure to be said in-band to those who still read. */
const LAST_WORDS_MS = 250;

/**
 * Writes a reply to a client as it comes, no faster than the client reads. Ends when the client has it all, is gone, has
 * had its time, or takes nothing for `stalledMs`; leaving the loop early ends the reply's source with it, in the source's
 * own way.
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
    response.end(text);
  } else {
    if (!response.destroyed) response.writeHead(status, headers);
    // Begun for a client that is gone, too: a source that nobody begins cannot end.
    for await (const piece of body) {
      if (response.destroyed) break;
      if (!response.write(piece)) await taken(response, 'drain', stalledMs);
    }
    response.end();
  }
}

/** The client has taken what waited for it, or is gone: 'drain' alone would wait for a vanished client for ever. */
function taken(response: ServerResponse, event: 'drain' | 'finish', stalledMs: number): Promise<void> {
  return new Promise((resolve) => {
    const come = () => {
      response.off(event, come).off('close', come).setTimeout(0);
      resolve();
    };
    // Node cuts a connection on which nothing moves for so long; a client that reads moves it. Only here, where we wait for
    // the client: what it waits for may be longer in coming.
    if (response.writableLength > 0) response.setTimeout(stalledMs);
    // Before Node's own listener of 'finish', which gives the connection to the next response, or says how long it may idle.
    response.prependListener(event, come).once('close', come);
  });
}
