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
 * stranger is answered before it comes, and Node throws it away then.
 */
export async function receive(request: IncomingMessage, startedAt: number, world: World): Promise<Received> {
  if (!large(request)) return { body: await readBody(request, MOST_BODY_BYTES), world };
  const { known, access } = await introduced(request, startedAt, world);
  const body = known ? await readBody(request, MOST_BODY_BYTES) : new Uint8Array();
  return { body: request.destroyed && !known ? 'gone' : body, world: { ...world, access } };
}

const large = ({ headers }: IncomingMessage): boolean =>
  headers['transfer-encoding'] !== undefined || Number(headers['content-length'] ?? 0) > SMALL_BYTES;

type Introduced = { readonly known: boolean; readonly access: World['access'] };

/**
 * Whether the key of a request is known, and what finds the same when it is answered: by then a key may have been made for a
 * request whose body is gone, or taken back for one that has been read.
 */
function introduced(request: IncomingMessage, startedAt: number, world: World): Promise<Introduced> {
  return authenticate({ headers: toHeaders(request), startedAt }, world).then(
    (caller) => ({ known: true, access: { find: async () => caller } }),
    (error: unknown) => ({ known: false, access: { find: () => Promise.reject(error) } }),
  );
}
