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
  /** It may rest so long, until a change that may not takes it along. Left out, it may not. */
  readonly restMs?: number;
};

/**
 * Changes a counter, unless its condition fails. Throws `Unmade` when it was certainly not made, for example not even
 * sent within its time, and anything else when that is not known. A change that is a function is made when it leaves.
 */
export type Write = (scopeId: string, change: Intent | (() => Intent), haste?: Haste) => Promise<Written>;

/** Reads a counter as it stands. */
export type Read = (scopeId: string) => Promise<Counter>;

/** What this process knows of each counter: enough to ask for the right thing at the first try. */
export type Memory = {
  /** As it was last seen. */
  readonly seen: (scopeId: string) => Counter;
  /** As it will be once what rests is made. */
  readonly believed: (scopeId: string) => Counter;
};

const MOST_REMEMBERED = 5_000;

/** What was last seen of so many counters: nothing, at first. */
export function sightings(): Pick<Memory, 'seen'> & {
  readonly remember: (scopeId: string, counter: Counter) => void;
} {
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

/** A counter as it will be once changes are made. */
export function foreseen(counter: Counter, changes: readonly Intent[]): Counter {
  if (changes.length === 0) return counter;
  const counts = { ...counter.counts }; // once: where the database is slow, thousands wait
  for (const { add } of changes)
    for (const [name, amount] of Object.entries(add)) counts[name] = (counts[name] ?? 0) + amount;
  return {
    counts,
    get markers() {
      const gone = new Set(changes.flatMap(({ remove }) => remove));
      return Object.fromEntries(Object.entries(counter.markers).filter(([mark]) => !gone.has(mark)));
    },
    overdue: counter.overdue,
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
