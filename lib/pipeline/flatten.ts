import type { Config } from '../config/config.ts';
import { namesIn, type Route, type Split, type Timeouts } from '../config/route.ts';

/** One call a route is willing to make. */
export type Leg = {
  /** `provider/model`, or a bare name the catalog may know. */
  readonly name: string;
  /** How often it is tried; undefined where nobody says. */
  readonly tries?: number | undefined;
  readonly timeouts: Timeouts;
  /** True for one that is called only with a prompt too long for those before it. */
  readonly forLonger?: boolean;
  /** The arms of splits that were drawn on the way to it, as `trial/1`, the outermost first. */
  readonly arms?: readonly string[];
};

/** A number from 0 up to 1, 1 left out, for a place in the routes: where a call is sticky, the same for the same place. */
export type Dice = (place: string) => number;

/** What the routes around a leg say of it. */
type Around = Omit<Leg, 'name'>;

/**
 * The calls a route comes to, in their order: of a split only the arm that is drawn, of what is nested its parts in its
 * place. Drawn are arms that lead to something open; the share of those that do not goes to the others, in proportion.
 */
export function flatten(
  name: string,
  { models }: Pick<Config, 'models'>,
  dice: Dice,
  open: (name: string) => boolean = () => true,
): readonly Leg[] {
  // Each name is looked at once: splits that lead to the same names make a tree that doubles with each of them.
  const known = new Map<string, boolean>();
  const leads = (route: Route): boolean => {
    if (typeof route !== 'string') return usual(route).some(leads);
    const further = Object.hasOwn(models, route) ? models[route] : undefined;
    const found = known.get(route) ?? (further === undefined ? open(route) : leads(further));
    known.set(route, found);
    return found;
  };
  const legs = (route: Route, place: string, around: Around): readonly Leg[] => {
    if (typeof route === 'string') {
      const further = Object.hasOwn(models, route) ? models[route] : undefined;
      return further === undefined ? [{ ...around, name: route }] : legs(further, route, around);
    }
    const { tries = around.tries, timeouts, larger } = route;
    const inside: Around = { ...around, tries, timeouts: { ...around.timeouts, ...timeouts } };
    const found = chosen(route, place, dice, leads).flatMap((each) =>
      legs(
        each.route,
        each.place,
        'split' in route ? { ...inside, arms: [...(around.arms ?? []), each.place] } : inside,
      ),
    );
    if (larger === undefined) return found;
    return [...found, ...legs(larger, `${place}/larger`, { ...inside, forLonger: true })];
  };
  return legs(name, name, { timeouts: {} });
}

/** Every model a name may lead to, whatever is drawn. */
export function modelsBehind(name: string, { models }: Pick<Config, 'models'>): readonly string[] {
  const route = Object.hasOwn(models, name) ? models[name] : undefined;
  return route === undefined ? [name] : namesIn(route, []).flatMap((each) => modelsBehind(each.name, { models }));
}

/** The parts of a route that a call may go to. */
function chosen(
  route: Exclude<Route, string>,
  place: string,
  dice: Dice,
  leads: (route: Route) => boolean,
): readonly { route: Route; place: string }[] {
  if ('inOrder' in route) return route.inOrder.map((each, at) => ({ route: each, place: `${place}/${at}` }));
  if ('use' in route) return [{ route: route.use, place: `${place}/use` }];
  const index = drawn(route, dice(place), leads);
  const { share: _, ...arm } = route.split[index] ?? { share: 0, use: '' };
  return [{ route: arm, place: `${place}/${index}` }];
}

/** Which arm is drawn, of those that lead somewhere; where none does it is as if all did: the call is refused, and told why. */
function drawn({ split }: Split, dice: number, leads: (route: Route) => boolean): number {
  const own = split.map(({ share }) => share);
  const open = split.map(({ share, use }) => (share > 0 && leads(use) ? share : 0));
  const total = open.reduce((sum, share) => sum + share, 0);
  const all = total === 0 || open.every((share, at) => share === own[at]);
  const shares = all ? own : open;
  let left = dice * (all ? 100 : total);
  const at = shares.findIndex((share) => {
    left -= share;
    return left < 0;
  });
  // Shares that make a hundred only nearly may leave the last hair's breadth to nobody.
  return at === -1 ? shares.findLastIndex((share) => share > 0) : at;
}

/** The parts of a route that calls of any length may go to. */
function usual(route: Exclude<Route, string>): readonly Route[] {
  if ('use' in route) return [route.use];
  return 'inOrder' in route ? route.inOrder : route.split.flatMap(({ share, use }) => (share > 0 ? [use] : []));
}
