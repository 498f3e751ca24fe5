import type { ServerResponse } from 'node:http';
import type { Reply } from '../pipeline/visit.ts';

/** For the failure to be said in-band to those who still read. */
const LAST_WORDS_MS = 250;

/**
 * Writes a reply to a client as it comes, no faster than the client reads. Ends when the client has it all, is gone, or
 * has had its time; leaving the loop early ends the reply's source with it, in the source's own way.
 */
export async function deliver({ status, headers, body, signal }: Reply, response: ServerResponse): Promise<void> {
  const stop = () => setTimeout(() => response.destroy(), LAST_WORDS_MS).unref();
  signal?.addEventListener('abort', stop, { once: true });
  try {
    await written({ status, headers, body }, response);
    await finished(response);
  } finally {
    signal?.removeEventListener('abort', stop); // it may outlive the reply, and would keep all of it
  }
}

async function written({ status, headers, body }: Omit<Reply, 'afterwards'>, response: ServerResponse): Promise<void> {
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
      if (!response.write(piece)) await drained(response);
    }
    response.end();
  }
}

/** The client has read on, or is gone: 'drain' alone would wait for a vanished client for ever. */
async function drained(response: ServerResponse): Promise<void> {
  await firstOf(response, 'drain');
}

async function finished(response: ServerResponse): Promise<void> {
  if (!response.writableFinished && !response.destroyed) await firstOf(response, 'finish');
}

function firstOf(response: ServerResponse, event: 'drain' | 'finish'): Promise<void> {
  return new Promise((resolve) => {
    const come = () => {
      response.off(event, come).off('close', come);
      resolve();
    };
    response.once(event, come).once('close', come);
  });
}
