import type { Hold, World } from '../world.ts';
import type { Tally } from './tally.ts';

/** Books what the call came to, whatever became of it. */
export function settle(hold: Hold, tally: Tally, world: World): Promise<void> {
  return world.ledger.settle(hold, tally.bill());
}
