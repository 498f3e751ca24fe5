import { firstOpen } from '../aws/usage/quarter.ts';
import type { Roll } from '../aws/usage/rolling.ts';

/** A run may take so long; the next one goes on where it ended. */
const FOR_MS = 30_000;

/** Sums up calls when there is something to sum up: at the start, and whenever a quarter of an hour has been closed; then until it came to an end. */
export function eachQuarter(roll: Roll, now: () => number): () => Promise<void> {
  let rolledUpTo = Number.NaN;
  return async () => {
    const open = firstOpen(now());
    // A clock that was ahead may have been set right.
    if (open !== rolledUpTo && (await roll(now() + FOR_MS))) rolledUpTo = open;
  };
}
