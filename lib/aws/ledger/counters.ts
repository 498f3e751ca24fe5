import { type Counter, emptyCounter, toCounter } from '../../ledger/counter.ts';
import type { Database, Raw } from '../database.ts';
import type { Intent, Item } from './intent.ts';

/** What became of a conditional write. */
export type Written = {
  readonly done: boolean;
  /** The counter after the write, or as it was when the condition failed. */
  readonly counter: Counter;
  /** True where some sending of it had no answer: it may arrive once more, late. */
  readonly twins: boolean;
};

/** How much time a change has, in milliseconds. */
export type Haste = {
  /** It is given up when it has not left by then. */
  readonly withinMs?: number;
  /** So long it may wait for another that is in a hurry, to leave with it. Without it, it is in a hurry itself. */
  readonly restMs?: number;
};

/**
 * Changes a counter, unless its condition fails. Throws `Unmade` when it was certainly not made, for example not even
 * sent within its time, and anything else when that is not known. A change that is a function is made when it leaves.
 */
export type Write = (scopeId: string, change: Intent | (() => Intent), haste?: Haste) => Promise<Written>;

/** Reads a counter as it stands. */
export type Read = (scopeId: string) => Promise<Counter>;

/** What this process last saw of each counter: enough to ask for the right thing at the first try. */
export type Memory = {
  readonly seen: (scopeId: string) => Counter;
  readonly remember: (scopeId: string, counter: Counter) => void;
};

const MOST_REMEMBERED = 5_000;

/** An empty memory. */
export function memory(): Memory {
  const known = new Map<string, Counter>();
  return {
    seen: (scopeId) => known.get(scopeId) ?? emptyCounter,
    remember: (scopeId, counter) => {
      known.delete(scopeId); // so that it counts as the youngest
      const [oldest] = known.keys();
      if (known.size >= MOST_REMEMBERED && oldest !== undefined) known.delete(oldest);
      known.set(scopeId, counter);
    },
  };
}

/** Reads counters in a table. */
export function reader(database: Database, table: string): Read {
  return async (scopeId) => {
    const Key = { pk: { S: scopeId }, sk: { S: 'counter' } };
    const { Item = {} } = await database.getItem({ TableName: table, Key, ConsistentRead: true });
    return toCounter(toItem(Item));
  };
}

/** An item as DynamoDB writes it, less what is neither text nor number. */
export function toItem(item: Readonly<Raw>): Item {
  return Object.fromEntries(
    Object.entries(item).flatMap(([name, { N, S }]): [string, number | string][] => {
      if (N !== undefined) return [[name, Number(N)]];
      return S === undefined ? [] : [[name, S]];
    }),
  );
}
