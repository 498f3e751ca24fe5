import { completionTokens, promptTokens } from '../../catalog/usage.ts';
import { bookedOf, endedOf, overBy, stale } from '../../ledger/counter.ts';
import { type Marker, writeMarker } from '../../ledger/marker.ts';
import { momentOf } from '../../ledger/windows.ts';
import type { Bill } from '../../world.ts';
import type { Memory, Write, Written } from './counters.ts';
import { intent } from './intent.ts';
import { holding, type Place } from './place.ts';

/** How a place is given up. */
export type Leaving = {
  /** What the call came to; `undone` where it never was: then the place is as if it had not been taken. */
  readonly outcome: Bill | 'undone';
  /** Whether some taking had no answer: a twin of it may still come, and must find the door shut. */
  readonly twins: boolean;
  /** Whether the call could not be written down, so that only the counters know it was let in. */
  readonly unwritten?: boolean;
  /** Epoch milliseconds. */
  readonly now: number;
  /** How long it may wait to be written with other changes, in milliseconds. */
  readonly restMs?: number;
};

/**
 * Gives a place up, booking what the call came to instead of what was held. Does nothing where the mark is gone: then it
 * was given up before. Where more or less is held than was thought, since the answer to a raise was lost, what is held counts.
 */
export async function leave(place: Place, leaving: Leaving, write: Write, memory: Memory): Promise<Written> {
  const left = await leaveAsHeld(place, leaving, write, memory);
  if (left.done) return left;
  const found = left.counter.markers[place.mark];
  if (found === undefined || !raised(place.marker, found)) return left;
  return leave(holding(place, found), leaving, write, memory);
}

/** True where a marker is the other's, with another amount: a raise changes nothing else. */
const raised = (one: Marker, other: Marker): boolean =>
  one.nanoDollars !== other.nanoDollars &&
  writeMarker({ ...one, nanoDollars: 0 }) === writeMarker({ ...other, nanoDollars: 0 });

function leaveAsHeld(place: Place, leaving: Leaving, write: Write, { seen }: Memory): Promise<Written> {
  const { scopeId, mark, marker, taken } = place;
  const { outcome, twins, unwritten, now, restMs = 0 } = leaving;
  const moment = momentOf(now, marker.moment.offsetMs);
  const over = overBy(moment);
  // A window that is over may be gone from the item; adding to it would bring it back.
  const open = Object.entries(taken).filter(([attribute]) => !over(attribute));
  const changes = open.map(([attribute, amount]) => [attribute, changeOf(attribute, amount, outcome)]);
  const change = intent({
    add: { ...Object.fromEntries(changes), ...(outcome !== 'undone' && talliesOf(outcome)) },
    remove: [mark, ...stale(seen(scopeId), moment)],
    set: { ...(twins && { [bookedOf(mark)]: now }), ...(unwritten && { [endedOf(mark)]: now }) },
    equal: { [mark]: writeMarker(marker) },
  });
  return write(scopeId, change, { restMs });
}

/** What a counter keeps of calls besides their cost. */
export const talliesOf = ({ usage }: Bill) => ({
  calls: 1,
  promptTokens: promptTokens(usage),
  completionTokens: completionTokens(usage),
});

/** What an attribute changes by, of which `amount` was held. */
function changeOf(attribute: string, amount: number, outcome: Bill | 'undone'): number {
  if (outcome === 'undone' || attribute.startsWith('live')) return -amount;
  if (attribute.startsWith('rq')) return 0; // a request that was made stays made
  if (attribute.startsWith('tk')) return promptTokens(outcome.usage) + completionTokens(outcome.usage) - amount;
  return outcome.nanoDollars - amount;
}

/**
 * Calls a place off of which it is not known whether it was taken: gives it up, or shuts the door on a taking that is
 * still on its way.
 */
export async function callOff(place: Place, now: number, write: Write, memory: Memory): Promise<void> {
  for (;;) {
    const left = await leave(place, { outcome: 'undone', twins: true, now }, write, memory);
    if (left.done) return;
    const sign = bookedOf(place.mark);
    const shut = await write(place.scopeId, intent({ set: { [sign]: now }, absent: [place.mark] }));
    if (shut.done) return; // otherwise it came in just now: give it up
  }
}
