import { type DynamoDB, paginateQuery } from '@aws-sdk/client-dynamodb';
import '../schema.ts';
import * as z from 'zod/mini';
import { completionTokens, noUsage, promptTokens } from '../catalog/usage.ts';
import type { CacheWord } from '../recall.ts';
import { callsQuery } from './calls-query.ts';
import { toItem } from './item.ts';
import type { TableNames } from './tables.ts';
import type { Span } from './usage/usage-keys.ts';

/** A call as reports count it. */
export type CountedCall = {
  /** Epoch milliseconds. */
  readonly at: number;
  readonly keyId: string;
  readonly user?: string | undefined;
  readonly feature?: string | undefined;
  readonly model?: string | undefined;
  /** What the caches did; off, too, where nothing is said of that. */
  readonly cache: CacheWord;
  /** How near the nearest other question was, where one was looked for. */
  readonly score?: number | undefined;
  /** True when its gateway died with it, so that only what it held is known. */
  readonly abandoned: boolean;
  readonly nanoDollars: number;
  /** Part of it: what looking for a similar question cost. */
  readonly searchNanoDollars: number;
  /** What the cache saved: what its answer had cost, and how long it had taken, in whole milliseconds. */
  readonly savedNanoDollars: number;
  readonly savedMs: number;
  readonly promptTokens: number;
  readonly completionTokens: number;
  /** Until when it is kept, in seconds since 1970; 0 where nothing is said of that. */
  readonly keptUntil: number;
};

/** A record that nobody has looked into yet. */
export type CallItem = Readonly<Record<string, unknown>>;

/** Reads a tenant's records whose ids were made in a span of time, the oldest first, in pages, as the table has them by now. */
export function callItems(client: DynamoDB, names: TableNames) {
  return async function* (tenant: string, { start, end }: Span): AsyncIterable<readonly CallItem[]> {
    const query = callsQuery(names, { tenant, since: start, attributes, before: end });
    for await (const { Items = [] } of paginateQuery({ client }, { ...query, ConsistentRead: true }))
      yield Items.map(toItem);
  };
}

const attributes = [
  'sk',
  'at',
  'keyId',
  'user',
  'feature',
  'model',
  'errorCode',
  'cache',
  'cacheScore',
  'cacheNanoUsd',
  'savedNanoUsd',
  'savedMs',
  'bill',
  'ttl',
] as const;

const tokens = z._default(z.int(), 0);

/** What was paid, as records hold it. */
export const bill = z.object({
  nanoDollars: z.int(),
  usage: z.object({
    input: tokens,
    cacheRead: tokens,
    cacheWrite: tokens,
    cacheWrite1h: tokens,
    audioInput: tokens,
    output: tokens,
    reasoning: tokens,
    audioOutput: tokens,
  }),
});

const record = z.object({
  at: z.number(),
  keyId: z.string(),
  user: z.optional(z.string()),
  feature: z.optional(z.string()),
  model: z.optional(z.string()),
  errorCode: z.optional(z.string()),
  cache: z.catch(z.enum(['off', 'miss', 'hit', 'semantic-hit']), 'off'),
  cacheScore: z.optional(z.number()),
  cacheNanoUsd: z._default(z.int(), 0),
  savedNanoUsd: z._default(z.int(), 0),
  savedMs: z._default(z.number(), 0),
  bill,
  ttl: z.catch(z.int(), 0),
});

/** A record as reports count it. Throws for one that cannot be read. */
export function toCounted(item: CallItem): CountedCall {
  const { success, data, error } = record.safeParse(item);
  if (!success)
    throw new Error(
      `The record of call ${item.sk} cannot be read (${error.issues[0]?.path.join('.')}), so nothing can be summed up.`,
    );
  const { at, keyId, user, feature, model, cache, savedMs, bill, ttl } = data;
  const usage = { ...noUsage, ...bill.usage };
  return {
    at,
    keyId,
    user,
    feature,
    model,
    cache,
    score: data.cacheScore,
    abandoned: data.errorCode === 'abandoned',
    nanoDollars: bill.nanoDollars,
    searchNanoDollars: data.cacheNanoUsd,
    savedNanoDollars: data.savedNanoUsd,
    // Fractions would make a sum of many depend on their order.
    savedMs: Math.round(savedMs),
    promptTokens: promptTokens(usage),
    completionTokens: completionTokens(usage),
    keptUntil: ttl,
  };
}
