import type { Caller } from '../caller.ts';
import { equivalentsOf } from '../catalog/equivalents.ts';
import { bestGlob } from '../catalog/globs.ts';
import type { Config } from '../config/config.ts';
import type { Route } from '../config/route.ts';
import { GatewayError } from '../errors.ts';
import type { Target } from '../providers/provider.ts';
import { complies, nonCompliant, noneLeft } from './compliant.ts';
import { diceFor } from './dice.ts';
import { type Dice, flatten, type Leg } from './flatten.ts';
import type { Ask, Asked } from './parse.ts';
import { toTarget } from './target.ts';

/** A target we are willing to call, and how. */
export type Step = Omit<Leg, 'name'> & {
  readonly target: Target;
  /** True where the caller spelled its name out. */
  readonly named?: boolean;
};

/** The calls we are willing to make, in order. */
export type Plan = {
  readonly steps: readonly Step[];
  /** What all of them together may take, in milliseconds, where the route says so. */
  readonly callMs?: number | undefined;
} & Routed;

/** The operator's name that was asked for, where it is one, and the arms of splits that were drawn. */
export type Routed = { readonly route?: string | undefined; readonly arm?: string | undefined };

/** What decides where a call goes: the model, what is to be tried instead of its chain, who it is for. */
type Wish = Pick<Ask<Asked>, 'request' | 'labels' | 'instead'>;

/**
 * The plan for a wish, never empty. What a caller names by itself must exist, have a price, be allowed and comply, or the
 * wish is refused; of what the operator's routes and the catalog's equivalents add, that which may not be called is left out.
 */
export function toPlan(wish: Wish, caller: Caller, config: Config, random: () => number): Plan {
  const { model } = wish.request;
  const legs = legsOf(wish, caller, config, diceFor(caller, wish.labels.user, random));
  const steps: Step[] = [];
  const refusals: GatewayError[] = [];
  for (const { name, named, ...manner } of legs) {
    const target = serveable(name, wish, caller, config);
    if (!(target instanceof GatewayError)) steps.push({ ...manner, named, target });
    else if (named) throw target;
    else refusals.push(target);
  }
  if (steps.every(({ forLonger }) => forLonger)) throw whyNone(model, refusals);
  return {
    steps: likeTheFirst(steps, config),
    callMs: outermost(model, config).timeouts?.callMs,
    ...(Object.hasOwn(config.models, model) && { route: model }),
    ...(steps[0]?.arms && { arm: steps[0].arms.join(',') }),
  };
}

/** The targets of a plan, each once. */
export const targetsOf = ({ steps }: Plan): readonly Target[] =>
  Object.values(Object.fromEntries(steps.map(({ target }) => [target.name, target])));

/** True when every allow-list over the caller has the target's name: its key's, its tenant's, and its feature's. A key that is bound to a feature is always that feature's. */
export function allows({ allowed, feature, featureModels }: Caller, name: string, named?: string): boolean {
  const spending = feature ?? named;
  const list = spending !== undefined && Object.hasOwn(featureModels, spending) ? featureModels[spending] : undefined;
  return [...allowed, ...(list ? [list] : [])].every((globs) => bestGlob(globs, name) !== undefined);
}

/** `named` is true for what the caller spelled out; then it is refused, not left out. */
type Candidate = Leg & { readonly named: boolean };

function legsOf({ request: { model }, instead }: Wish, caller: Caller, config: Config, dice: Dice) {
  const open = (name: string) => complies(name, caller, config);
  const legs = (name: string): readonly Candidate[] =>
    flatten(name, config, dice, open).map((leg) => ({ ...leg, named: typeof routeOf(name, config) === 'string' }));
  const own = legs(model);
  const [first] = own;
  if (first === undefined) return own;
  if (instead !== undefined) return [first, ...instead.flatMap(legs)];
  if (config.fallback === 'none' || !first.named) return own;
  const target = toTarget(first.name, config);
  if (target instanceof GatewayError) return own;
  return [first, ...elsewhere(target, config).map((name) => ({ ...first, name, named: false }))];
}

/** The same model on the other providers that are on. */
function elsewhere(target: Target, { providers }: Config): readonly string[] {
  const names = equivalents.get(target) ?? equivalentsOf(target.name, providers);
  equivalents.set(target, names);
  return names;
}

/** Those that are known of a target, which is one configuration's. */
const equivalents = new WeakMap<Target, readonly string[]>();

/** What a name stands for: an alias of a model is the model, and one of a route that route, in which all calls are spelled out. */
function routeOf(name: string, { models }: Pick<Config, 'models'>): Route {
  const route = Object.hasOwn(models, name) ? models[name] : undefined;
  if (route === undefined) return name;
  return typeof route === 'string' ? routeOf(route, { models }) : route;
}

/** What a route says of all its calls together; for a model nothing. */
export const outermost = (name: string, config: Config): Pick<Exclude<Route, string>, 'timeouts' | 'cache'> => {
  const route = routeOf(name, config);
  return typeof route === 'string' ? {} : route;
};

function serveable(name: string, { labels }: Wish, caller: Caller, config: Config): Target | GatewayError {
  const target = toTarget(name, config);
  if (target instanceof GatewayError) return target;
  if (allows(caller, target.name, labels.feature)) return nonCompliant(target, caller) ?? target;
  return new GatewayError('model_not_allowed', { param: 'model', message: `This key may not call ${target.name}.` });
}

/** The same model elsewhere reads as much as the first, unless it is known to read another length. */
function likeTheFirst(steps: readonly Step[], config: Config): readonly Step[] {
  const [first] = steps;
  const contextWindow = first?.target.contextWindow;
  if (first === undefined || contextWindow === undefined) return steps;
  const same = elsewhere(first.target, config);
  return steps.map((step) =>
    same.includes(step.target.name) ? { ...step, target: { contextWindow, ...step.target } } : step,
  );
}

/** Why a route has no target left: that none complies goes before all else that is wrong with some. */
function whyNone(model: string, refusals: readonly GatewayError[]): GatewayError {
  const broken = refusals.filter(({ code }) => code === 'no_compliant_target');
  return broken.length > 0 ? noneLeft(model, broken) : (refusals[0] ?? leadsNowhere(model));
}

const leadsNowhere = (model: string) =>
  new GatewayError('model_not_found', { param: 'model', message: `The route ${JSON.stringify(model)} leads nowhere.` });
