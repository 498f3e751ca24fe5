import type { World } from '../world.ts';

/** Watches one wait after the other. */
export type Waits = {
  /** Somebody begins to wait. */
  readonly begin: () => void;
  /** What was waited for is here. */
  readonly end: () => void;
  readonly stop: () => void;
};

/**
 * Rings when a wait has lasted so many milliseconds, and again each time it has lasted as long once more. Waits are
 * many and short: a timer is not set anew for each, it only looks how long the one under way has lasted.
 */
export function watchWaits(ms: number, world: World, ring: () => void): Waits {
  let since: number | undefined;
  const look = (): void => {
    const now = world.tick();
    const due = since !== undefined && now - since >= ms;
    if (due) {
      since = now;
      ring();
    }
    cancel = world.timer(since === undefined ? ms : since + ms - now, look);
  };
  let cancel = world.timer(ms, look);
  return {
    begin: () => {
      since = world.tick();
    },
    end: () => {
      since = undefined;
    },
    stop: () => cancel(),
  };
}
