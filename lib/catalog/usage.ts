/** The kinds of input that have prices of their own. */
export const inputBuckets = ['input', 'cacheRead', 'cacheWrite', 'cacheWrite1h', 'audioInput'] as const;
/** The kinds of output that have prices of their own. */
export const outputBuckets = ['output', 'reasoning', 'audioOutput'] as const;
/** Every kind of token. No chat model has a price of its own for images: they are counted as input. */
export const buckets = [...inputBuckets, ...outputBuckets, 'citation'] as const;

export type Bucket = (typeof buckets)[number];

/**
 * What a call used, in tokens, as buckets that never overlap: `input` is read afresh as text, `cacheRead` from the
 * provider's cache, `cacheWrite` and `cacheWrite1h` are read and kept there for minutes or an hour; `output` is what
 * the caller sees, `reasoning` what was thought, seen or unseen; `citation` are sources read beside the prompt.
 */
export type Usage = Readonly<Record<Bucket, number>> & {
  /** Web searches the provider made. */
  readonly searches: number;
  /** How much a searching provider read: `low`, `medium` or `high`. */
  readonly searchContext?: string;
  /** How the call was served, where that may have a price: `flex`, `priority`, `us`. */
  readonly served?: readonly string[];
};

/** A call that used nothing yet. */
export const noUsage: Usage = {
  input: 0,
  cacheRead: 0,
  cacheWrite: 0,
  cacheWrite1h: 0,
  audioInput: 0,
  output: 0,
  reasoning: 0,
  audioOutput: 0,
  citation: 0,
  searches: 0,
};

/** All that was read. */
export const promptTokens = (usage: Usage) => inputBuckets.reduce((sum, bucket) => sum + usage[bucket], 0);

/** All that was written. */
export const completionTokens = (usage: Usage) => outputBuckets.reduce((sum, bucket) => sum + usage[bucket], 0);

/** More tokens of one kind than any call has, and more searches. */
const MOST_TOKENS = 1_000_000_000;
const MOST_SEARCHES = 10_000;

/** False of counts that no call can have: whoever tells them counts wrong, or lies, and they come to no amount of money. */
export const credible = (usage: Usage): boolean =>
  buckets.every((bucket) => usage[bucket] <= MOST_TOKENS) && usage.searches <= MOST_SEARCHES;

/** Two usages as one; how they were served is the later one's. */
export function plusUsage(one: Usage, other: Usage): Usage {
  const tokens: Record<Bucket, number> = { ...noUsage };
  for (const bucket of buckets) tokens[bucket] = one[bucket] + other[bucket];
  return { ...one, ...other, ...tokens, searches: one.searches + other.searches };
}
