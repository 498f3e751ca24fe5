import { type Marker, readMarker } from './marker.ts';
import { type Moment, momentOf } from './windows.ts';

/** A scope's counter as it stood at some moment: what is used up in each window, and who is under way. */
export type Counter = {
  /** By the attribute: `d20261123`, `mo202611`, `total`, `live`, `rq202611231305`. */
  readonly counts: Readonly<Record<string, number>>;
  /** By the attribute: `r#req_…`. Read only when asked for: a busy counter has hundreds, and most writes need none of them. */
  readonly markers: Readonly<Record<string, Marker>>;
  /** True where some call is over its time. */
  readonly overdue: (now: number) => boolean;
};

export const emptyCounter: Counter = { counts: {}, markers: {}, overdue: () => false };

/** A counter of an item's plain attributes. */
export function toCounter(item: Readonly<Record<string, unknown>>): Counter {
  const counts: Record<string, number> = {};
  const marks: [name: string, text: string][] = [];
  for (const [name, value] of Object.entries(item)) {
    if (typeof value === 'number') counts[name] = value;
    else if (typeof value === 'string' && name.startsWith('r#')) marks.push([name, value]);
  }
  let read: Readonly<Record<string, Marker>> | undefined;
  return {
    counts,
    get markers() {
      read ??= Object.fromEntries(marks.flatMap(([name, text]) => pairOf(name, readMarker(text))));
      return read;
    },
    overdue: (now) => marks.some(([, text]) => Number.parseInt(text, 10) <= now), // what a mark begins with
  };
}

const pairOf = (name: string, marker: Marker | undefined) => (marker === undefined ? [] : [[name, marker] as const]);

/** What is counted in an attribute; nothing where it is missing. */
export const counted = ({ counts }: Counter, attribute: string): number =>
  Object.hasOwn(counts, attribute) ? (counts[attribute] ?? 0) : 0;

/** The attribute that marks a call. Each further try of the same call has a mark of its own, for those before may still be under way to the table. */
export const markOf = (id: string, tried: number): string => (tried === 0 ? `r#${id}` : `r#${id}~${tried}`);

/** The call that such an attribute marks. */
export const idOf = (mark: string): string => mark.slice('r#'.length).replace(/~\d+$/, '');

/** The attributes that count dollars at a moment: those every counter has, and the short windows. */
export const dollarAttributes = ({ day, month, hour, minute }: Moment) => ({
  minute: `mi${minute}`,
  hour: `h${hour}`,
  day: `d${day}`,
  month: `mo${month}`,
  total: 'total',
});

/** Marks a call that was booked or called off, and may not be written again: a twin of the write may still be on its way. */
const BOOKED = 's#';
/** Longer than anything that was sent can be on its way. */
const BOOKED_MS = 120_000;

/** The attribute that says so of a mark or a call. */
export const bookedOf = (mark: string): string => `${BOOKED}${mark.replace(/^r#/, '')}`;

/** Marks a call that was settled without being written down, for as long as another of its counters may still hold it. */
const ENDED = 'f#';
const ENDED_MS = 48 * 60 * 60_000;

/** The attribute that says so of a mark. */
export const endedOf = (mark: string): string => `${ENDED}${mark.replace(/^r#/, '')}`;

const KEPT_DAYS = 31;
const KEPT_MONTHS = 13;
const MINUTE_MS = 60_000;
const DAY_MS = 86_400_000;

/** Tells of an attribute whether it counts a window that is over for good, so that nobody will ask for it. */
export function overBy({ at, offsetMs }: Moment): (attribute: string) => boolean {
  const ago = (ms: number) => momentOf(at - ms, offsetMs);
  const minute = ago(2 * MINUTE_MS).minute;
  const oldest: Readonly<Record<string, string>> = {
    mi: minute,
    rq: minute,
    tk: minute,
    h: ago(120 * MINUTE_MS).hour,
    d: ago(KEPT_DAYS * DAY_MS).day,
    mo: ago(KEPT_MONTHS * 31 * DAY_MS).month,
  };
  return (attribute) => {
    const { prefix = '', period = '' } = dated.exec(attribute)?.groups ?? {};
    return period < (oldest[prefix] ?? '');
  };
}

/** Counts and alerts of a window, and a tenant's part of them: `d20261123`, `a#d20261123#5000000000`, `rq202611231305~acme`. */
const dated = /^(?:p#)?(?:a#)?(?<prefix>mi|rq|tk|h|d|mo)(?<period>\d+)(?:[~#].*)?$/;

/**
 * The attributes of a counter that may go. A write that knows of some takes them away, so that an item never grows: with
 * a month of days it stays under one kilobyte, which is one write unit.
 */
export function stale(counter: Counter, now: Moment): readonly string[] {
  const known = stales.get(counter);
  if (known?.minute === now.minute) return known.names;
  const names = staleOf(counter, now);
  stales.set(counter, { minute: now.minute, names });
  return names;
}

// Calls that end at once ask of one counter as it was last seen, and nothing becomes stale within a minute that cannot wait for its end.
const stales = new WeakMap<Counter, { readonly minute: string; readonly names: readonly string[] }>();

function staleOf({ counts }: Counter, now: Moment): readonly string[] {
  const { at } = now;
  const over = overBy(now);
  const gone = (name: string, value: number): boolean => {
    if (name.startsWith(BOOKED)) return value < at - BOOKED_MS;
    if (name.startsWith(ENDED)) return value < at - ENDED_MS;
    return claimed.test(name) ? value < at : over(name);
  };
  const found = Object.entries(counts).filter(([name, value]) => gone(name, value));
  return found.slice(0, MOST_AT_ONCE).map(([name]) => name);
}

/** Says until when a tenant waits for its part of a shared counter. */
const claimed = /^w\d~/;

/** An expression has room for only so many. */
const MOST_AT_ONCE = 50;
