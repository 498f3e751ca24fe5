import { type IncomingMessage, type Server, type ServerResponse, STATUS_CODES } from 'node:http';
import type { Duplex } from 'node:stream';
import { GatewayError } from '../errors.ts';
import { refuse } from '../pipeline/serve.ts';
import type { World } from '../world.ts';

/** For a refusal to be read before its connection is cut. */
const LAST_WORDS_MS = 250;

/**
 * Refuses in the house's own words what never becomes a request: bytes that are no HTTP, more headers than are read, a
 * request that does not arrive in time. Node would answer with a bare status. The connection ends with it, for nobody
 * knows where on it the next request would begin.
 */
export function refuseUnread(server: Server, world: World): void {
  const waiting = new WeakMap<Duplex, Set<ServerResponse>>();
  const refused = new WeakSet<Duplex>();
  const end = (socket: Duplex, error: GatewayError) => {
    if (refused.has(socket)) return; // one that goes on sending is heard again
    refused.add(socket);
    socket.on('error', () => {});
    // Before an answer that is under way, or in the middle of it, a refusal would be read as that answer.
    const others = [...(waiting.get(socket) ?? [])].filter(({ req, headersSent }) => req.complete || headersSent);
    if (!socket.writable || others.length > 0) return void socket.destroy();
    socket.end(written(error, world));
    setTimeout(() => socket.destroy(), LAST_WORDS_MS).unref();
  };
  server.on('clientError', (error: NodeJS.ErrnoException, socket) => end(socket, toRefusal(error.code)));
  server.on('connect', (_, socket) => end(socket, noTunnel()));
  const under = (request: IncomingMessage, response: ServerResponse) => {
    const all = waiting.get(request.socket) ?? new Set();
    waiting.set(request.socket, all.add(response));
    response.once('close', () => all.delete(response));
  };
  server.on('request', under);
  // Other expectations than to be told to go on may be passed over (RFC 9110, 10.1.1); Node would refuse them.
  server.on('checkExpectation', (request, response) => server.emit('request', request, response));
}

function toRefusal(code: string | undefined): GatewayError {
  switch (code) {
    case 'HPE_HEADER_OVERFLOW':
      return new GatewayError('headers_too_large', {
        message: 'The request has more than 16 KB of headers, or too many. Send what is long in the body.',
      });
    case 'ERR_HTTP_REQUEST_TIMEOUT':
      return new GatewayError('request_timeout', { message: 'The request did not arrive in time.' });
    default:
      return new GatewayError('invalid_request_error', { message: 'The request is not valid HTTP/1.1.' });
  }
}

const noTunnel = () =>
  new GatewayError('method_not_allowed', { message: 'This is no proxy: nothing is reached through it.', allow: [] });

/** The refusal as bytes: there is no request, and so no response to write it with. */
function written(error: GatewayError, world: World): string {
  const { status, headers, body } = refuse(error, { id: world.newId(), startedTick: world.tick() }, world);
  const text = [...(Array.isArray(body) ? body : [])].join('');
  const lines = Object.entries({ ...headers, 'content-length': `${Buffer.byteLength(text)}`, connection: 'close' });
  return `HTTP/1.1 ${status} ${STATUS_CODES[status]}\r\n${lines.map(([name, value]) => `${name}: ${value}\r\n`).join('')}\r\n${text}`;
}
