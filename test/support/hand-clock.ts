import type { World } from '../../lib/world.ts';

/** The clocks of a world, on which a test can let time pass at once. */
export type HandClock = {
  readonly pass: (ms: number) => void;
  /** Epoch milliseconds, with all that has passed so. */
  readonly now: () => number;
  /** A world that goes by these clocks. Its timers ring only for time that the test lets pass: none is early because the machine is slow. */
  readonly in: (world: World) => World;
};

export function handClock(): HandClock {
  const timers = new Set<{ readonly at: number; readonly ring: () => void }>();
  let passed = 0;
  return {
    pass: (ms) => {
      passed += ms;
      for (const timer of timers) if (timer.at <= passed && timers.delete(timer)) timer.ring();
    },
    now: () => Date.now() + passed,
    in: (world) => ({
      ...world,
      now: () => world.now() + passed,
      tick: () => world.tick() + passed,
      timer: (ms, ring) => {
        const timer = { at: passed + ms, ring };
        timers.add(timer);
        return () => void timers.delete(timer);
      },
    }),
  };
}
