import type { Config } from '../config/config.ts';
import { GatewayError } from '../errors.ts';
import { following } from '../wire/either.ts';
import type { World } from '../world.ts';
import type { Later } from './visit.ts';

/** The time a call has. */
export type Patience = {
  /** Fires when nobody waits any more, or the time for the whole call is over. */
  readonly signal: AbortSignal;
  /** Milliseconds until that time is over. */
  readonly leftMs: () => number;
};

/** How long a call may take, in milliseconds, by those who have a say in it. */
export type Allowed = { readonly byCaller?: number | undefined; readonly byRoute?: number | undefined };

/**
 * The time of a call: the caller's patience, the route's, or what a call may take at all. The last is a little less than
 * a reservation lives, so that no call outlives what is held for it.
 */
export function patient(
  signal: AbortSignal,
  { byCaller = Number.POSITIVE_INFINITY, byRoute = Number.POSITIVE_INFINITY }: Allowed,
  { ledger }: Config,
  world: World,
  later: Later,
): Patience {
  const longest = Math.floor((ledger.holdSeconds * 1000 * 15) / 16);
  const ms = Math.min(byCaller, byRoute, longest);
  const whose = ms === byCaller ? 'its caller allows' : ms === byRoute ? 'its route allows' : 'a call may take here';
  const until = world.tick() + ms;
  const over = following(signal);
  timesOut(over, { ms, message: `The call took longer than the ${ms} ms ${whose}.` }, world, later);
  return { signal: over.signal, leftMs: () => until - world.tick() };
}

/** A signal that fires with a timeout so described, unless the visit has ended by then. */
export function timedOut(ms: number, message: string, world: World, later: Later): AbortSignal {
  const over = new AbortController();
  timesOut(over, { ms, message }, world, later);
  return over.signal;
}

type Timeout = { readonly ms: number; readonly message: string };

function timesOut(over: AbortController, { ms, message }: Timeout, world: World, later: Later): void {
  const cancel = world.timer(ms, () => over.abort(new GatewayError('timeout', { message })));
  later(async () => cancel());
}

/** Waits, unless the signal fires: then it fails for the signal's reason. */
export async function pause(ms: number, signal: AbortSignal, world: World): Promise<void> {
  signal.throwIfAborted();
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  const cancel = world.timer(ms, resolve);
  const leave = () => reject(signal.reason);
  signal.addEventListener('abort', leave);
  try {
    await promise;
  } finally {
    cancel();
    signal.removeEventListener('abort', leave);
  }
}
