import type { World } from '../world.ts';

/** Something that is had for a time, and has to be renewed by whoever wants it longer. */
export type Lease = {
  /** What it is, and whose: for operators. */
  readonly of: string;
  readonly owner: string;
  readonly everyMs: number;
  readonly renew: () => Promise<void>;
};

/** Renews a lease again and again until the function it gives back is called; that resolves once no renewal is under way. */
export function renewed({ of, owner, everyMs, renew }: Lease, world: World): () => Promise<void> {
  let renewal = Promise.resolve();
  let cancel = () => {};
  const again = () => {
    renewal = renew().catch((error: unknown) => {
      // Whoever gets it then makes the call again: no reason to end this one.
      world.log.error(`A ${of} could not be renewed.`, { id: owner, cause: String(error) });
    });
    wait();
  };
  const wait = () => {
    cancel = world.timer(everyMs, again);
  };
  wait();
  return () => {
    cancel();
    return renewal;
  };
}
