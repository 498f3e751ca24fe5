import { momentOf, offsetAt } from '../ledger/windows.ts';
import { instantIn, lengthIn } from './flag-values.ts';
import { Wrong } from './wrong.ts';

/** The day a moment is in, by the clock of a time zone: `2026-11-26`. */
export function dayOf(at: number, timezone: string): string {
  const { day } = momentOf(at, offsetAt(timezone, at));
  return `${day.slice(0, 4)}-${day.slice(4, 6)}-${day.slice(6)}`;
}

/** The moment that `--since` names: so long ago, a date by the clock of the time zone, or an instant. Without it, the day that is now began then. */
export function toSince(text: string | undefined, timezone: string, now: number): number {
  if (text === undefined) return dayBegins(dayOf(now, timezone), timezone);
  const length = lengthIn(text);
  if (length !== undefined) return now - length;
  const at = instantIn(text);
  if (at === undefined)
    throw new Wrong(`--since takes a length of time such as 24h or 7d, or a date such as 2026-11-01, not ${text}.`);
  const since = text.includes('T') ? at : dayBegins(text, timezone);
  if (since > now) throw new Wrong(`--since ${text} is still to come.`);
  return since;
}

const FURTHEST_ZONE_MS = 16 * 3_600_000;

/** The first moment of a day: midnight, or what the clock shows instead where midnight is skipped. */
function dayBegins(day: string, timezone: string): number {
  const middle = Date.parse(`${day}T00:00Z`);
  let before = middle - FURTHEST_ZONE_MS;
  let from = middle + FURTHEST_ZONE_MS;
  while (from - before > 1) {
    const between = Math.floor((before + from) / 2);
    if (dayOf(between, timezone) < day) before = between;
    else from = between;
  }
  return from;
}
