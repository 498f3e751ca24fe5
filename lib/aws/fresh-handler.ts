import { Agent as HttpAgent } from 'node:http';
import { Agent as HttpsAgent } from 'node:https';
import { Socket } from 'node:net';
import { NodeHttpHandler } from '@smithy/node-http-handler';
import { freshened, KEPT_MS } from '../wire/freshened.ts';

/** How long the service may take, in milliseconds. */
export type Patience = {
  /** Until there is a connection, its TLS included. */
  readonly connectMs: number;
  /** Until the answer begins, and between any two reads of it. */
  readonly silenceMs: number;
};

/** The SDK's handler of HTTP, with connections that are kept, and made anew when a pause has killed them. */
export function freshHandler({ connectMs, silenceMs }: Patience, now: () => number): Pick<NodeHttpHandler, 'handle'> {
  const open = () => {
    const kept = { keepAlive: true, timeout: KEPT_MS, maxSockets: Number.POSITIVE_INFINITY };
    const unheard = new WeakSet();
    const prepared = <Kind extends HttpAgent>(agent: Kind, made: string) =>
      telling(punctual(agent, connectMs, made), unheard);
    // The SDK would choose HTTP/2, where it knows no timeouts.
    const handler = new NodeHttpHandler({
      requestTimeout: silenceMs,
      socketTimeout: silenceMs,
      throwOnRequestTimeout: true, // without it the handler only warns
      httpAgent: prepared(new HttpAgent(kept), 'connect'),
      httpsAgent: prepared(new HttpsAgent(kept), 'secureConnect'),
    });
    return { handler, unheard };
  };
  // Whether a connection was a kept one is told by its failure.
  const fresh = freshened({ open, kept: () => true, now });
  return {
    handle: (request, options) =>
      fresh(`${request.hostname}:${request.port}`, ({ handler, unheard }, used) => {
        const answer = handler.handle(request, options).then((given) => {
          given.response.body.once('close', used);
          return given;
        });
        return { answer, silent: (failure) => failure instanceof Error && unheard.has(failure) };
      }),
  };
}

/** The agent, its connections given up when they take longer to come about. The SDK's own limit ends where TLS begins. */
function punctual<Kind extends HttpAgent>(agent: Kind, connectMs: number, made: string): Kind {
  const connect = agent.createConnection.bind(agent);
  agent.createConnection = (options, callback) => {
    const socket = connect(options, callback);
    const late = () => {
      const message = `There was no connection within ${connectMs} ms.`;
      socket?.destroy(Object.assign(new Error(message), { code: 'UND_ERR_CONNECT_TIMEOUT' })); // as undici calls it
    };
    const timeout = setTimeout(late, connectMs);
    const cancel = () => clearTimeout(timeout);
    socket?.once(made, cancel).once('close', cancel);
    return socket;
  };
  return agent;
}

/** The agent, telling of failures over a kept connection that came before a byte of the answer did. */
function telling<Kind extends HttpAgent>(agent: Kind, unheard: WeakSet<Error>): Kind {
  const reuse = agent.reuseSocket.bind(agent);
  agent.reuseSocket = (socket, request) => {
    reuse(socket, request);
    const read = () => (socket instanceof Socket ? socket.bytesRead : Number.NaN);
    const before = read();
    request.prependOnceListener('error', (error) => {
      if (read() === before) unheard.add(error);
    });
  };
  return agent;
}
