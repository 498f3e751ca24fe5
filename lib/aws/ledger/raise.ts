import { writeMarker } from '../../ledger/marker.ts';
import { metersOf } from '../../ledger/meters.ts';
import type { Write } from './counters.ts';
import { intent } from './intent.ts';
import type { Held, HeldPlace } from './parts.ts';
import { holding } from './place.ts';

/**
 * Holds so much more in every counter of a call, or in none. False where a budget has no room for it. One after the
 * other: two that begin at the same mark would end at the same, and each take what the other wrote for its own.
 */
export async function raise(held: Held, nanoDollars: number, write: Write): Promise<boolean> {
  const before = held.raising;
  const raised = (async () => {
    await before;
    return raiseNow(held, nanoDollars, write);
  })();
  held.raising = raised.catch(() => {});
  return raised;
}

async function raiseNow(held: Held, nanoDollars: number, write: Write): Promise<boolean> {
  const outcomes = await Promise.allSettled(held.places.map((each) => moved(each, nanoDollars, write)));
  const raised = outcomes.flatMap((each) =>
    each.status === 'fulfilled' && each.value !== undefined ? [each.value] : [],
  );
  // What was raised stays noted even when not all could be: settling must know what is held where.
  held.places = held.places.map((each) => raised.find(({ place }) => place.scopeId === each.place.scopeId) ?? each);
  if (raised.length === outcomes.length) return true;
  const lowered = await Promise.allSettled(raised.map((each) => moved(each, -nanoDollars, write)));
  const back = lowered.flatMap((each) => (each.status === 'fulfilled' && each.value !== undefined ? [each.value] : []));
  held.places = held.places.map((each) => back.find(({ place }) => place.scopeId === each.place.scopeId) ?? each);
  return false;
}

/** The place with another amount; undefined where there is no room. A repetition finds the new mark, which is as good as an answer. */
async function moved({ scope, place, twins }: HeldPlace, by: number, write: Write): Promise<HeldPlace | undefined> {
  const raised = holding(place, { ...place.marker, nanoDollars: place.marker.nanoDollars + by });
  const text = writeMarker(raised.marker);
  const added = Object.entries(raised.taken).map(([name, amount]) => [name, amount - (place.taken[name] ?? 0)]);
  const meters = by > 0 ? metersOf(scope.limits, raised.marker.moment).filter(({ kind }) => kind === 'dollars') : [];
  const change = intent({
    add: Object.fromEntries(added),
    set: { [place.mark]: text },
    equal: { [place.mark]: writeMarker(place.marker) },
    atMost: Object.fromEntries(meters.map(({ attribute, limit }) => [attribute, limit - by])),
  });
  const written = await write(place.scopeId, change);
  const twin = written.counter.markers[place.mark];
  const found = twin !== undefined && writeMarker(twin) === text;
  return written.done || found ? { scope, place: raised, twins } : undefined;
}
