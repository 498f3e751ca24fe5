import { GatewayError } from '../errors.ts';
import type { World } from '../world.ts';
import type { Later } from './visit.ts';

/** A signal that also fires when the caller's patience for the whole call is over. */
export function patient(signal: AbortSignal, ms: number | undefined, world: World, later: Later): AbortSignal {
  if (ms === undefined) return signal;
  const over = new AbortController();
  const message = `The call took longer than the ${ms} ms its caller allows.`;
  const cancel = world.timer(ms, () => over.abort(new GatewayError('timeout', { message })));
  later(async () => cancel());
  return AbortSignal.any([signal, over.signal]);
}
