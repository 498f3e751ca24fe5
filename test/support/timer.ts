import type { Timer } from '../../lib/wire/timer.ts';

/** A real timer, as the world has one. */
export const timer: Timer = (ms, ring) => {
  const timeout = setTimeout(ring, ms);
  return () => clearTimeout(timeout);
};
