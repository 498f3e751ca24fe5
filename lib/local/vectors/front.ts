import { createServer, type IncomingMessage, type Server } from 'node:http';
import { wholeBody } from '../whole-body.ts';
import { type Reply, refusal } from './reply.ts';

/** A request that has come in whole. */
export type Request = { readonly method: string; readonly path: string; readonly body: string };

/** A header of every reply, which tells this server from another that has its port by now. */
export const PROCESS = 'x-sluice-process';

const MOST_BYTES = 16 * 1024 * 1024;

/** The HTTP face of the vectors: takes each request in whole. */
export function front(answer: (request: Request) => Promise<Reply>): Server {
  // Whoever keeps a connection says how long: a server that closes first makes the client's next write fail.
  return createServer({ keepAliveTimeout: 0 }, async (request, response) => {
    const reply = await replyTo(request, answer);
    if (reply === undefined || response.destroyed) return;
    const bytes = Buffer.from(reply.body === undefined ? '' : JSON.stringify(reply.body));
    response.writeHead(reply.status, {
      'content-type': 'application/json',
      'content-length': bytes.length,
      [PROCESS]: String(process.pid),
    });
    response.end(bytes);
  });
}

/** What to say to a request; undefined when its sender has gone. */
async function replyTo(
  request: IncomingMessage,
  answer: (request: Request) => Promise<Reply>,
): Promise<Reply | undefined> {
  try {
    // Browsers send Origin; no page a person visits may read or change their gateway's data.
    if (request.headers.origin !== undefined) return refusal(403, 'security_exception', 'Not for web pages.');
    const body = await wholeBody(request, MOST_BYTES);
    if (body === undefined) return refusal(413, 'circuit_breaking_exception', 'The request is larger than 16 MB.');
    return await answer({ method: request.method ?? '', path: request.url ?? '', body });
  } catch (error) {
    if (!request.complete) return undefined;
    if (error instanceof SyntaxError || error instanceof URIError)
      return refusal(400, 'parse_exception', error.message);
    process.stderr.write(`${error instanceof Error ? error.stack : error}\n`);
    return refusal(500, 'exception', 'The local vectors failed; the log says why.');
  }
}
