import type { Caller } from '../../lib/caller.ts';
import type { CacheConfig, WrittenCachePolicy } from '../../lib/config/cache-policy.ts';
import type { Config } from '../../lib/config/config.ts';
import { usualCache } from '../../lib/config/written-cache.ts';
import { type CachedCaching, type Caching, toCaching } from '../../lib/pipeline/cache/caching.ts';
import { parseChat } from '../../lib/pipeline/parse.ts';
import { toPlan } from '../../lib/pipeline/plan.ts';
import { labs } from './labs.ts';
import { caller, visitOf } from './world.ts';

/** A call as its caller makes it, and who that is. */
export type Made = {
  readonly fields?: object | undefined;
  readonly headers?: Readonly<Record<string, string>> | undefined;
  readonly by?: Partial<Caller> | undefined;
};

/** A configuration with one provider, in which the cache works so. */
export const cachingConfig = (cache: Partial<Config['cache']>, models: Config['models'] = {}): Config => ({
  ...labs({ lab: 'https://lab.example/v1' }),
  cache: { ...usualCache, embeddings: { model: 'lab/e', dimensions: undefined, budgetMs: 150 }, ...cache },
  models,
});

/** What the caches may do for a call. */
export function cachingOf(
  { fields, headers, by }: Made,
  config: Config = cachingConfig({ mode: 'semantic' }),
): Caching {
  const body = { model: 'lab/m', messages: [{ role: 'user', content: 'Hello there' }], ...fields };
  const ask = parseChat(visitOf(body, { headers: headers ?? {} }));
  const who = { ...caller, ...by };
  return toCaching(
    ask,
    toPlan(ask, who, config, () => 0),
    who,
    config,
  );
}

/** The same, of a call that may be cached. */
export function cachedOf(made: Made, config?: Config): CachedCaching {
  const caching = cachingOf(made, config);
  if (caching.mode === 'off') throw new Error('This call is not cached.');
  return caching;
}

/** A wish as a header. */
export const wishOf = ({ mode = 'semantic', ttlSeconds, threshold, scope }: WrittenCachePolicy): string =>
  [
    mode,
    ttlSeconds !== undefined && `ttl=${ttlSeconds}`,
    threshold !== undefined && `threshold=${threshold}`,
    scope !== undefined && `scope=${scope}`,
  ]
    .filter(Boolean)
    .join('; ');

/** The usual cache, but that each look finds what there is on a busy machine, too. */
export const unhurried: CacheConfig = { ...usualCache, lookMs: 10_000 };
