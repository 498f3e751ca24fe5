import type { Turn } from '../cooldowns.ts';
import type { Hold } from '../ledger/admission.ts';
import type { World } from '../world.ts';
import type { Patience } from './patience.ts';
import type { Tally } from './tally.ts';

/** What every step of a call on its way has at hand. */
export type Going = {
  readonly patience: Patience;
  readonly tally: Tally;
  readonly world: World;
  /** What is held for the call. */
  readonly hold: Hold;
  /** Whether another target could answer if this one does not. */
  readonly followed: boolean;
  /** The turn to try a target that rested, where it is this call's. */
  readonly turn?: Turn | undefined;
};
