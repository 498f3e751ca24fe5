import { type AttributeValue, type DynamoDB, paginateQuery } from '@aws-sdk/client-dynamodb';
import { marshall } from '@aws-sdk/util-dynamodb';
import { toldCall } from '../pipeline/told-call.ts';
import { batchGet } from './batch-get.ts';
import { type CallsSought, soughtQuery } from './calls-sought.ts';
import { toItem } from './item.ts';
import { writtenCall } from './journal.ts';
import type { TableNames } from './tables.ts';
import { toWritten, type WrittenCall } from './written-calls.ts';

/** A call on record: as lines tell it, and whole, as `GET /v1/calls/{id}` does. */
export type RecordedCall = WrittenCall & { readonly told: Readonly<Record<string, unknown>> };

/** Call records, found by what an operator knows of them. */
export type RecordedCalls = ReturnType<typeof recordedCalls>;

export function recordedCalls(client: DynamoDB, names: TableNames) {
  return {
    /** Those that are sought, the newest first, in pages as they are read. */
    async *latest(sought: CallsSought): AsyncIterable<readonly RecordedCall[]> {
      const query = soughtQuery(names, sought);
      if (query === undefined) return;
      try {
        for await (const { Items = [] } of paginateQuery({ client }, query))
          for await (const page of query.IndexName ? batchGet(client, names.calls, Items.map(keyOf)) : [Items])
            yield page.map(toRecorded);
      } catch (cause) {
        throw withoutIndex(cause) ? new Error(NO_INDEX, { cause }) : cause;
      }
    },

    /**
     * The call with this id, whichever of the tenants made it. There is no index by id: it would cost every call a write
     * unit, for what a person asks now and then of tenants that are few, a hundred in one request.
     */
    find: async (id: string, tenants: readonly string[]): Promise<RecordedCall | undefined> => {
      const keys = [...new Set(tenants)].map((tenant) => marshall({ pk: `tenant#${tenant}`, sk: id }));
      for await (const [found] of batchGet(client, names.calls, keys))
        if (found !== undefined) return toRecorded(found);
      return undefined;
    },
  };
}

type Raw = Record<string, AttributeValue>;

const keyOf = ({ pk, sk }: Raw): Raw => ({ ...(pk && { pk }), ...(sk && { sk }) });

function toRecorded(raw: Raw): RecordedCall {
  const item = toItem(raw);
  const tenant = String(item.pk).slice('tenant#'.length);
  return { ...toWritten(tenant, item), told: toldCall(writtenCall(item)) };
}

const NO_INDEX =
  'Table Calls cannot be asked by key or feature yet: its index is missing, or still being made. Deploy again (npm run deploy), or here, with --local, start the gateway anew; until then ask with --tenant alone.';

const withoutIndex = (error: unknown): boolean =>
  error instanceof Error &&
  error.name === 'ValidationException' &&
  /does not have the specified index|backfilling global secondary index/i.test(error.message);
