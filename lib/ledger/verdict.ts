import type { Demand, Kind, Rate, Refusal, Scope } from './admission.ts';
import { type Counter, counted, dollarAttributes } from './counter.ts';
import { metersIn } from './fairness.ts';
import type { Marker } from './marker.ts';
import { carriedOver, longestLeft, type Meter, metersOf, roomFor } from './meters.ts';
import { endOf, type Moment } from './windows.ts';

/** Whether a call fits into a counter: with how many nano-dollars, or why not. */
export type Verdict =
  | { readonly fits: true; readonly nanoDollars: number }
  | { readonly fits: false; readonly refusal: Refusal };

/** Where and when a verdict is asked for. */
export type Circumstances = { readonly scope: Scope; readonly moment: Moment; readonly timezone: string };

/** When calls under way are all that is in the way, or how many there are at once is what is limited. */
const SOON_MS = 1_000;

/** Judges a call by a counter as it is known. Of several limits it would break, the one that is hardest to wait for is told. */
export function verdictOn(counter: Counter, demand: Demand, circumstances: Circumstances): Verdict {
  const { scope, moment } = circumstances;
  const refusals: Refusal[] = [];
  let nanoDollars = demand.nanoDollars;
  for (const meter of metersIn(counter, scope, moment)) {
    const room = meter.limit - usedIn(counter, meter, moment);
    const wanted = roomFor(meter.kind, { ...demand, nanoDollars: demand.leastNanoDollars });
    if (room < wanted) refusals.push(refusalBy(meter, wanted, counter, circumstances));
    else if (meter.kind === 'dollars') nanoDollars = Math.min(nanoDollars, room);
  }
  const [hardest] = refusals.sort((one, other) => waitFor(other) - waitFor(one));
  return hardest === undefined ? { fits: true, nanoDollars } : { fits: false, refusal: hardest };
}

/** What counts against a meter now. */
export function usedIn(counter: Counter, { attribute, previous }: Meter, moment: Moment): number {
  const before = previous === undefined ? 0 : carriedOver(counted(counter, previous), moment);
  return counted(counter, attribute) + before;
}

/** How long a refused call would have to wait: for ever, where nothing will change by itself. */
export const waitFor = ({ retryAfterMs = Number.POSITIVE_INFINITY }: Refusal): number => retryAfterMs;

function refusalBy(
  meter: Meter,
  wanted: number,
  counter: Counter,
  { scope, moment, timezone }: Circumstances,
): Refusal {
  const { kind, window, limit } = meter;
  const used = usedIn(counter, meter, moment);
  const held = heldIn(counter, meter, moment);
  const soon = kind !== 'concurrent' && held > 0 && used - held + wanted <= limit;
  const resetAt = window === undefined ? undefined : endOf(window, moment.at, timezone);
  const wait = soon ? SOON_MS : waitBy(meter, wanted, counter, moment, resetAt);
  return {
    scope,
    kind,
    limit,
    spent: Math.max(0, used - held),
    held,
    wanted,
    soon,
    ...(window !== undefined && { window }),
    ...(resetAt !== undefined && { resetAt }),
    ...(wait !== undefined && { retryAfterMs: wait }),
  };
}

/** What calls under way hold of a meter; what is over its time is spent. */
export function heldIn({ markers }: Counter, { kind, window, attribute, previous }: Meter, moment: Moment): number {
  const live = Object.values(markers).filter(({ expiresAt }) => expiresAt > moment.at);
  const within = (marker: Marker, name: string | undefined) => name?.endsWith(marker.moment.minute) === true;
  switch (kind) {
    case 'dollars':
      return sum(live, (each) =>
        window !== undefined && dollarAttributes(each.moment)[window] === attribute ? each.nanoDollars : 0,
      );
    case 'tokens':
      return (
        sum(live, (each) => (within(each, attribute) ? each.tokens : 0)) +
        carriedOver(
          sum(live, (each) => (within(each, previous) ? each.tokens : 0)),
          moment,
        )
      );
    case 'concurrent':
      return live.length;
    case 'requests':
      return 0; // a request that was made stays made
  }
}

const sum = (markers: readonly Marker[], of: (marker: Marker) => number): number =>
  markers.reduce((total, each) => total + of(each), 0);

/** How long until a meter has room: until its window ends, or until enough of the last minute is past. */
function waitBy(
  meter: Meter,
  wanted: number,
  counter: Counter,
  moment: Moment,
  resetAt: number | undefined,
): number | undefined {
  if (wanted > meter.limit) return undefined;
  if (meter.kind === 'concurrent') return SOON_MS;
  const untilReset = resetAt === undefined ? undefined : resetAt - moment.at;
  if (meter.previous === undefined || untilReset === undefined) return untilReset;
  const current = Math.max(0, counted(counter, meter.attribute));
  const free = meter.limit - wanted;
  const past = Math.max(0, counted(counter, meter.previous));
  // Within this minute the one before fades; within the next, this one.
  if (current <= free) return untilReset - longestLeft(free - current, past);
  return untilReset + 60_000 - longestLeft(free, current);
}

/** What is left of a rate, as a header shows it; undefined where there is none. */
export function rateOf(kind: Kind, counter: Counter, { scope, moment }: Circumstances): Rate | undefined {
  const meter = metersOf(scope.limits, moment).find((each) => each.kind === kind);
  if (meter === undefined) return undefined;
  const past = meter.previous === undefined ? 0 : counted(counter, meter.previous);
  const current = counted(counter, meter.attribute);
  const leftMs = Math.round((1 - moment.elapsed) * 60_000);
  const restMs = current > 0 ? leftMs + 60_000 - longestLeft(0, current) : leftMs - longestLeft(0, past);
  return {
    limit: meter.limit,
    remaining: Math.max(0, meter.limit - usedIn(counter, meter, moment)),
    resetMs: Math.max(0, restMs),
  };
}
