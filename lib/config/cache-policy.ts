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
export function narrowed(one: CachePolicy, written: WrittenCachePolicy): CachePolicy {
  const other = overwritten(one, written);
  return {
    mode: firstOf(cacheModes, one.mode, other.mode),
    ttlSeconds: Math.min(one.ttlSeconds, other.ttlSeconds),
    scope: firstOf(cacheScopes, one.scope, other.scope),
    temperature: firstOf(cacheTemperatures, one.temperature, other.temperature),
    toolCalls: one.toolCalls && other.toolCalls,
    threshold: Math.max(one.threshold, other.threshold),
  };
}

/** Of two words the one that comes first in the list: they are listed from narrow to wide. */
const firstOf = <Word extends string>(words: readonly Word[], one: Word, other: Word): Word =>
  words.indexOf(one) < words.indexOf(other) ? one : other;
