import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { text } from 'node:stream/consumers';

/** Somebody stands before a gate: since when, by `performance.now()`, and what they sent along. */
export type Arrival = { readonly at: number; readonly body: string };

/** Lets another process wait for the test: it asks for a URL, and is answered when the test says so. */
export type Gate = {
  readonly url: (name: string) => string;
  /** Resolves when somebody first stands before the named gate. */
  readonly reached: (name: string) => Promise<Arrival>;
  /** Lets through whoever stands there, or comes later. */
  readonly open: (name: string) => void;
  readonly close: () => Promise<void>;
};

type Door = { readonly reached: PromiseWithResolvers<Arrival>; readonly opened: PromiseWithResolvers<void> };

/** Opens a gate server on a free local port. */
export async function startGate(): Promise<Gate> {
  const doors = new Map<string, Door>();
  const door = (name: string) => {
    const known = doors.get(name);
    if (known !== undefined) return known;
    const made: Door = { reached: Promise.withResolvers(), opened: Promise.withResolvers() };
    doors.set(name, made);
    return made;
  };
  const admit = async (request: IncomingMessage, response: ServerResponse) => {
    const { reached, opened } = door(`${request.url}`.slice(1));
    const at = performance.now();
    reached.resolve({ at, body: await text(request) });
    await opened.promise;
    response.end();
  };
  const server = createServer((request, response) => void admit(request, response));
  await once(server.listen(0, '127.0.0.1'), 'listening');
  const address = server.address();
  if (typeof address !== 'object' || address === null) throw new Error('The gate has no port.');
  return {
    url: (name) => `http://127.0.0.1:${address.port}/${name}`,
    reached: (name) => door(name).reached.promise,
    open: (name) => door(name).opened.resolve(),
    close: async () => {
      const closed = once(server, 'close');
      server.close();
      server.closeAllConnections();
      await closed;
    },
  };
}
