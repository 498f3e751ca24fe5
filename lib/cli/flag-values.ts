import { parseNanoDollars } from '../ledger/limits.ts';
import { offsetAt } from '../ledger/windows.ts';
import { Wrong } from './wrong.ts';

/** Dollars, or `none`. */
export function toAmount(text: string, option: string): number | 'none' {
  if (text === 'none') return 'none';
  const [, decimals = ''] = /^\d+(?:\.(\d+))?$/.exec(text) ?? [];
  const advice = `${option} takes dollars, such as 5 or 0.25, or none for no cap`;
  if (!/^\d+(\.\d+)?$/.test(text))
    throw new Wrong(`${advice}; ${JSON.stringify(text)} is ${/^-/.test(text) ? 'negative' : 'no such number'}.`);
  if (decimals.length > 9)
    throw new Wrong(`${advice}; ${text} has more than nine decimals, and nothing is counted that finely.`);
  try {
    parseNanoDollars(Number(text));
  } catch (error) {
    throw new Wrong(`${option}: ${error instanceof Error ? error.message : error}`);
  }
  return Number(text);
}

/** A whole number, or `none`. */
export function toCount(text: string, option: string): number | 'none' {
  if (text === 'none') return 'none';
  const count = Number(text);
  if (!/^\d+$/.test(text) || !Number.isSafeInteger(count))
    throw new Wrong(`${option} takes a whole number, not negative, or none for no limit; not ${JSON.stringify(text)}.`);
  return count;
}

/** Globs over `provider/model`. */
export function toGlobs(text: string, option: string): readonly string[] {
  const globs = text.split(',').map((glob) => glob.trim());
  if (globs.includes(''))
    throw new Wrong(`${option} takes models with commas between them, such as lab/*,other/small-model.`);
  return globs;
}

/** Reads one of some words. */
export const toOneOf =
  <Word extends string>(words: readonly Word[]) =>
  (text: string, option: string): Word => {
    const found = words.find((word) => word === text);
    if (found === undefined)
      throw new Wrong(`${option} takes one of ${words.join(', ')}, not ${JSON.stringify(text)}.`);
    return found;
  };

export function toTimezone(text: string, option: string): string {
  try {
    offsetAt(text, 0);
    return text;
  } catch {
    throw new Wrong(
      `${option} takes a time zone by its IANA name, such as Europe/Berlin; ${JSON.stringify(text)} is none.`,
    );
  }
}

export const toText = (text: string): string => text;

/** A date or a time that is still to come, as a full ISO time. */
export function toInstant(text: string, option: string): string {
  const at = instantIn(text);
  if (at === undefined)
    throw new Wrong(
      `${option} takes a date or a time in ISO form, such as 2027-01-31 or 2027-01-31T12:00:00Z, not ${text}.`,
    );
  if (at <= Date.now()) throw new Wrong(`${option} ${text} is past: the key would never work.`);
  return new Date(at).toISOString();
}

/** The moment an ISO date or time names; undefined when it names none. A date is its midnight in UTC. */
export function instantIn(text: string): number | undefined {
  const at = /^\d{4}-\d{2}-\d{2}(T.*)?$/.test(text) ? Date.parse(text) : Number.NaN;
  // Date.parse takes February 30th for March 2nd.
  const [day] = text.split('T');
  return Number.isNaN(at) || new Date(`${day}T00:00Z`).toISOString().slice(0, 10) !== day ? undefined : at;
}

const UNITS = { m: 60_000, h: 3_600_000, d: 86_400_000, w: 604_800_000 } as const;

/** A length of time such as `24h` or `7d`, in milliseconds; `0` is none at all. Undefined for anything else. */
export function lengthIn(text: string): number | undefined {
  if (text === '0') return 0;
  const [, count, unit] = /^(\d{1,5})([mhdw])$/.exec(text) ?? [];
  return unit === 'm' || unit === 'h' || unit === 'd' || unit === 'w' ? Number(count) * UNITS[unit] : undefined;
}
