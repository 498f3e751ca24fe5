import type { Config } from './config.ts';
import { namesIn, type Path, type Route, within } from './route.ts';

type Problem = { readonly path: Path; readonly problem: string };

/** Shares are decimal fractions, and their sum is not always exact. */
const NEARLY = 1e-9;
/** Deeper than anybody's plan; shallow enough to be walked. */
const MOST_LEVELS = 16;

/** What is wrong with the routes of a configuration by themselves: shares that are no hundred, names that lead nowhere or in a circle. */
export function routeProblems({ models }: Pick<Config, 'models'>): readonly Problem[] {
  return Object.entries(models).flatMap(([name, route]) => {
    const found = [...within(route, ['models', name])].flatMap(({ path, route }) => problemsOf(route, path, models));
    if (found.length > 0) return found;
    return circular(route, [name], models) ? [{ path: ['models', name], problem: 'leads back to itself' }] : [];
  });
}

function problemsOf(route: Route, path: Path, models: Config['models']): readonly Problem[] {
  if (typeof route === 'string') {
    if (Object.hasOwn(models, route) || /^[^/]+\/./.test(route)) return [];
    return [
      { path, problem: `leads to ${JSON.stringify(route)}, which is neither provider/model nor a name under models` },
    ];
  }
  if (!('split' in route)) return [];
  const sum = route.split.reduce((total, { share }) => total + share, 0);
  return Math.abs(sum - 100) < NEARLY
    ? []
    : [{ path: [...path, 'split'], problem: `has shares that make ${sum}: they must make 100` }];
}

function circular(route: Route, seen: readonly string[], models: Config['models']): boolean {
  if (seen.length > MOST_LEVELS) return true;
  return namesIn(route, []).some(({ name }) => {
    const next = Object.hasOwn(models, name) ? models[name] : undefined;
    return next !== undefined && (seen.includes(name) || circular(next, [...seen, name], models));
  });
}
