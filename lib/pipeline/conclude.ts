import type { Hold } from '../ledger/admission.ts';
import type { Bill, World } from '../world.ts';
import { traceCall } from './call-spans.ts';
import { record } from './record.ts';
import type { Tally } from './tally.ts';
import type { Later } from './visit.ts';

/**
 * Once the client has its last byte, writes the call down and then books it, in this order: no hold is given up before
 * the book says what the call came to, so that of a call whose process dies in between the sweep knows. It is booked
 * even when it could not be written down.
 */
export function conclude(hold: Hold, tally: Tally, world: World, later: Later): void {
  let recorded: Promise<Bill> | undefined;
  const written = (): Promise<Bill> => {
    recorded ??= tally.cache.settled().then(() => {
      traceCall(tally);
      return record(tally, world);
    });
    return recorded;
  };
  later(async () => {
    const bill = await written().catch(() => undefined);
    await world.ledger.settle(hold, bill ?? tally.bill(), bill !== undefined);
  });
  later(() => world.cooldowns.idle());
  later(async () => void (await written())); // for its failure to be told, too
}
