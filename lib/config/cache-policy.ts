/** Which caches may answer; each includes those before it. */
export const cacheModes = ['off', 'exact', 'semantic'] as const;
export type CacheMode = (typeof cacheModes)[number];

/** Who shares answers: the calls of one key, or all of a tenant. */
export const cacheScopes = ['key', 'tenant'] as const;
export type CacheScope = (typeof cacheScopes)[number];

/** Which requests may be answered from a cache: those that name no temperature above zero, or any. */
export const cacheTemperatures = ['zero', 'any'] as const;
export type CacheTemperature = (typeof cacheTemperatures)[number];

/** What may be kept and given again, and for whom. */
export type CachePolicy = {
  readonly mode: CacheMode;
  /** How old an answer may be when it is given again. */
  readonly ttlSeconds: number;
  readonly scope: CacheScope;
  readonly temperature: CacheTemperature;
  /** Whether an answer that calls tools may be given again: what a tool does is then done again, too. */
  readonly toolCalls: boolean;
  /** How near another question must be, as the cosine between the two, for its answer to be given. */
  readonly threshold: number;
};

/** A policy as one of several writes it down: what it leaves out, another says. */
export type WrittenCachePolicy = { readonly [field in keyof CachePolicy]?: CachePolicy[field] | undefined };

/** How caches work, for all. */
export type CacheConfig = CachePolicy & {
  /** How long a call waits for another environment that is asking the same; 0 for not at all. */
  readonly waitSeconds: number;
  /** How long a call that was let in waits for the cache itself, at most, in milliseconds; then it goes on without. */
  readonly lookMs: number;
  readonly embeddings: Embedder;
};

/** What turns questions into vectors, by which they are compared. */
export type Embedder = {
  /** `provider/model`, or a name the catalog knows. */
  readonly model: string;
  /** Asked of the model; undefined for as many as it has. */
  readonly dimensions?: number | undefined;
  /** What finding a similar question may take, its embedding included, in milliseconds; later is a miss. */
  readonly budgetMs: number;
};

/** The policy, with all that is written over it: what nobody writes stays. */
export function overwritten(policy: CachePolicy, written: WrittenCachePolicy): CachePolicy {
  const { mode, ttlSeconds, scope, temperature, toolCalls, threshold } = written;
  return {
    mode: mode ?? policy.mode,
    ttlSeconds: ttlSeconds ?? policy.ttlSeconds,
    scope: scope ?? policy.scope,
    temperature: temperature ?? policy.temperature,
    toolCalls: toolCalls ?? policy.toolCalls,
    threshold: threshold ?? policy.threshold,
  };
}

/** What both allow: never more than one of the two does. */
export const narrowed = (policy: CachePolicy, written: WrittenCachePolicy): CachePolicy =>
  overwritten(policy, stricter(policy, written));

/** What two have written: where both say something, the stricter of the two. */
export function stricter(one: WrittenCachePolicy, other: WrittenCachePolicy): WrittenCachePolicy {
  const both = <Value>(a: Value | undefined, b: Value | undefined, of: (a: Value, b: Value) => Value) =>
    a === undefined || b === undefined ? (a ?? b) : of(a, b);
  return {
    mode: both(one.mode, other.mode, (a, b) => firstOf(cacheModes, a, b)),
    ttlSeconds: both(one.ttlSeconds, other.ttlSeconds, Math.min),
    scope: both(one.scope, other.scope, (a, b) => firstOf(cacheScopes, a, b)),
    temperature: both(one.temperature, other.temperature, (a, b) => firstOf(cacheTemperatures, a, b)),
    toolCalls: both(one.toolCalls, other.toolCalls, (a, b) => a && b),
    threshold: both(one.threshold, other.threshold, Math.max),
  };
}

/** Of two words the one that comes first in the list: they are listed from narrow to wide. */
const firstOf = <Word extends string>(words: readonly Word[], one: Word, other: Word): Word =>
  words.indexOf(one) < words.indexOf(other) ? one : other;
