import type { Config } from '../config/config.ts';
import { requirementsOf } from '../config/requires.ts';
import { namesIn } from '../config/route.ts';
import { brokenBy } from '../providers/complies.ts';
import { findProvider } from '../providers/index.ts';

/**
 * Parts of routes, and the model that questions are compared by, that break what is required of all; and routes of which
 * nothing is left. What tenants and keys require their own calls are told.
 */
export function notCompliant(config: Config, embedder: string | undefined): readonly string[] {
  const { models } = config;
  const required = requirementsOf({ 'defaults.requires': config.requires });
  const brokenAt = (name: string): string | undefined => {
    const slash = name.indexOf('/');
    const provider = slash > 0 ? findProvider(name.slice(0, slash), config) : undefined; // of a bare name nobody knows yet
    return provider && brokenBy({ provider, model: name.slice(slash + 1) }, required)?.told;
  };
  const known = new Map<string, boolean>(); // a name may be led to many times
  const left = (name: string): boolean => {
    const route = Object.hasOwn(models, name) ? models[name] : undefined;
    const some = () => namesIn(route ?? name, []).some((part) => left(part.name));
    const found = known.get(name) ?? (route === undefined ? brokenAt(name) === undefined : some());
    known.set(name, found);
    return found;
  };
  const never = (place: string, name: string): readonly string[] => {
    const broken = Object.hasOwn(models, name) ? undefined : brokenAt(name);
    return broken === undefined ? [] : [`${place} leads to ${name}, which is never called: it ${broken}.`];
  };
  return [
    ...Object.entries(models).flatMap(([name, route]) => [
      ...namesIn(route, ['models', name]).flatMap((part) => never(part.path.join('.'), part.name)),
      ...(left(name) ? [] : [`models.${name} has no target left: its calls are refused (no_compliant_target).`]),
    ]),
    ...(embedder === undefined ? [] : never('cache.embeddings.model', embedder)),
  ];
}
