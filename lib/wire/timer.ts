/** Rings once after `ms`, unless the function it gives back was called before. */
export type Timer = (ms: number, ring: () => void) => () => void;
