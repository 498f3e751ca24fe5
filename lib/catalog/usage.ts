/** What a call used, in tokens, as buckets that never overlap: their sum is all that was read and written. */
export type Usage = {
  /** Input read afresh, from no cache. */
  readonly input: number;
  /** Input read from the provider's cache. */
  readonly cacheRead: number;
  /** Input read afresh and written to the provider's cache. */
  readonly cacheWrite: number;
  /** Output the caller sees. */
  readonly output: number;
  /** Output spent on thinking, seen or unseen. */
  readonly reasoning: number;
};

/** A call that used nothing yet. */
export const noUsage: Usage = { input: 0, cacheRead: 0, cacheWrite: 0, output: 0, reasoning: 0 };
