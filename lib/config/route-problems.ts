import type { Config } from './config.ts';
import { type Path, type Route, within } from './route.ts';

type Problem = { readonly path: Path; readonly problem: string };

/** Shares are decimal fractions, and their sum is not always exact. */
const NEARLY = 1e-9;
/** More calls are no plan: each may be waited for. */
const MOST_CALLS = 64;

/** What is wrong with the routes of a configuration by themselves: shares that are no hundred, names that lead nowhere or in a circle, plans without end. */
export function routeProblems({ models }: Pick<Config, 'models'>): readonly Problem[] {
  const callsOf = counter(models);
  return Object.entries(models).flatMap(([name, route]) => {
    const parts = [...within(route, ['models', name])];
    const found = [...parts.flatMap(({ path, route }) => problemsOf(route, path, models)), ...innerCaches(parts)];
    if (found.length > 0) return found;
    const calls = callsOf(name);
    if (calls <= MOST_CALLS) return [];
    const problem =
      calls === Number.POSITIVE_INFINITY
        ? 'leads back to itself'
        : `makes a plan of ${calls} calls: at most ${MOST_CALLS}`;
    return [{ path: ['models', name], problem }];
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

/** What is kept is decided once for a call, before it is known which part of its route will answer. */
const innerCaches = ([, ...inner]: readonly { readonly path: Path; readonly route: Route }[]): readonly Problem[] =>
  inner.flatMap(({ path, route }) =>
    typeof route === 'string' || route.cache === undefined
      ? []
      : [
          {
            path: [...path, 'cache'],
            problem: 'stands inside a route: write it beside the outermost use, inOrder or split',
          },
        ],
  );

/** Counts the calls that a name comes to at most, each name once, however often it is led to; without end in a circle. */
function counter(models: Config['models']): (name: string) => number {
  const counted = new Map<string, number>();
  const ofName = (name: string, tries: number): number => {
    const route = Object.hasOwn(models, name) ? models[name] : undefined;
    if (route === undefined) return tries;
    const key = `${tries} ${name}`;
    const known = counted.get(key);
    if (known !== undefined) return known;
    counted.set(key, Number.POSITIVE_INFINITY); // until it is known: whoever asks meanwhile came in a circle
    const calls = ofRoute(route, tries);
    counted.set(key, calls);
    return calls;
  };
  /** What is nearest to a call says how often it is tried. */
  const ofRoute = (route: Route, around: number): number => {
    if (typeof route === 'string') return ofName(route, around);
    const { tries = around, larger } = route;
    const beside = larger === undefined ? 0 : ofRoute(larger, tries);
    if ('use' in route) return ofRoute(route.use, tries) + beside;
    if ('inOrder' in route) return route.inOrder.reduce((sum, each) => sum + ofRoute(each, tries), 0) + beside;
    return Math.max(...route.split.map((arm) => ofRoute(arm.use, arm.tries ?? tries))) + beside;
  };
  return (name) => ofName(name, 1);
}
