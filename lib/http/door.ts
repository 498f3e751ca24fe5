import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';
import { GatewayError } from '../errors.ts';
import { tooLarge } from '../pipeline/parse.ts';
import { refuse, refuseBody, serve } from '../pipeline/serve.ts';
import { following } from '../wire/either.ts';
import type { World } from '../world.ts';
import { deliver } from './deliver.ts';
import { receive } from './receive.ts';
import { refuseUnread } from './unread.ts';
import { toVisit } from './visit.ts';

/** The gateway on a socket. */
export type Door = {
  readonly port: number;
  /** Takes no new calls, lets those under way end within `graceMs`, then cuts them; resolves when all are written down. */
  close(graceMs: number): Promise<void>;
};

const LAST_WORDS_MS = 250;

/** Where a door opens. */
export type Address = {
  readonly host: string;
  /** 0 for any that is free. */
  readonly port: number;
  /** What must be done between taking the port and answering the first call. */
  readonly prepare?: () => Promise<void>;
  /** @default USUAL */
  readonly arrival?: Arrival;
  /** How many calls may be under way at once, those included that are still being written down. @default MOST_AT_ONCE */
  readonly mostAtOnce?: number;
  /** How long a client may take for a quarter of a megabyte of its answer, in milliseconds; then it is cut. @default STALLED_MS */
  readonly stalledMs?: number;
};

/** How long a request may take to arrive, from the first moment of its connection on. */
export type Arrival = { readonly headersMs: number; readonly wholeMs: number };

/** Slower is no client that means it: 16 KB of headers, and 6 MB of body at 50 KB a second. */
const USUAL: Arrival = { headersMs: 30_000, wholeMs: 120_000 };

/**
 * Far more than a process can answer in good time. Without an end they would fill its memory: calls that come faster than
 * they can be written down wait there.
 */
const MOST_AT_ONCE = 10_000;

/** Slower is no client that means it. One that never reads would keep its place, and its answer in memory, for ever. */
const STALLED_MS = 60_000;

/** What every answer of a door needs. */
type Inside = { readonly world: World; readonly stalledMs: number };

/** Opens the HTTP door: node:http over the same `serve` as the Lambda door. It sees a client hang up, and then stops the provider. */
export async function openDoor(
  world: World,
  { prepare = async () => {}, arrival = USUAL, mostAtOnce = MOST_AT_ONCE, stalledMs = STALLED_MS, ...address }: Address,
): Promise<Door> {
  const inside = { world, stalledMs };
  const prepared = Promise.withResolvers<void>();
  const under = new Map<Promise<void>, AbortController>();
  const timeouts = {
    keepAliveTimeout: 75_000,
    headersTimeout: arrival.headersMs,
    requestTimeout: arrival.wholeMs,
    connectionsCheckingInterval: arrival.headersMs / 4,
    requireHostHeader: false, // nothing here depends on it, and Node would refuse in silence
  };
  const server = createServer(timeouts, (request, response) => {
    const over = new AbortController();
    const answering = prepared.promise
      .then(() => (under.size > mostAtOnce ? turnAway(response, inside) : answer(request, response, over, inside)))
      .catch((error: unknown) => {
        // Nothing should come here; if it does, it ends this call and no other.
        world.log.error('A call could not be answered.', {
          cause: String(error instanceof Error ? error.stack : error),
        });
        response.destroy();
      })
      .finally(() => under.delete(answering));
    under.set(answering, over);
  });
  refuseUnread(server, world);
  const port = await listening(server, address);
  await prepare();
  prepared.resolve();
  return {
    port,
    async close(graceMs) {
      const closed = new Promise<void>((resolve) => void server.close(() => resolve()));
      const cut = setTimeout(async () => {
        for (const over of under.values())
          over.abort(new GatewayError('gateway_unavailable', { message: 'The gateway is shutting down.' }));
        await pause(LAST_WORDS_MS); // for the failure to be said in-band to those who still listen
        server.closeAllConnections(); // and nobody is waited for who does not
      }, graceMs);
      while (under.size > 0) await Promise.all(under.keys());
      await world.traces?.close();
      clearTimeout(cut);
      server.closeAllConnections();
      await closed;
    },
  };
}

function turnAway(response: ServerResponse, { world, stalledMs }: Inside): Promise<void> {
  const message = 'The gateway has more calls under way than it can take. Try again shortly.';
  const busy = new GatewayError('gateway_unavailable', { message, retryAfterMs: 1_000 });
  return deliver(refuse(busy, { id: world.newId(), startedTick: world.tick() }, world), response, stalledMs);
}

async function answer(
  request: IncomingMessage,
  response: ServerResponse,
  over: AbortController,
  inside: Inside,
): Promise<void> {
  const hangUp = following(over.signal);
  response.on('close', () => {
    if (!response.writableFinished) hangUp.abort(new GatewayError('client_closed', { message: 'The client hung up.' }));
  });
  response.on('error', () => {}); // a broken socket: 'close' follows and says all
  const startedAt = inside.world.now();
  const startedTick = inside.world.tick();
  const { body, world } = await receive(request, startedAt, inside.world);
  if (body === 'gone') return;
  const visit = toVisit(request, {
    id: world.newId(),
    body: body === 'too large' ? new Uint8Array() : body,
    signal: hangUp.signal,
    over: over.signal,
    startedAt,
    startedTick,
  });
  const reply = await (body === 'too large' ? refuseBody(tooLarge(), visit, world) : serve(visit, world));
  try {
    await deliver(reply, response, inside.stalledMs);
  } finally {
    await reply.afterwards();
  }
}

function listening(server: Server, { host, port }: { readonly host: string; readonly port: number }): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) => {
      const taken = error.code === 'EADDRINUSE';
      reject(taken ? new Error(`Port ${port} is taken. Set PORT to another, or to 0 for any that is free.`) : error);
    });
    server.listen(port, host, () => {
      server.removeAllListeners('error');
      resolve(portOf(server.address()));
    });
  });
}

function portOf(address: AddressInfo | string | null): number {
  if (typeof address === 'object' && address !== null) return address.port;
  throw new Error('The HTTP door has no port.');
}
