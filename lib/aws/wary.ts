import type { Agent } from 'node:http';
import type { NodeHttpHandler } from '@smithy/node-http-handler';
import { codeOf } from '../wire/failure.ts';
import { KEPT_MS } from '../wire/freshened.ts';

type Handler = Pick<NodeHttpHandler, 'handle' | 'destroy'>;

/**
 * Makes handlers of HTTP that share kept connections leave those that can only be dead: when none of them was used for
 * long, and when one of them turns out to be, for its siblings are as old. What met a dead one is for the SDK, or for
 * whoever asked, to send again: over a few that are dead one after the other they would give up. A Lambda environment
 * is frozen between calls, and its timers with it: only the wall clock, `now`, tells how long.
 */
export function wary(agents: readonly Agent[], now: () => number): (handler: Handler) => Handler {
  let usedAt = now();
  const leave = () => {
    for (const { freeSockets } of agents) for (const socket of Object.values(freeSockets).flat()) socket?.destroy();
  };
  return (handler) => ({
    destroy: () => handler.destroy(),
    handle: async (request, options) => {
      if (now() - usedAt > KEPT_MS) leave();
      usedAt = now();
      return handler.handle(request, options).catch((failure: unknown) => {
        if (['ECONNRESET', 'EPIPE'].includes(codeOf(failure))) leave();
        throw failure;
      });
    },
  });
}
