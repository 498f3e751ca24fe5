import type { Config } from '../config/config.ts';
import { GatewayError } from '../errors.ts';
import type { World } from '../world.ts';
import type { Later } from './visit.ts';

/**
 * A signal that also fires when the time for the whole call is over: the caller's patience, or what a call may take at
 * all. The latter is a little less than a reservation lives, so that no call outlives what is held for it.
 */
export function patient(
  signal: AbortSignal,
  ms: number | undefined,
  { ledger }: Config,
  world: World,
  later: Later,
): AbortSignal {
  const longest = Math.floor((ledger.holdSeconds * 1000 * 15) / 16);
  const over = new AbortController();
  const message =
    ms === undefined || ms > longest
      ? `The call took longer than the ${longest} ms a call may take here.`
      : `The call took longer than the ${ms} ms its caller allows.`;
  const cancel = world.timer(Math.min(ms ?? longest, longest), () =>
    over.abort(new GatewayError('timeout', { message })),
  );
  later(async () => cancel());
  return AbortSignal.any([signal, over.signal]);
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
