import type { WrittenCachePolicy } from './cache-policy.ts';

/** How long one upstream call may take, in milliseconds. What is left out is what is usual. */
export type Timeouts = {
  /** Until there is a connection. */
  readonly connectMs?: number | undefined;
  /** Until the first content is here; of an answer that comes in one piece, until its first bytes are. */
  readonly firstTokenMs?: number | undefined;
  /** Between two pieces of an answer. */
  readonly betweenTokensMs?: number | undefined;
  /** From its first byte to its last. Of the route a caller names: all its upstream calls together. */
  readonly callMs?: number | undefined;
};

/** What every part of a route may say of the calls it leads to; what is nearest to a call counts. */
type Manner = {
  /** How often a target is tried before the next. */
  readonly tries?: number | undefined;
  readonly timeouts?: Timeouts | undefined;
  /** Where a prompt goes that is too long for all the others. Never called for another reason. */
  readonly larger?: Route | undefined;
  /** What may be kept of the answers; of the route a caller names only. */
  readonly cache?: WrittenCachePolicy | undefined;
};

export type Use = Manner & { readonly use: Route };
export type InOrder = Manner & { readonly inOrder: readonly Route[] };
/** One arm of a split: so many of a hundred calls go this way. */
export type Arm = Use & { readonly share: number };
export type Split = Manner & { readonly split: readonly Arm[] };

/**
 * Where calls go: a `provider/model`, the name of another route, several in order (the next when one fails), or one of
 * several by lot. Routes stand inside each other to any depth.
 */
export type Route = string | Use | InOrder | Split;

/** The way to a part of a configuration. */
export type Path = readonly (string | number)[];

/** The names in a route, each with the way to it. */
export const namesIn = (route: Route, path: Path): readonly { readonly path: Path; readonly name: string }[] =>
  [...within(route, path)].flatMap((each) =>
    typeof each.route === 'string' ? { path: each.path, name: each.route } : [],
  );

/** A route and all that stands inside it, each with the way to it. */
export function* within(route: Route, path: Path): Iterable<{ readonly path: Path; readonly route: Route }> {
  yield { path, route };
  for (const part of partsOf(route)) yield* within(part.route, [...path, ...part.path]);
}

/** The routes that stand directly inside a route. */
function partsOf(route: Route): readonly { readonly path: Path; readonly route: Route }[] {
  if (typeof route === 'string') return [];
  const larger = route.larger === undefined ? [] : [{ path: ['larger'], route: route.larger }];
  if ('use' in route) return [{ path: ['use'], route: route.use }, ...larger];
  if ('inOrder' in route)
    return [...route.inOrder.map((each, at) => ({ path: ['inOrder', at], route: each })), ...larger];
  return [...route.split.map((each, at) => ({ path: ['split', at], route: each })), ...larger];
}
