import type { Scope } from '../../ledger/admission.ts';
import { bookedOf, type Counter, counted, stale } from '../../ledger/counter.ts';
import { claimOf, metersIn, waitedFor } from '../../ledger/fairness.ts';
import { type Marker, writeMarker } from '../../ledger/marker.ts';
import { carriedOver, type Meter, metersOf, roomFor } from '../../ledger/meters.ts';
import { letterOf, takenBy } from '../../ledger/taken.ts';
import type { Memory, Write, Written } from './counters.ts';
import { intent } from './intent.ts';

/** A call's place in one counter. */
export type Place = {
  readonly scopeId: string;
  /** The attribute that marks it. */
  readonly mark: string;
  readonly marker: Marker;
  /** What it adds, by the attribute. */
  readonly taken: Readonly<Record<string, number>>;
};

/** The place a call would have in the counter of a scope. */
export function placeIn(scope: Scope, mark: string, marker: Omit<Marker, 'counted'>, seen: Counter): Place {
  const kinds = metersOf(scope.limits, marker.moment).flatMap(({ kind, window }) => letterOf(kind, window));
  const shared = waitedFor(seen, scope, marker.moment) ? 'S' : '';
  const marked: Marker = { ...marker, counted: [...new Set(kinds)].join('') + shared };
  return { scopeId: scope.id, mark, marker: marked, taken: takenBy(marked) };
}

/** The same place with another mark, which may hold another amount. */
export const holding = (place: Place, marker: Marker): Place => ({ ...place, marker, taken: takenBy(marker) });

/**
 * Takes a place in a counter, if every limit has room for it: one conditional write. A write whose answer was lost is
 * repeated and then finds its own mark, which is as good as an answer.
 */
export async function take(
  place: Place,
  scope: Scope,
  write: Write,
  { seen, believed, withinMs }: Taking,
): Promise<Written> {
  const { scopeId, mark, marker, taken } = place;
  const counter = believed(scopeId);
  const text = writeMarker(marker);
  const meters = metersIn(counter, scope, marker.moment);
  const change = intent({
    add: taken,
    set: { [mark]: text, ...lifetimeOf(scope, marker) },
    // Only what was really seen may be taken away.
    remove: [...stale(seen(scopeId), marker.moment), ...(scope.sharer === undefined ? [] : [claimOf(scope.sharer)])],
    absent: [mark, bookedOf(mark)],
    atMost: Object.assign({}, ...meters.map((meter) => roomIn(meter, marker, counter))),
  });
  const written = await write(scopeId, change, { withinMs });
  if (written.done) return written;
  const twin = written.counter.markers[mark];
  return twin !== undefined && writeMarker(twin) === text ? { ...written, done: true } : written;
}

/** What this process knows of the counters, and how long a taking may wait for its turn and its answer. */
export type Taking = Memory & { readonly withinMs: number };

/** The most a meter may stand at for a call to fit. What the minute before counts is believed, and must not be more. */
function roomIn({ kind, attribute, previous, limit }: Meter, marker: Marker, believed: Counter) {
  const before = previous === undefined ? 0 : Math.max(0, counted(believed, previous));
  const most = limit - carriedOver(before, marker.moment) - roomFor(kind, marker);
  return { [attribute]: most, ...(previous !== undefined && { [previous]: before }) };
}

const KEPT_SECONDS = 62 * 86_400;

/** Anybody may name a user: what is counted of one goes by itself when no window of it can matter any more. */
const lifetimeOf = ({ kind, limits }: Scope, { moment }: Marker): Readonly<Record<string, number>> =>
  kind === 'user' && limits.budgets?.total === undefined ? { ttl: Math.floor(moment.at / 1000) + KEPT_SECONDS } : {};
