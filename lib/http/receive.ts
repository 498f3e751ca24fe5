import type { IncomingMessage } from 'node:http';
import { authenticate } from '../pipeline/authenticate.ts';
import { MOST_BODY_BYTES } from '../pipeline/parse.ts';
import type { World } from '../world.ts';
import { type Body, readBody } from './read-body.ts';
import { toHeaders } from './visit.ts';

/** Up to here a body is kept, whoever sends it: of all calls that may be under way at once it is little. */
const SMALL_BYTES = 16 * 1024;

/** A request's body, and the world to answer it in. */
export type Received = { readonly body: Body; readonly world: World };

/**
 * Reads the body of a request. One that is large, or does not say how long it is, is kept only for who has a key: a
 * stranger is answered before it comes, and Node throws it away then. Who has one is looked up again once it has come, for
 * it may have been taken back meanwhile.
 */
export async function receive(request: IncomingMessage, startedAt: number, world: World): Promise<Received> {
  const closed = large(request) ? await closedTo(request, startedAt, world) : undefined;
  if (closed === undefined) return { body: await readBody(request, MOST_BODY_BYTES), world };
  return { body: request.destroyed ? 'gone' : new Uint8Array(), world: closed };
}

const large = ({ headers }: IncomingMessage): boolean =>
  headers['transfer-encoding'] !== undefined || Number(headers['content-length'] ?? 0) > SMALL_BYTES;

/**
 * The world without the key of this request, which is unknown or cannot be looked up; undefined where it is known. To
 * look a second time, without the body, could let its sender in, to be told that the request is empty.
 */
function closedTo(request: IncomingMessage, startedAt: number, world: World): Promise<World | undefined> {
  return authenticate({ headers: toHeaders(request), startedAt }, world).then(
    () => undefined,
    (error: unknown) => ({ ...world, access: { find: () => Promise.reject(error) } }),
  );
}
