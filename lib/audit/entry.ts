import { createHash } from 'node:crypto';
import { canonical, type Json } from './canonical.ts';

/** A change, as it is told to the log. */
export type Change = {
  /** When it was made, in ISO form. */
  readonly at: string;
  /** Who made it: an ARN, or `unknown (…)` with why. */
  readonly principal: string;
  /** Such as `tenant.change`. */
  readonly action: string;
  /** Such as `tenant acme`. */
  readonly subject: string;
  /** What it was about, before and after; left out where it was not there. */
  readonly before?: Json;
  readonly after?: Json;
  readonly reason?: string;
  /** The stamp by which we know who made it: one is of one change. */
  readonly stamp?: string;
  /** What tells it from every other change: one told twice is logged once. */
  readonly source: string;
};

/** Where an entry stands: a day of UTC, such as `2026-11-26`, and its number in it, from 1. */
export type Position = { readonly day: string; readonly number: number };

/** An entry, as the one after it names it: with its time to live, for who finds it gone. */
export type Link = Position & { readonly hash: string; readonly ttl?: number };

/** A change in the log. */
export type Entry = Position &
  Change & {
    readonly v: 1;
    /** When it was written, in ISO form: a change from before midnight may be logged after it. */
    readonly logged: string;
    /** When it may be forgotten, in seconds since 1970; never, where it does not say. */
    readonly ttl?: number;
    /** Left out by the first there ever was. */
    readonly previous?: Link;
    /** SHA-256 (hex) of all the rest. */
    readonly hash: string;
  };

/** The action of a day's last entry. Nothing follows it in its day, so one that wants to must see that the day is over. */
export const DAY_END = 'day.end';

/** The hash that an entry must have. */
export function hashOf({ hash: _, ...said }: Omit<Entry, 'hash'> & { readonly hash?: string }): string {
  return createHash('sha256').update(canonical(said)).digest('hex');
}

/** A position as a text; such texts sort as the entries do. */
export const placeOf = ({ day, number }: Position): string => `${day}#${String(number).padStart(6, '0')}`;

/** The position that a text names; undefined for a text that names none. */
export function positionAt(place: string): Position | undefined {
  const [, day, number] = /^(\d{4}-\d\d-\d\d)#(\d{6})$/.exec(place) ?? [];
  return day === undefined ? undefined : { day, number: Number(number) };
}
