import { marshall } from '@aws-sdk/util-dynamodb';
import '../../schema.ts';
import * as z from 'zod/mini';
import { type Database, queried } from '../database.ts';
import { toItem } from '../item.ts';
import { DAY_MS, late, quarterOf, slow, utcDayOf } from './quarter.ts';
import { between, type Kind, lateSk, type Span, usagePk } from './usage-keys.ts';

/** A record that is to be written: whose, and in which moment its id was made. */
export type Latecomer = { readonly tenant: string; readonly madeAt: number };

/** What was announced as late of a quarter: how often, when last, and how many of these its summary has counted. */
export type Announced = {
  readonly late: number;
  readonly lateAt: number;
  readonly counted: number;
};

/** What came late to a tenant's quarters. */
export type Announcements = {
  /** By the start of the quarter. */
  readonly quarters: ReadonlyMap<number, Announced>;
  /** How many the summaries of days have counted, by the start of the day. */
  readonly days: ReadonlyMap<number, number>;
};

/** For longer than any record may be. */
const KEPT_MS = 3_700 * DAY_MS;

/**
 * Until when it is kept what came late, in seconds since 1970: by the moment it is said of alone, so that it never becomes
 * sooner, whatever `keptDays` was when. Without it, what comes late afterwards would be taken for what was counted before.
 */
export const announcedUntil = (start: number): number => Math.floor((start + KEPT_MS) / 1000);

/**
 * Keeps summaries from telling less than there is. A record that comes when its quarter may be summed up already is
 * announced before it is written: a summary counts the announcements there were when its records were read, and one
 * that has counted fewer than there are is nobody's any more.
 */
export function latecomers(database: Database, TableName: string) {
  const update = async (
    tenant: string,
    sk: string,
    UpdateExpression: string,
    values: Readonly<Record<string, number>>,
  ) => {
    await database.updateItem({
      TableName,
      Key: marshall({ pk: usagePk(tenant), sk }),
      UpdateExpression,
      ExpressionAttributeNames: { '#ttl': 'ttl' },
      ExpressionAttributeValues: marshall(values),
    });
  };
  const announce = ({ tenant, madeAt }: Latecomer, now: number): Promise<void> => {
    const quarter = quarterOf(madeAt);
    const values = { ':one': 1, ':now': now, ':ttl': announcedUntil(quarter) };
    return update(tenant, lateSk('quarter', quarter), 'ADD late :one SET lateAt = :now, #ttl = :ttl', values);
  };
  return {
    announce,

    /** Writes a record, announced where it is late. */
    async announced<Result>(record: Latecomer, write: () => Promise<Result>, now: () => number): Promise<Result> {
      const quarter = quarterOf(record.madeAt);
      const startedAt = now();
      if (late(quarter, startedAt)) await announce(record, startedAt);
      const result = await write();
      // It may have come later than was to be expected: a machine can sleep between two lines.
      const writtenAt = now();
      if (slow(startedAt, writtenAt) && late(quarter, writtenAt)) await announce(record, writtenAt);
      return result;
    },

    /** Notes how many announcements a summary has counted, for who looks for those that have not counted all. */
    async count(tenant: string, kind: Kind, start: number, counted: number): Promise<void> {
      const values = { ':counted': counted, ':ttl': announcedUntil(start) };
      await update(tenant, lateSk(kind, start), 'SET counted = :counted, #ttl = :ttl', values);
    },

    /** What came late to the quarters and days that begin in a span. */
    async within(tenant: string, { start, end }: Span): Promise<Announcements> {
      const quarters = new Map<number, Announced>();
      const days = new Map<number, number>();
      const query = between(TableName, tenant, lateSk('day', start), lateSk('quarter', end));
      for await (const items of queried(database, query))
        for (const item of items) {
          const { sk, ...announced } = announcedItem.parse(toItem(item));
          const [, name = ''] = sk.split('#');
          const begins = Date.parse(name);
          if (begins >= end) continue;
          if (name.includes('T')) quarters.set(begins, announced);
          else days.set(begins, announced.counted);
        }
      return { quarters, days };
    },
  };
}

/** Announces latecomers, and tells of them. */
export type Latecomers = ReturnType<typeof latecomers>;

/** How many were announced as late of a quarter, or of a day's quarters. */
export function lateOf({ quarters }: Announcements, kind: Kind, start: number): number {
  if (kind === 'quarter') return quarters.get(start)?.late ?? 0;
  return [...quarters].reduce((sum, [quarter, { late }]) => (utcDayOf(quarter) === start ? sum + late : sum), 0);
}

/** What is known of two spans. */
export const bothOf = (one: Announcements, other: Announcements): Announcements => ({
  quarters: new Map([...one.quarters, ...other.quarters]),
  days: new Map([...one.days, ...other.days]),
});

const announcedItem = z.object({
  sk: z.string(),
  late: z._default(z.int(), 0),
  lateAt: z._default(z.number(), 0),
  counted: z._default(z.int(), 0),
});
