import { type DynamoDB, paginateQuery } from '@aws-sdk/client-dynamodb';
import '../schema.ts';
import * as z from 'zod/mini';
import { completionTokens, noUsage, promptTokens } from '../catalog/usage.ts';
import { callsQuery } from './calls-query.ts';
import { bill } from './counted-call.ts';
import { toItem } from './item.ts';
import type { TableNames } from './tables.ts';

/** A call as it was written down when it ended; its id is of when it began. */
export type WrittenCall = {
  readonly tenant: string;
  readonly id: string;
  /** Undefined where the record cannot be read. */
  readonly call: CallDetail | undefined;
};

export type CallDetail = Omit<z.infer<typeof record>, 'bill'> & {
  readonly nanoDollars: number;
  readonly promptTokens: number;
  readonly completionTokens: number;
};

/** Reads what was written down of single calls. */
export type WrittenCalls = ReturnType<typeof writtenCalls>;

export function writtenCalls(client: DynamoDB, names: TableNames) {
  return {
    /** A tenant's calls that have begun since a moment, and before another, the oldest first, in pages as they are read. */
    async *since(tenant: string, since: number, before?: number): AsyncIterable<readonly WrittenCall[]> {
      const query = callsQuery(names, { tenant, since, attributes, ...(before !== undefined && { before }) });
      for await (const { Items = [] } of paginateQuery({ client }, query))
        yield Items.map((item) => toWritten(tenant, toItem(item)));
    },
  };
}

const record = z.object({
  at: z.number().check(z.gte(0), z.lte(8_640_000_000_000_000)),
  keyId: z.string(),
  user: z.optional(z.string()),
  feature: z.optional(z.string()),
  requestedModel: z.optional(z.string()),
  model: z.optional(z.string()),
  attempts: z._default(
    z.array(z.object({ target: z.string(), provider: z.string(), nanoDollars: z.optional(z.int()) })),
    [],
  ),
  status: z.string(),
  errorCode: z.optional(z.string()),
  firstContentMs: z.optional(z.number()),
  totalMs: z.number(),
  cache: z.optional(z.string()),
  cacheEmbedder: z.optional(z.string()),
  cacheNanoUsd: z._default(z.int(), 0),
  bill,
});

const attributes = ['sk', ...Object.keys(record.shape)];

/** A call as its item tells it. */
export function toWritten(tenant: string, item: Readonly<Record<string, unknown>>): WrittenCall {
  const id = String(item.sk);
  const { success, data } = record.safeParse(item);
  if (!success) return { tenant, id, call: undefined };
  const { bill, ...rest } = data;
  const usage = { ...noUsage, ...bill.usage };
  const tokens = { promptTokens: promptTokens(usage), completionTokens: completionTokens(usage) };
  return { tenant, id, call: { ...rest, nanoDollars: bill.nanoDollars, ...tokens } };
}
