import type { Claim } from '../repeats.ts';
import type { World } from '../world.ts';

/** How long a claim holds without being renewed: what a process that died keeps others waiting. */
export const LEASE_MS = 30_000;
/** Two renewals may fail before a claim lapses. */
const RENEWED_MS = 10_000;

/** Renews a claim again and again until the function it gives back is called; that resolves once no renewal is under way. */
export function keptLease(claim: Claim, world: World): () => Promise<void> {
  let renewal = Promise.resolve();
  let cancel = () => {};
  const renew = () => {
    renewal = world.repeats.renew(claim, LEASE_MS).catch((error: unknown) => {
      // Whoever gets the claim then makes the call again: no reason to end this one.
      world.log.error('A claim could not be renewed.', { id: claim.owner, cause: String(error) });
    });
    wait();
  };
  const wait = () => {
    cancel = world.timer(RENEWED_MS, renew);
  };
  wait();
  return () => {
    cancel();
    return renewal;
  };
}
