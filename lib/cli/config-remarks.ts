import type { Config } from '../config/config.ts';
import { priceOf } from '../config/price-of.ts';
import { namesIn } from '../config/route.ts';
import { needsKey } from '../providers/index.ts';
import { notCompliant } from './compliance-remarks.ts';

/** What a configuration that is right leaves its operator to find out later. */
export const remarksOn = (config: Config): readonly string[] => [
  ...neverCalled(config),
  ...neverCompared(config),
  ...notCompliant(config, embedderOf(config)),
];

/** Parts of routes that are never called, or not everywhere: an outage would tell. A name for a single model is told when it is called. */
function neverCalled(config: Config): readonly string[] {
  return Object.entries(config.models).flatMap(([name, route]) =>
    (typeof route === 'string' ? [] : namesIn(route, ['models', name])).flatMap((part) => {
      const problem = Object.hasOwn(config.models, part.name) ? undefined : problemOf(part.name, config);
      return problem === undefined ? [] : [`${part.path.join('.')} leads to ${part.name}, ${problem}`];
    }),
  );
}

/** Why questions that mean the same are not found, though the configuration would have it. */
function neverCompared(config: Config): readonly string[] {
  const embedder = embedderOf(config);
  const problem = embedder === undefined ? undefined : problemOf(embedder, config);
  return problem === undefined ? [] : [`cache.embeddings.model is ${embedder}, ${problem}`];
}

/** The model by which questions are to be compared; undefined where none are. */
function embedderOf({ cache, models }: Config): string | undefined {
  const routes = Object.values(models).flatMap((route) => (typeof route === 'string' ? [] : (route.cache?.mode ?? [])));
  return [cache?.mode, ...routes].includes('semantic') ? cache?.embeddings.model : undefined;
}

function problemOf(name: string, config: Config): string | undefined {
  if (priceOf(name, config) === undefined)
    return 'whose price is not known: it is never called until it stands under prices. Is its name right?';
  const provider = name.split('/')[0] ?? '';
  if (Object.hasOwn(config.providers, provider) || !needsKey(provider)) return undefined;
  return `but providers does not name ${provider}: it is called only by a gateway that has its key in the environment.`;
}
